import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import { DNF_OPTIONS } from './dnf-options.ts';
import {
  allOrNamed,
  AUTOREMOVE,
  freshnessOf,
  LIST_PARAMS,
  namesOf,
  PACKAGE_PARAMS,
  stateOf,
  when,
} from './params.ts';

const params = {
  type: 'object',
  description:
    'Packages of Fedora, RHEL and their kin: by name, with a version behind it (nginx-1.20.1), or as a file or address of an rpm. `*` with state: latest is all packages.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    ...AUTOREMOVE,
    ...DNF_OPTIONS,
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of dnf, defaults filled in. */
export type DnfParams = FromSchema<typeof params>;

const listed = (option: string, given: string | readonly string[] | undefined): readonly string[] =>
  namesOf(given).map((one) => `--${option}=${one}`);

const wordsOf = (given: DnfParams): readonly string[] => [
  ...(given.conf_file === undefined ? [] : ['-c', given.conf_file]),
  ...(given.releasever === undefined ? [] : [`--releasever=${given.releasever}`]),
  ...listed('disablerepo', given.disablerepo),
  ...listed('enablerepo', given.enablerepo),
  ...listed('exclude', given.exclude),
  ...(given.disable_excludes === undefined ? [] : [`--disableexcludes=${given.disable_excludes}`]),
  ...listed('disableplugin', given.disable_plugin),
  ...listed('enableplugin', given.enable_plugin),
  ...when(given.cacheonly, '--cacheonly'),
  ...when(!given.sslverify || !given.validate_certs, '--setopt=sslverify=False'),
];

const extraOf = (given: DnfParams): readonly string[] => [
  ...when(given.disable_gpg_check, '--nogpgcheck'),
  ...when(given.allowerasing, '--allowerasing'),
  ...when(given.nobest, '--nobest'),
  ...when(given.skip_broken, '--skip-broken'),
  ...when(given.security, '--security'),
  ...when(given.bugfix, '--bugfix'),
];

function wishOf(given: DnfParams): Wish {
  const { names, chores } = allOrNamed(namesOf(given.name));
  const [words, extra] = [wordsOf(given), extraOf(given)];
  return {
    names,
    state: stateOf(given.state),
    manager: 'dnf',
    freshness: freshnessOf(given.update_cache, given.cache_valid_time),
    onlyUpgrade: given.update_only,
    chores: given.autoremove && names.length === 0 && chores.length === 0 ? ['autoremove'] : chores,
    options: {
      ...{ purge: false, autoremove: given.autoremove },
      recommends: given.install_weak_deps ?? null,
      ...(words.length === 0 ? {} : { words }),
      ...(extra.length === 0 ? {} : { extra }),
    },
  };
}

/** Packages of Fedora, RHEL and their kin. */
export const dnf: PackageModule<DnfParams> = wishing(
  {
    name: 'dnf',
    params,
    example: `- name: K3s needs more modules of the kernel
  dnf:
    name: kernel-modules-extra
- name: A package of an archive that is off by default
  dnf:
    name: wireguard-tools
    enablerepo: epel
`,
  },
  wishOf,
  { files: true, all: true },
);
