import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { Plan, Probe, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import {
  type Owned,
  ownedIn,
  putBack,
  sections,
  SHOW,
  shown,
  tellFile,
  unchanged,
} from '../system/text-file.ts';

/** A kernel module: in the running kernel, and the files that bring it back at boot. */
export interface ModuleState {
  readonly loaded: boolean;
  /** The parameters that it is loaded with when it is not; those of a loaded module are not looked at. */
  readonly params: string;
  /** By path: what loads it at boot and with which parameters; null where there is no such file. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Whose files are that are made anew; those of root with mode 644 where nothing is said. Not compared. */
  readonly how?: Readonly<Record<string, Owned>>;
}

/** What informs about a kernel module. */
export interface ModuleFacts {
  /** Part of the kernel itself: always there, cannot be taken out. */
  readonly builtIn: boolean;
  /** The kernel has it, loaded or not. */
  readonly known: boolean;
  /** Whose the files are that are there. */
  readonly owned: Readonly<Record<string, Owned>>;
}

/** What a task is about. */
export interface ModuleScope {
  readonly name: string;
  /** Parameters to load it with. */
  readonly params: string;
}

/** The file that has a module loaded at boot. */
export const loadFile = (name: string): string => `/etc/modules-load.d/${name}.conf`;

/** The file with the parameters of a module. */
export const optionsFile = (name: string): string => `/etc/modprobe.d/${name}.conf`;

/** One kernel module. The kernel writes its names with underscores, files have them as they were given. */
export const kernelModule: Resource<ModuleScope, ModuleState, ModuleFacts> = {
  name: 'kernel_module',
  key: ({ name, params }) => `kernel_module:${name}${params === '' ? '' : ` ${params}`}`,
  observe: ([scope]) => observe(scope?.name ?? '', scope?.params ?? ''),
  plan,
  recall: { state: ({ state, facts }) => ({ ...state, how: facts.owned }) },
  footprints: ({ name }) => ({
    reads: [`kernel_module:/${name}`, `file:${loadFile(name)}`, `file:${optionsFile(name)}`],
    // A module brings kernel parameters of its own.
    writes: [
      `kernel_module:/${name}`,
      `file:${loadFile(name)}`,
      `file:${optionsFile(name)}`,
      'sysctl:/',
    ],
  }),
};

/** A loaded module has a folder in sysfs, most built-in ones too; for the others the lists of the kernel's package are searched. */
function observe(name: string, params: string): Probe<ModuleState, ModuleFacts> {
  const files = [loadFile(name), optionsFile(name)];
  const loose = name.replaceAll(/[-_]/g, '[-_]');
  return {
    script: lines([
      SHOW,
      raw('read -r r </proc/sys/kernel/osrelease; m=/lib/modules/$r'),
      sh`echo '=module'; if [ -e ${`/sys/module/${kernelName(name)}/initstate`} ]; then echo loaded
elif grep -qs ${`/${loose}\\.ko`} "$m/modules.builtin"; then echo 'built in'
elif grep -qs ${`/${loose}\\.ko[.a-z]*:`} "$m/modules.dep"; then echo known
elif [ -e ${`/sys/module/${kernelName(name)}`} ]; then echo 'built in'; fi`,
      ...files.map(tellFile),
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, files, params),
  };
}

const kernelName = (name: string): string => name.replaceAll('-', '_');

function parse(
  { stdout, stderr, exit }: Reply,
  files: readonly string[],
  params: string,
): Seen<ModuleState, ModuleFacts> {
  const found = sections(stdout.toString('utf8'));
  const words = found.get('module');
  if (exit !== 0 || !words || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its kernel modules', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const builtIn = words.includes('built in');
  const read = (file: string): string | null => {
    const rows = found.get(`file ${file}`);
    return rows === undefined ? null : shown(rows);
  };
  return {
    state: {
      loaded: builtIn || words.includes('loaded'),
      params,
      files: Object.fromEntries(files.map((file) => [file, read(file)])),
    },
    facts: { builtIn, known: words.length > 0, owned: ownedIn(found) },
  };
}

function plan({ state, facts }: Seen<ModuleState, ModuleFacts>, desired: ModuleState): Plan {
  const files = Object.keys(desired.files).filter(
    (file) => desired.files[file] !== state.files[file],
  );
  const [path = ''] = Object.keys(desired.files);
  const name = path.slice(path.lastIndexOf('/') + 1, -'.conf'.length);
  return {
    guard: lines(files.map((file) => unchanged(file, state.files[file] ?? null))),
    steps: [
      // Parameters first: modprobe reads them from the file.
      ...files.map((file) => fileStep(file, { state, facts }, desired)),
      ...(desired.loaded === state.loaded ? [] : [loadStep(name, desired)]),
    ],
  };
}

const fileStep = (
  file: string,
  { state, facts }: Seen<ModuleState, ModuleFacts>,
  desired: ModuleState,
): Step => ({
  name: desired.files[file] === null ? `no ${file}` : file,
  do: putBack(file, desired.files[file] ?? null, desired.how?.[file]),
  inverse: putBack(file, state.files[file] ?? null, facts.owned[file]),
  stage: 'persistent',
  disruption: 'none',
});

const loadStep = (name: string, { loaded, params }: ModuleState): Step => {
  const load = sh`modprobe -- ${name} ${params.split(' ').filter((word) => word !== '')}`;
  const unload = sh`modprobe -r -- ${name}`;
  return {
    name: loaded ? `kernel module ${name}` : `no kernel module ${name}`,
    do: loaded ? load : unload,
    inverse: loaded ? unload : load,
    stage: 'runtime',
    disruption: 'none',
  };
};
