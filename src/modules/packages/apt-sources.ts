import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Probe, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import {
  type Owned,
  ownedIn,
  putBack,
  sections,
  SHOW,
  shown,
  unchanged,
} from '../system/text-file.ts';
import { TOOLS } from './managers.ts';
import { PLAIN } from './state.ts';

/** Where apt takes packages from: the files that say so, and keys of archives that tasks bring from addresses. */
export interface AptSourcesState {
  /** Text of each file, null where a task names one that is not there. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Whether the file of a key holds what its address gives; by its path without `.asc` or `.gpg`. */
  readonly keys: Readonly<Record<string, 'as given' | 'other' | 'missing'>>;
  /** Whose files are that are made anew, where no task says so. Not compared. */
  readonly how?: Readonly<Record<string, Owned>>;
}

/** What informs about sources but is not managed. */
export interface AptSourcesFacts {
  /** `ID` and `VERSION_CODENAME` of os-release. */
  readonly id: string;
  readonly codename: string;
  /** Octal, of files that are new. */
  readonly modes: Readonly<Record<string, string>>;
  /** Keys that are brought, by their path without ending: their ending, their address and what went wrong with it. */
  readonly keys: Readonly<Record<string, KeyFacts>>;
  /** Lists are loaded anew when something changes. */
  readonly updates: boolean;
  /** Whose the files are that are there. */
  readonly owned: Readonly<Record<string, Owned>>;
}

/** A key that stands at an address. */
export interface KeyFacts {
  /** `asc` where it is text, else `gpg`: apt goes by that. */
  readonly ending: string;
  readonly url: string;
  readonly trouble: string;
}

/** What a task is about. */
export interface AptSourcesScope {
  /** Files it writes besides those that are there. */
  readonly files: readonly string[];
  readonly updates: boolean;
  /** Of a file that is new. */
  readonly mode?: string;
  /** A key that is brought: where it goes, without ending, and where it comes from. */
  readonly key?: { readonly base: string; readonly url: string };
}

/** The folder of the files that say where packages come from. */
export const SOURCES = '/etc/apt/sources.list.d';

/** Files of /etc/apt that say where packages come from. All tasks over them are one write and one load of lists. */
export const aptSources: Resource<AptSourcesScope, AptSourcesState, AptSourcesFacts> = {
  name: 'apt_sources',
  key: () => 'apt_sources',
  observe,
  plan,
  recall: {
    state: ({ state, facts }) => ({ ...state, how: facts.owned }),
    lost: ([what], before) =>
      what === 'keys' && before !== 'missing' ? 'the key there was is not kept' : undefined,
  },
  footprints: () => ({
    reads: ['file:/etc/apt', 'package:/'],
    writes: ['file:/etc/apt', 'package:/'],
  }),
};

/** Files are read by the shell alone; a key that stands at an address is loaded to compare it. */
function observe(scopes: readonly AptSourcesScope[]): Probe<AptSourcesState, AptSourcesFacts> {
  const named = [...new Set(scopes.flatMap(({ files }) => files))].sort();
  const keys = new Map(scopes.flatMap(({ key }) => (key ? [[key.base, key.url] as const] : [])));
  return {
    script: lines([
      SHOW,
      raw(`command -v apt-get >/dev/null 2>&1 || exit 127
echo '=os'; while IFS= read -r l; do case $l in ID=* | VERSION_CODENAME=*) echo " $l" ;; esac; done </etc/os-release`),
      sh`for f in /etc/apt/sources.list ${raw(SOURCES)}/*.list ${raw(SOURCES)}/*.sources ${named}; do
  [ -f "$f" ] || continue; printf '=about %s\\n' "$f"; stat -c ' %a %u:%g' -- "$f"; [ ! -L "$f" ] || echo " $(readlink -- "$f")"; printf '=file %s\\n' "$f"; show "$f"; done`,
      ...[...keys].map(([base, url]) => keyProbe(base, url)),
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, scopes, keys),
  };
}

const keyProbe = (base: string, url: string): Shell => sh`echo ${`=key ${base}`}
t=$(mktemp) && { if ! e=$(curl -fsSL --retry 2 -o "$t" -- ${url} 2>&1); then printf ' failed %s\\n' "$e"; else
  e=gpg; IFS= read -r l <"$t" 2>/dev/null || :; case $l in -----BEGIN*) e=asc ;; esac
  if [ ! -f ${base}.$e ]; then echo " missing $e"
  elif cmp -s "$t" ${base}.$e; then echo " same $e"
  else echo " other $e"; fi; fi; rm -f "$t"; }`;

function parse(
  { stdout, stderr, exit }: Reply,
  scopes: readonly AptSourcesScope[],
  urls: ReadonlyMap<string, string>,
): Seen<AptSourcesState, AptSourcesFacts> {
  if (exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no apt-get', {
      hint: 'Archives of dnf are for yum_repository.',
    });
  }
  const found = [...sections(stdout.toString('utf8'))];
  const told = new Map(found);
  if (exit !== 0 || !told.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell where apt takes packages from', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const files = new Map<string, string | null>(
    scopes.flatMap((scope) => scope.files.map((file) => [file, null] as const)),
  );
  for (const [name, rows] of found)
    if (name.startsWith('file ')) files.set(name.slice(5), shown(rows));
  const keys = [...urls].map(([base, url]) => {
    const [, word = '', rest = ''] = /^ (\S+) (.*)$/.exec(told.get(`key ${base}`)?.[0] ?? '') ?? [];
    return { base, url, word, rest };
  });
  const os = (key: string): string =>
    (told.get('os') ?? [])
      .map((row) => row.trim())
      .find((row) => row.startsWith(`${key}=`))
      ?.slice(key.length + 1)
      .replaceAll('"', '') ?? '';
  return {
    state: {
      files: Object.fromEntries(files),
      keys: Object.fromEntries(
        keys.map(({ base, word }) => [
          base,
          word === 'same' ? 'as given' : word === 'other' ? 'other' : 'missing',
        ]),
      ),
    },
    facts: {
      id: os('ID'),
      codename: os('VERSION_CODENAME'),
      modes: Object.fromEntries(
        scopes.flatMap((scope) =>
          scope.mode === undefined ? [] : scope.files.map((file) => [file, scope.mode ?? '']),
        ),
      ),
      keys: Object.fromEntries(
        keys.map(({ base, url, word, rest }): [string, KeyFacts] => {
          const told = ['same', 'other', 'missing'].includes(word);
          return [
            base,
            { url, ending: told ? rest : 'asc', trouble: told ? '' : rest || 'no answer' },
          ];
        }),
      ),
      updates: scopes.some((scope) => scope.updates),
      owned: ownedIn(told),
    },
  };
}

function plan(
  { state, facts }: Seen<AptSourcesState, AptSourcesFacts>,
  desired: AptSourcesState,
): Plan {
  const files = Object.keys(desired.files).filter(
    (file) => (desired.files[file] ?? null) !== (state.files[file] ?? null),
  );
  const keys = Object.keys(desired.keys).filter((base) => desired.keys[base] !== state.keys[base]);
  const steps: Step[] = keys.map((base) => {
    const { ending = 'asc', url = '' } = facts.keys[base] ?? {};
    const file = `${base}.${ending}`;
    return {
      name: desired.keys[base] === 'missing' ? `no key ${file}` : `key ${file}`,
      do:
        desired.keys[base] === 'missing'
          ? sh`rm -f -- ${file}`
          : sh`mkdir -p -- ${base.slice(0, base.lastIndexOf('/'))} && t=$(mktemp ${`${file}.XXXXXX`}) && { curl -fsSL --retry 2 -o "$t" -- ${url} && chmod 644 "$t" && mv -f -- "$t" ${file} || { rm -f "$t"; exit 1; }; }`,
      ...(state.keys[base] === 'missing' ? { inverse: sh`rm -f -- ${file}` } : {}),
      stage: 'persistent',
      disruption: 'none',
    };
  });
  for (const file of files) {
    steps.push({
      name: file,
      do: putBack(file, desired.files[file] ?? null, {
        mode: facts.modes[file] ?? '644',
        ...desired.how?.[file],
      }),
      inverse: putBack(file, state.files[file] ?? null, facts.owned[file]),
      stage: 'persistent',
      disruption: 'none',
    });
  }
  if (facts.updates && steps.length > 0) {
    steps.push({
      name: 'lists of packages',
      do: TOOLS.apt.update(PLAIN),
      stage: 'persistent',
      disruption: 'none',
      patience: 600,
    });
  }
  return { guard: lines(files.map((file) => unchanged(file, state.files[file] ?? null))), steps };
}
