import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { includedVars } from '../load/included-vars.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Play, Task } from '../model/play.ts';
import { isTemplate, type Entry, type Tree } from '../model/tree.ts';
import { plainText } from './plain.ts';
import type { Program } from './program.ts';
import type { Site } from './sites.ts';
import { argOf, mapsOf } from './texts.ts';

/** A place that gives a variable a value. */
export interface Definition {
  readonly name: string;
  readonly source: Source;
  /** What it is, in the words of a message. */
  readonly what: string;
  /** What it is given, where that is written out. */
  readonly tree: Tree | undefined;
  /** It is there for this playbook alone: where nothing reads it, nothing needs it. */
  readonly own: boolean;
}

/** What gives variables, and whether there is more of it than can be known. */
export interface Gives {
  readonly definitions: readonly Definition[];
  /** Something gives variables whose names are known only when it runs. */
  readonly open: boolean;
}

/** What the tasks of a play give their hosts, to be read by any play after. */
export function givenByTasks(sites: readonly Site[], { files }: Program): Gives {
  const definitions: Definition[] = [];
  let open = false;
  for (const { task } of sites) {
    if (task.register !== undefined)
      definitions.push(own(task.register, task.source, 'the registered variable'));
    const more = byModule(task, files);
    definitions.push(...more.definitions);
    open ||= more.open;
  }
  return { definitions, open };
}

/** What a play gives its own tasks. */
export function givenByPlay(play: Play, tasks: readonly Task[]): Gives {
  const shared = new Set(play.varsFiles.map(({ vars }) => vars));
  const maps = [...mapsOf(play, tasks)].flatMap((map) =>
    map.entries.map(({ key, keySource, value }): Definition => ({
      name: key,
      source: keySource,
      what: 'the variable',
      tree: value,
      own: !shared.has(map),
    })),
  );
  const loops = tasks.flatMap(({ include, loop, loopControl: { loopVar, indexVar } }) =>
    include && loop ? [loopVar, ...(indexVar === undefined ? [] : [indexVar])] : [],
  );
  return {
    definitions: [
      ...maps,
      ...play.inputs.map(({ name, source, ...input }): Definition => ({
        ...{ name, source, what: 'the input', own: true },
        tree: input.default,
      })),
      ...play.prompts.map(({ name, source }) => own(name, source, 'the variable asked for')),
      ...loops.map((name) => ({ ...own(name, play.source, 'the loop variable'), own: false })),
      ...tasks.flatMap(specified),
    ],
    open: play.varsFiles.some(({ vars }) => vars === undefined),
  };
}

/** The names that an inventory gives any of its hosts. */
export function givenByInventory(inventory: Inventory | undefined): ReadonlySet<string> {
  const layers = new Set([...(inventory?.hosts.values() ?? [])].flatMap((host) => host.layers));
  return new Set([...layers].flatMap(({ vars }) => [...vars.keys()]));
}

const own = (name: string, source: Source, what: string): Definition => ({
  ...{ name, source, what },
  tree: undefined,
  own: true,
});

const NOTHING: Gives = { definitions: [], open: false };
const OPEN: Gives = { definitions: [], open: true };

function byModule(task: Task, files: Program['files']): Gives {
  switch (task.module) {
    case 'set_fact':
      return task.argsFrom ? OPEN : named(task, ['cacheable'], 'the fact');
    case 'add_host':
      return task.argsFrom ? OPEN : named(task, HOST_WORDS, 'the variable of the host');
    case 'include_vars':
      return fromFiles(task, files);
    case 'group_by':
      return OPEN;
    case 'meta':
      return argsHave(task, 'refresh_inventory') ? OPEN : NOTHING;
    case 'package_facts':
      return facts(task, 'packages');
    case 'service_facts':
      return facts(task, 'services');
    default:
      return /_facts$|^(?:getent|facter|ohai)$/.test(task.module) && task.module !== 'gather_facts'
        ? OPEN
        : NOTHING;
  }
}

const HOST_WORDS = ['name', 'hostname', 'host', 'groups', 'group', 'groupname'];

const facts = ({ source }: Task, name: string): Gives => ({
  definitions: [{ ...own(name, source, 'the fact'), own: false }],
  open: false,
});

const argsHave = ({ args }: Task, word: string): boolean =>
  args.entries.some(({ value }) => plainText(value) === word || isTemplate(value));

function named({ args }: Task, words: readonly string[], what: string): Gives {
  const given = args.entries.filter(({ key }) => !words.includes(key));
  return {
    definitions: given.map(({ key, keySource, value }) => ({
      ...own(key, keySource, what),
      tree: value,
    })),
    open: given.some(({ key }) => /\{\{|\{%/.test(key)),
  };
}

/** The variables of the files that include_vars names in plain words. */
function fromFiles(task: Task, files: Program['files']): Gives {
  const [file, dir, name] = ['file', 'dir', 'name'].map((key) => argOf(task, key));
  const named = plainText(name);
  if (named !== undefined)
    return {
      definitions: [{ ...own(named, task.source, 'the variable'), own: false }],
      open: false,
    };
  const path = plainText(file);
  if (name || dir || path === undefined || task.loop) return OPEN;
  try {
    const from = { file: path, depth: 0, ignoreFiles: [], extensions: [] };
    const maps = includedVars({ ...from, ignoreUnknownExtensions: true }, task, files);
    return { definitions: maps.flatMap(({ entries }) => entries.map(shared)), open: false };
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors) return OPEN;
    throw error;
  }
}

const shared = ({ key, keySource, value }: Entry): Definition => ({
  ...{ name: key, source: keySource, what: 'the variable', tree: value },
  own: false,
});

/** The arguments that a role says it has: whoever uses the role may give them. */
function specified(task: Task): readonly Definition[] {
  const spec = task.module === 'validate_argument_spec' ? argOf(task, 'argument_spec') : undefined;
  return spec?.kind === 'map' ? spec.entries.map(shared) : [];
}
