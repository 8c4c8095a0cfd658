import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { APT_OPTIONS } from './apt-options.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
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
import type { Chore } from './state.ts';

const params = {
  type: 'object',
  description: 'Packages of Debian and Ubuntu.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    deb: {
      type: 'string',
      pattern: '^(/|https?://)[^\\s\'"]+$',
      'x-says': 'a path on the host or an http address',
      description:
        'A .deb file on the host, or its address: installed with what it needs, unless it is there in this version or a newer one. What stands at an address is loaded to look at it.',
    },
    purge: {
      type: 'boolean',
      default: false,
      description: 'Configuration goes with what is removed.',
    },
    ...AUTOREMOVE,
    install_recommends: {
      type: 'boolean',
      description: 'Whether recommended packages come too; left out: as the host is set.',
      'x-aliases': ['install-recommends'],
    },
    upgrade: {
      enum: [true, false, 'yes', 'no', 'safe', 'full', 'dist'],
      default: 'no',
      description:
        'Brings all packages to their newest version. yes, safe: nothing is removed for it. full, dist: what is in the way is removed.',
    },
    autoclean: {
      type: 'boolean',
      default: false,
      description: 'Loaded files that can no longer be loaded are removed from the cache.',
    },
    clean: { type: 'boolean', default: false, description: 'All loaded files are removed.' },
    ...APT_OPTIONS,
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of apt, defaults filled in. */
export type AptParams = FromSchema<typeof params>;

const set = (key: string, value: string | boolean = true): readonly string[] => [
  '-o',
  `${key}=${String(value)}`,
];

/** As settings, which apt-get and apt-cache both take. */
const settingsOf = (given: AptParams): readonly string[] => [
  ...(given.default_release === undefined
    ? []
    : set('APT::Default-Release', given.default_release)),
  ...when(given.allow_downgrade || given.force, ...set('APT::Get::allow-downgrades')),
  ...when(given.allow_unauthenticated || given.force, ...set('APT::Get::AllowUnauthenticated')),
  ...when(
    given.allow_change_held_packages || given.force,
    ...set('APT::Get::allow-change-held-packages'),
  ),
  ...(given.lock_timeout === undefined
    ? []
    : set('DPkg::Lock::Timeout', String(given.lock_timeout))),
  ...(given.dpkg_options ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .flatMap((one) => set('Dpkg::Options::', `--${one}`)),
];

const UPGRADES: Readonly<Record<string, readonly Chore[]>> = {
  yes: ['upgrade'],
  true: ['upgrade'],
  safe: ['upgrade'],
  full: ['full_upgrade'],
  dist: ['full_upgrade'],
};

function wishOf(given: AptParams): Wish {
  const { names, chores } = allOrNamed(namesOf(given.name));
  const words = [...names, ...(given.deb === undefined ? [] : [given.deb])];
  const settings = settingsOf(given);
  return {
    names: words,
    state: stateOf(given.state),
    manager: 'apt',
    freshness: freshnessOf(given.update_cache, given.cache_valid_time),
    onlyUpgrade: given.only_upgrade,
    chores: [
      ...new Set<Chore>([
        ...chores,
        ...(UPGRADES[String(given.upgrade)] ?? []),
        // With names it says what becomes of what came with them.
        ...(given.autoremove && words.length === 0 ? (['autoremove'] as const) : []),
        ...(given.autoclean ? (['autoclean'] as const) : []),
        ...(given.clean ? (['clean'] as const) : []),
      ]),
    ],
    options: {
      purge: given.purge,
      autoremove: given.autoremove,
      recommends: given.install_recommends ?? null,
      ...(settings.length === 0 ? {} : { words: settings }),
    },
  };
}

/** Packages of Debian and Ubuntu. */
export const apt: PackageModule<AptParams> = wishing(
  {
    name: 'apt',
    params,
    example: `- name: A newer list, and the newest wireguard
  apt:
    name: wireguard-tools
    state: latest
    update_cache: true
    cache_valid_time: 3600
- name: All packages are the newest, and none is left that nothing needs
  apt:
    upgrade: dist
    autoremove: true
`,
  },
  wishOf,
  { all: true },
);
