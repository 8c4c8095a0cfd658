import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Probe, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import {
  foldersIn,
  ownedIn,
  putBack,
  sections,
  SHOW,
  shown,
  tellFile,
  unchanged,
} from '../system/text-file.ts';
import { pathOf, squeezed, type SysctlFacts, type SysctlScope, type SysctlState } from './state.ts';

/** Kernel parameters below /proc/sys and the files that set them at boot. */
export const sysctlResource: Resource<SysctlScope, SysctlState, SysctlFacts> = {
  name: 'sysctl',
  key: () => 'sysctl',
  observe,
  plan,
  recall: { state: ({ state, facts }) => ({ ...state, how: facts.owned }) },
  footprints: ({ name, file }) => ({
    reads: [`sysctl:/${name}`, `file:${file}`],
    writes: [`sysctl:/${name}`, `file:${file}`],
  }),
};

/**
 * One process reads all parameters: the shell reads byte by byte, and of many parameters the kernel gives the first byte
 * alone. One that may not be read is as good as none.
 */
function observe(scopes: readonly SysctlScope[]): Probe<SysctlState, SysctlFacts> {
  const names = [...new Set(scopes.map(({ name }) => name))].sort();
  const files = [...new Set(scopes.map(({ file }) => file))].sort();
  return {
    script: lines([
      SHOW,
      sh`echo '=values'; grep -sH '' ${names.map(pathOf)} | while IFS= read -r l; do echo " $l"; done`,
      ...files.map(tellFile),
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, names, files),
  };
}

function parse(
  { stdout, stderr, exit }: Reply,
  names: readonly string[],
  files: readonly string[],
): Seen<SysctlState, SysctlFacts> {
  const found = sections(stdout.toString('utf8'));
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its kernel parameters', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const read = (section: string): string | null => {
    const rows = found.get(section);
    return rows === undefined ? null : shown(rows);
  };
  const values = (found.get('values') ?? []).map((row) => row.slice(1));
  const value = (name: string): string | null => {
    const start = `${pathOf(name)}:`;
    const rows = values
      .filter((row) => row.startsWith(start))
      .map((row) => row.slice(start.length));
    return rows.length === 0 ? null : squeezed(rows.join('\n'));
  };
  return {
    state: {
      runtime: Object.fromEntries(names.map((name) => [name, value(name)])),
      files: Object.fromEntries(files.map((file) => [file, read(`file ${file}`)])),
    },
    facts: { owned: ownedIn(found), folders: foldersIn(found) },
  };
}

function plan({ state, facts }: Seen<SysctlState, SysctlFacts>, desired: SysctlState): Plan {
  const files = Object.keys(desired.files).filter(
    (file) => desired.files[file] !== state.files[file],
  );
  const names = Object.keys(desired.runtime).filter(
    (name) => desired.runtime[name] !== state.runtime[name],
  );
  return {
    guard: lines(files.map((file) => unchanged(file, state.files[file] ?? null))),
    steps: [
      ...names.flatMap((name) => inKernel(name, state, desired)),
      ...files.map((file) => inFile(file, { state, facts }, desired)),
    ],
  };
}

function inKernel(name: string, state: SysctlState, desired: SysctlState): readonly Step[] {
  const [from, to] = [state.runtime[name] ?? null, desired.runtime[name] ?? null];
  if (to === null) return [];
  return [
    {
      name: `kernel parameter ${name}`,
      do: write(name, to),
      ...(from === null ? {} : { inverse: write(name, from) }),
      stage: 'runtime',
      disruption: 'none',
    },
  ];
}

const inFile = (
  file: string,
  { state, facts }: Seen<SysctlState, SysctlFacts>,
  desired: SysctlState,
): Step => ({
  name: `kernel parameters in ${file}`,
  do: putBack(file, desired.files[file] ?? null, desired.how?.[file]),
  inverse: putBack(file, state.files[file] ?? null, facts.owned[file]),
  stage: 'persistent',
  disruption: 'none',
});

const write = (name: string, value: string): Shell => sh`printf '%s\n' ${value} >${pathOf(name)}`;
