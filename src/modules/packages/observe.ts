import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { sections } from '../system/text-file.ts';
import { TOOLS } from './managers.ts';
import {
  type Manager,
  named,
  type PackagesFacts,
  type PackagesScope,
  type PackagesState,
} from './state.ts';

type Now = Seen<PackagesState, PackagesFacts>;

const MANAGERS: readonly Manager[] = ['apt', 'dnf', 'zypper'];
const PROGRAMS: Readonly<Record<Manager, string>> = {
  apt: 'apt-get',
  dnf: 'dnf',
  zypper: 'zypper',
};

/** A host on which all is as it should be costs one process: the lists are asked only where something is missing. */
export function observePackages(
  scopes: readonly PackagesScope[],
): Probe<PackagesState, PackagesFacts> {
  const managers = scopes.flatMap(({ manager }) => manager ?? []);
  return {
    script: lines([
      sh`m=; for c in ${(managers.length > 0 ? managers : MANAGERS).map((one) => PROGRAMS[one])}; do ! command -v $c >/dev/null 2>&1 || { m=$c; break; }; done`,
      raw("export LC_ALL=C\ncase $m in '') exit 127 ;;"),
      ...MANAGERS.map((manager) => sh`${PROGRAMS[manager]}) ${questions(manager, scopes)} ;;`),
      raw("esac\necho '=end'"),
    ]),
    parse: (reply) => parse(reply, scopes),
  };
}

function questions(manager: Manager, scopes: readonly PackagesScope[]): Shell {
  const tool = TOOLS[manager];
  const wanted = scopes.flatMap(({ install }) => install);
  const names = unique([
    ...wanted.map((word) => named(word).name),
    ...scopes.flatMap(({ remove }) => remove),
  ]);
  const asks = scopes.some(({ latest }) => latest) || wanted.some((word) => word.includes('='));
  const ages = scopes.some(({ freshness }) => freshness !== null);
  return lines([
    sh`echo ${`=manager ${manager}`}`,
    sh`set -- ${names}`,
    raw(`echo '=installed'\nhave=$([ $# = 0 ] || { ${tool.installed}\n})\nprintf '%s\\n' "$have"`),
    raw(ages ? `echo '=age'\n${tool.age}` : ':'),
    sh`asks=${asks ? '1' : ''}`,
    sh`for n in ${unique(wanted.map((word) => named(word).name))}; do case "$have" in *" $n "*) ;; *) asks=1 ;; esac; done`,
    raw(`echo '=candidates'\n[ -z "$asks" ] || [ $# = 0 ] || { ${tool.candidates}\n}`),
    ...(tool.simulate === '' ? [] : [simulation(tool.simulate, wanted, scopes)]),
  ]);
}

/** What it would do to the host is asked only where something would be done. */
const simulation = (
  simulate: string,
  wanted: readonly string[],
  scopes: readonly PackagesScope[],
): Shell =>
  lines([
    raw('set --'),
    sh`for n in ${unique(wanted)}; do case "$have" in *" \${n%%=*} "*) ;; *) set -- "$@" "$n" ;; esac; done`,
    sh`for n in ${unique(scopes.flatMap(({ remove }) => remove))}; do case "$have" in *" $n "*) set -- "$@" "$n-" ;; esac; done`,
    raw(`echo '=would'\n[ $# = 0 ] || { ${simulate}\n}`),
  ]);

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)].sort();

function parse({ stdout, stderr, exit }: Reply, scopes: readonly PackagesScope[]): Now {
  if (exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has neither apt-get nor dnf nor zypper', {
      hint: 'Use the module command for another manager of packages.',
    });
  }
  const found = sections(stdout.toString('utf8'));
  const manager = MANAGERS.find((one) => found.has(`manager ${one}`));
  if (exit !== 0 || !manager || !found.has('installed') || !found.has('end')) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its packages', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const pairs = (section: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      (found.get(section) ?? [])
        .map((row) => row.trim().split(' '))
        .flatMap(([name = '', version = '']) => (version === '' ? [] : [[name, version]]))
        .reverse(),
    ) as Record<string, string>;
  const installed = pairs('installed');
  const names = unique(
    scopes.flatMap(({ install, remove }) => [
      ...install.map((word) => named(word).name),
      ...remove,
    ]),
  );
  const would = (found.get('would') ?? []).map((row) => row.slice(1));
  const seconds = Number(found.get('age')?.[0]?.trim() ?? 0);
  const limits = scopes.flatMap(({ freshness }) => freshness ?? []);
  const old = limits.some((limit) => seconds > limit);
  return {
    state: {
      packages: Object.fromEntries(names.map((name) => [name, own(installed, name) ?? null])),
      lists: old ? 'old' : 'new',
    },
    facts: {
      manager,
      old,
      candidates: pairs('candidates'),
      trouble: would
        .filter((row) => row.startsWith('!'))
        .map((row) => row.slice(1))
        .join('; '),
      besides: would.filter((row) => /^[+-]/.test(row) && !names.includes(row.slice(1))).sort(),
      options: {
        purge: scopes.some(({ options }) => options.purge),
        autoremove: scopes.some(({ options }) => options.autoremove),
        recommends:
          scopes.map(({ options }) => options.recommends).find((one) => one !== null) ?? null,
      },
    },
  };
}

const own = (map: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;
