import { didYouMean } from '../lib/nearest.ts';
import { entry, type Entry, type MapTree, type ScalarTree } from '../model/tree.ts';
import { findModule } from './args.ts';
import { fail, type Loading } from './loading.ts';
import { loops, taskKeywords } from './schema/keywords.ts';
import { includeSchemas } from './schema/play-keywords.ts';
import { unsupportedInTask } from './schema/unsupported.ts';

/** Words a task may have besides its module. */
export const KEYWORDS: readonly string[] = [
  ...Object.keys(taskKeywords),
  ...Object.keys(loops).map((name) => `with_${name}`),
];

/** The keys of a task told apart. */
export interface SortedKeys {
  /** Keywords, `with_...` left out. */
  readonly known: MapTree;
  /** The module, or what includes tasks, and its arguments. */
  readonly action: Entry | undefined;
  readonly with: Entry | undefined;
  /** Written as local_action. */
  readonly local: boolean;
}

/** The name of what includes tasks or roles: it is no module. */
export function includeName(key: string): string | undefined {
  const short = key.replace(/^ansible\.(?:builtin|legacy)\./, '');
  return short === 'include' || Object.hasOwn(includeSchemas, short) ? short : undefined;
}

/** Tells keywords from the module; unknown and unsupported keys are errors. */
export function sortKeys(loading: Loading, tree: MapTree): SortedKeys {
  const known: Entry[] = [];
  const actions: Entry[] = [];
  const others: Entry[] = [];
  const withs: Entry[] = [];
  let refused = false;
  for (const one of tree.entries) {
    const { key } = one;
    const old = key === 'action' || key === 'local_action' ? oldAction(one) : undefined;
    if (old) actions.push(old);
    else if (Object.hasOwn(taskKeywords, key)) known.push(one);
    else if (includeName(key) ?? findModule(key, loading)) actions.push(one);
    else if (key.startsWith('with_') && Object.hasOwn(loops, key.slice(5))) withs.push(one);
    else if (Object.hasOwn(unsupportedInTask, key) || key.startsWith('with_')) {
      refused = true;
      refuse(loading, one);
    } else others.push(one);
  }
  const [action, ...extra] = [...actions, ...others];
  if (!action && !refused) {
    fail(loading, 'MODULE_MISSING', 'This task names no module.', {
      source: tree.source,
      hint: `Add one, such as \`firewalld_port:\` with its arguments; see \`orch doc\`.`,
    });
  }
  for (const one of extra) superfluous(loading, one, action);
  twoLoops(loading, withs, entry(tree, 'loop'));
  return {
    known: { ...tree, entries: known },
    action,
    with: withs[0],
    local: entry(tree, 'local_action') !== undefined,
  };
}

function refuse(loading: Loading, { key, keySource }: Entry): void {
  const close = didYouMean(
    key,
    Object.keys(loops).map((name) => `with_${name}`),
  );
  const more = key.startsWith('with_') ? close : '';
  fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${key}\` in a task.${more}`, {
    source: keySource,
    hint:
      unsupportedInTask[key] ??
      'Use `loop` with a list; filters, `query` and `lookup` make one of anything.',
  });
}

function twoLoops(loading: Loading, withs: readonly Entry[], loop: Entry | undefined): void {
  const [, second] = [...(loop ? [loop] : []), ...withs];
  if (!second) return;
  fail(loading, 'PLAYBOOK_INVALID', 'A task has one loop; this is its second.', {
    source: second.keySource,
    hint: 'Loop over with_nested, or over a list that a filter makes.',
  });
}

/** `action: command ls` and `action: {module: command, cmd: ls}` as `command: ls`; nothing when it names no module. */
function oldAction({ value }: Entry): Entry | undefined {
  if (value.kind === 'map') {
    const named = entry(value, 'module')?.value;
    if (named?.kind !== 'scalar' || typeof named.value !== 'string') return undefined;
    const rest = { ...value, entries: value.entries.filter(({ key }) => key !== 'module') };
    const [name, text] = firstWord(named);
    return {
      key: name,
      keySource: named.source,
      value: text && rest.entries.length === 0 ? text : rest,
    };
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return undefined;
  const [name, text] = firstWord(value);
  if (name === '') return undefined;
  const none: ScalarTree = { kind: 'scalar', value: null, source: value.source };
  return { key: name, keySource: value.source, value: text ?? none };
}

function firstWord(scalar: ScalarTree): readonly [string, ScalarTree?] {
  const text = String(scalar.value);
  const [, blanks = '', name = '', gap = '', rest = ''] = /^(\s*)(\S*)(\s*)(.*)$/s.exec(text) ?? [];
  if (rest === '') return [name];
  const column = scalar.source.column + blanks.length + name.length + gap.length;
  return [name, { ...scalar, value: rest, source: { ...scalar.source, column } }];
}

function superfluous(loading: Loading, { key, keySource }: Entry, action: Entry | undefined): void {
  const first = action?.key ?? '';
  if (includeName(key) ?? findModule(key, loading)) {
    fail(loading, 'MODULE_MISSING', `This task names two modules: "${first}" and "${key}".`, {
      source: keySource,
      hint: 'Write two tasks, each with its own `- name:`.',
    });
    return;
  }
  const argument = action ? findModule(first, loading)?.params.properties : undefined;
  const close = didYouMean(key, [...KEYWORDS, ...loading.registry.keys()]);
  fail(loading, 'KEYWORD_UNKNOWN', `A task has no keyword "${key}".${close}`, {
    source: keySource,
    hint:
      argument && Object.hasOwn(argument, key)
        ? `"${key}" is an argument of ${first}: indent it below that.`
        : undefined,
  });
}
