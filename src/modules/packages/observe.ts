import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { sections } from '../system/text-file.ts';
import { choresOf, optionsOf, unique } from './merged.ts';
import { MANAGERS, TOOLS } from './managers.ts';
import {
  isFile,
  type Manager,
  named,
  PLAIN,
  type PackagesFacts,
  type PackagesScope,
  type PackagesState,
} from './state.ts';
import type { Tool } from './tool.ts';

type Now = Seen<PackagesState, PackagesFacts>;

/** A host on which all is as it should be costs one process: the lists are asked only where something is missing. */
export function observePackages(
  scopes: readonly PackagesScope[],
): Probe<PackagesState, PackagesFacts> {
  const managers = scopes.flatMap(({ manager }) => manager ?? []);
  return {
    script: lines([
      sh`m=; for c in ${(managers.length > 0 ? managers : MANAGERS).map((one) => TOOLS[one].program)}; do ! command -v $c >/dev/null 2>&1 || { m=$c; break; }; done`,
      raw("export LC_ALL=C\ncase $m in '') exit 127 ;;"),
      ...MANAGERS.map((manager) => sh`${TOOLS[manager].program}) ${questions(manager, scopes)} ;;`),
      raw("esac\necho '=end'"),
    ]),
    parse: (reply) => parse(reply, scopes),
  };
}

function questions(manager: Manager, scopes: readonly PackagesScope[]): Shell {
  const tool = TOOLS[manager];
  const options = optionsOf(scopes);
  const wanted = scopes.flatMap(({ install }) => install).filter((word) => !isFile(word));
  const files = unique(scopes.flatMap(({ install }) => install).filter(isFile));
  const names = unique([
    ...wanted.map((word) => named(word).name),
    ...scopes.flatMap(({ remove }) => remove),
  ]);
  const asks = scopes.some(({ latest }) => latest) || wanted.some((word) => word.includes('='));
  const ages = scopes.some(({ freshness }) => freshness !== null);
  const asked = tool.chores(options);
  return lines([
    sh`echo ${`=manager ${manager}`}`,
    ...(files.length === 0 ? [] : [filesOf(tool, files)]),
    sh`set -- ${names}`,
    raw(`echo '=installed'\nhave=$([ $# = 0 ] || { ${tool.installed}\n})\nprintf '%s\\n' "$have"`),
    raw(ages ? `echo '=age'\n${tool.age}` : ':'),
    raw(tool.stamp === undefined ? ':' : `echo '=stamp'\n${tool.stamp}`),
    sh`asks=${asks ? '1' : ''}`,
    sh`for n in ${unique(wanted.map((word) => named(word).name))}; do case "$have" in *" $n "*) ;; *) asks=1 ;; esac; done`,
    sh`echo '=candidates'\nknown=$([ -z "$asks" ] || [ $# = 0 ] || { ${tool.candidates(options)}\n})\nprintf '%s\\n' "$known"`,
    ...(tool.simulate ? [simulation(tool.simulate(options), wanted, scopes)] : []),
    ...choresOf(scopes).map((chore) => {
      const list = asked[chore]?.list;
      return list ? sh`echo ${`=chore ${chore}`}\n${list}` : raw(':');
    }),
  ]);
}

/** ` VERSION HAVE FILE` of each: HAVE is what is installed, the version of the file where that is newer, or `-`. */
const filesOf = ({ file, newer, installed }: Tool, files: readonly string[]): Shell =>
  lines([
    sh`echo '=files'; for w in ${files}; do`,
    raw(`t=; case $w in
  /*) f=$w; [ -f "$f" ] || continue ;;
  *) t=$(mktemp) && f=$t && curl -fsSL --retry 2 -o "$t" -- "$w" || { echo "cannot load $w" >&2; rm -f "$t"; continue; } ;;
esac
o=$(${file}) && set -- $o && [ $# = 2 ] && { n=$1 new=$2; set -- "$n"
have=$(${installed}); have=\${have#*" $n "}; have=\${have%%[!0-9A-Za-z.:~+_-]*}
case $have in '') have=- ;; "$new") ;; *) if ${newer}; then have=$new; fi ;; esac
echo " $new $have $w"; }
[ -z "$t" ] || rm -f "$t"; done`),
  ]);

/**
 * What it would do to the host is asked only where something would be done; without the names that no archive has, which
 * are refused by themselves: they would be a trouble of every other task as well.
 */
const simulation = (
  simulate: Shell,
  wanted: readonly string[],
  scopes: readonly PackagesScope[],
): Shell =>
  lines([
    raw('set --'),
    sh`for n in ${unique(wanted)}; do case "$have" in *" \${n%%=*} "*) ;; *) case "$known" in *" \${n%%=*} "*) set -- "$@" "$n" ;; esac ;; esac; done`,
    sh`for n in ${unique(scopes.flatMap(({ remove }) => remove))}; do case "$have" in *" $n "*) set -- "$@" "$n-" ;; esac; done`,
    sh`echo '=would'\n[ $# = 0 ] || { ${simulate}\n}`,
  ]);

function parse({ stdout, stderr, exit }: Reply, scopes: readonly PackagesScope[]): Now {
  if (exit === 127) {
    throw new OrchError(
      'TOOL_MISSING',
      'the host has none of apt-get, dnf, zypper, pacman and apk',
      {
        hint: 'Use the module command for another manager of packages.',
      },
    );
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
  const files = (found.get('files') ?? []).flatMap((row) => {
    const [, version = '', have = '', word = ''] = row.split(' ');
    return word === '' ? [] : [{ word, version, have: have === '-' ? null : have }];
  });
  const installed: Readonly<Record<string, string>> = {
    ...pairs('installed'),
    ...Object.fromEntries(files.flatMap(({ word, have }) => (have === null ? [] : [[word, have]]))),
  };
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
      chores: Object.fromEntries(
        choresOf(scopes).map((chore) => [chore, rows(found.get(`chore ${chore}`))]),
      ),
    },
    facts: {
      manager,
      stamp: Number(found.get('stamp')?.[0]?.trim() ?? 0),
      old,
      candidates: {
        ...pairs('candidates'),
        ...Object.fromEntries(files.map(({ word, version }) => [word, version])),
      },
      trouble: would
        .filter((row) => row.startsWith('!'))
        .map((row) => row.slice(1))
        .join('; '),
      besides: would.filter((row) => /^[+-]/.test(row) && !names.includes(row.slice(1))).sort(),
      options: optionsOf(scopes),
      chores: choresOf(scopes).filter((chore) => chore in TOOLS[manager].chores(PLAIN)),
    },
  };
}

const rows = (given: readonly string[] = []): readonly string[] =>
  unique(given.map((row) => row.trim()).filter((row) => row !== ''));

const own = (map: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;
