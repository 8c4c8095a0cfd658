import { didYouMean } from '../lib/nearest.ts';
import { lenient } from '../model/lenient.ts';
import type { AnyModule, Problem } from '../model/module.ts';
import { isMap, Unknown, type Value } from '../model/value.ts';
import {
  isTemplate,
  sourceAt,
  type Entry,
  type MapTree,
  type ScalarTree,
  type Tree,
} from '../model/tree.ts';
import { renamed } from './aliases.ts';
import { parseKeyValues } from './key-value.ts';
import { beforeTemplates, fail, type Loading } from './loading.ts';
import { plainTree } from './scalar.ts';
import { insteadOf } from './schema/elsewhere.ts';
import { kindOfValue, type Schema } from './schema/words.ts';

const PREFIXES = [
  'ansible.builtin.',
  'ansible.legacy.',
  'ansible.posix.',
  'community.general.',
  'orch.',
];

/** Names that Ansible has for the same module. */
export const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['systemd_service', 'systemd'],
  ['yum', 'dnf'],
  ['dnf5', 'dnf'],
]);

/** The module a key names, by its short or its long name. */
export function findModule(
  name: string,
  { registry }: Pick<Loading, 'registry'>,
): AnyModule | undefined {
  const prefix = PREFIXES.find((one) => name.startsWith(one));
  const short = prefix === undefined ? name : name.slice(prefix.length);
  return registry.get(name) ?? registry.get(short) ?? registry.get(OTHER_NAMES.get(short) ?? '');
}

const FOREIGN =
  'orch has no plugins: use command, shell or uri, with creates or a condition; docs/compatibility.md lists the modules there are.';

/** Says that a key of a task is neither a keyword nor a module. */
export function unknownModule(
  loading: Loading,
  { key, keySource }: Entry,
  keywords: readonly string[],
): void {
  const short = key.split('.').at(-1) ?? key;
  const known = [...loading.registry.keys()];
  const foreign = key.includes('.') && !PREFIXES.some((prefix) => key.startsWith(prefix));
  const instead = insteadOf(short) ?? (foreign ? FOREIGN : undefined);
  const keyword = didYouMean(key, keywords);
  const close = didYouMean(short, known) || keyword;
  fail(
    loading,
    'MODULE_UNKNOWN',
    `There is no module "${key}".${instead === undefined ? close : ''}`,
    {
      source: keySource,
      hint: instead,
    },
  );
}

/** Arguments as they are written, and a template that gives more. */
export interface GivenArgs {
  readonly args: MapTree;
  readonly argsFrom?: ScalarTree;
}

/** Where arguments come from besides the module's own key. */
export interface OtherArgs {
  /** `args` of the task: weaker than what stands at the module. */
  readonly also: Tree | undefined;
  /** `module_defaults`, innermost first. */
  readonly defaults: readonly MapTree[];
}

/**
 * The arguments of a task as a map: text becomes one (`x-free-form`, or `key=value`), `args` and
 * module_defaults are added. Everything that can be said before templates are evaluated is said here.
 */
export function readArgs(
  loading: Loading,
  module: AnyModule,
  named: Entry,
  { also, defaults }: OtherArgs,
): GivenArgs | undefined {
  const own = argsMap(loading, module, named);
  if (!own) return undefined;
  const beside = also?.kind === 'map' ? also : undefined;
  const splat = also?.kind === 'scalar' && isTemplate(also) ? also : own.argsFrom;
  const layers = [own.args, ...(beside ? [beside] : []), ...defaultsFor(loading, module, defaults)];
  const args = given(module, layers.map((layer) => renamed(module.params, layer)).reduce(under));
  check(loading, module, named, args, splat !== undefined);
  return splat ? { args, argsFrom: splat } : { args };
}

/** The arguments without those that are empty and may not be: as in Ansible they count as not given. */
function given({ params }: AnyModule, args: MapTree): MapTree {
  const entries = args.entries.filter(({ key, value }) => {
    if (value.kind !== 'scalar' || value.value !== null) return true;
    const schema = Object.hasOwn(params.properties, key) ? params.properties[key] : undefined;
    const { type = [] } = (schema ?? {}) as { readonly type?: string | readonly string[] };
    const types = [type].flat();
    return types.length === 0 || types.includes('null');
  });
  return entries.length === args.entries.length ? args : { ...args, entries };
}

/** A map with the keys of another that it does not have itself. */
const under = (strong: MapTree, weak: MapTree): MapTree => {
  const has = new Set(strong.entries.map(({ key }) => key));
  const more = weak.entries.filter(({ key }) => !has.has(key));
  return more.length === 0 ? strong : { ...strong, entries: [...strong.entries, ...more] };
};

/** What the innermost `module_defaults` that names the module gives it: it takes the place of those around it. */
function defaultsFor(
  loading: Loading,
  module: AnyModule,
  defaults: readonly MapTree[],
): readonly MapTree[] {
  for (const map of defaults) {
    const found = map.entries.filter(({ key }) => findModule(key, loading) === module);
    if (found.length > 0)
      return found.flatMap(({ value }) => (value.kind === 'map' ? [value] : []));
  }
  return [];
}

function check(
  loading: Loading,
  module: AnyModule,
  named: Entry,
  args: MapTree,
  open: boolean,
): void {
  const given = lenient(module.params, beforeTemplates(args));
  const refused = loading
    .validate(module.name, given)
    .problems.filter(({ pointer, code }) => !open || pointer !== '' || code !== 'ARGUMENT_MISSING');
  const misspelt = refused.some(({ key }) => key === true);
  // What is missing may be what is misspelt, or come from a template.
  const more = further(loading, module, refused.reduce(without, given)).filter(
    ({ pointer }) => (!misspelt && !open) || pointer !== '',
  );
  for (const problem of [...refused, ...more])
    report(loading, { hint: `See \`orch doc ${module.name}\`.`, ...problem }, args, named);
}

/**
 * What is wrong beyond the schema. What the schema refuses counts as not known yet, so that one slip does
 * not hide those beside it.
 */
function further(loading: Loading, module: AnyModule, given: Value): readonly Problem[] {
  const { params, problems } = loading.validate(module.name, given);
  if (problems.length > 0) return [];
  // Control modules get what was written, never defaults.
  return module.problems?.(module.kind === 'control' ? given : params) ?? [];
}

/** The arguments without a key nobody knows, or with an Unknown where a problem is. */
function without(args: Value, { pointer, key }: Problem): Value {
  const [, ...path] = pointer.split('/');
  return path.length === 0 ? args : replaced(args, path.map(plainKey), key === true);
}

const plainKey = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

function replaced(value: Value, [first, ...rest]: readonly string[], drop: boolean): Value {
  if (first === undefined) return new Unknown('refused by the schema');
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((item, i) =>
      String(i) === first ? replaced(item, rest, drop) : item,
    );
  }
  if (!isMap(value)) return value;
  const inner = value[first];
  if (inner === undefined || (drop && rest.length === 0)) {
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== first));
  }
  return { ...value, [first]: replaced(inner, rest, drop) };
}

function report(loading: Loading, problem: Problem, args: MapTree, given: Entry): void {
  // What is missing as a whole is missing of the module: its name is the place to look at.
  const source =
    problem.pointer === '' ? given.keySource : sourceAt(args, problem.pointer, problem.key);
  fail(loading, problem.code ?? 'ARGUMENT_INVALID', sentence(problem.message), {
    source,
    hint: problem.hint,
  });
}

const sentence = (text: string): string => (/[.?!:]$/.test(text) ? text : `${text}.`);

/** Words that stand beside the command line of a command. */
const BESIDE_COMMANDS: ReadonlySet<string> = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
]);

function argsMap(
  loading: Loading,
  module: AnyModule,
  { value, keySource }: Entry,
): GivenArgs | undefined {
  if (value.kind === 'map') return { args: value };
  if (value.kind === 'scalar') {
    if (value.value === null) return { args: { kind: 'map', entries: [], source: keySource } };
    const found = ofText(module, value);
    if (found) return found;
  }
  const is = value.kind === 'scalar' ? kindOfValue(value.value) : 'a list';
  fail(
    loading,
    'ARGUMENT_INVALID',
    `The arguments of ${module.name} must be a map; this is ${is}.`,
    {
      source: value.source,
      hint: `Write them below it, indented, one \`argument: value\` a line; see \`orch doc ${module.name}\`.`,
    },
  );
  return undefined;
}

function ofText(module: AnyModule, scalar: ScalarTree): GivenArgs | undefined {
  const free = module.params['x-free-form'];
  const whole: MapTree = { kind: 'map', entries: [], source: scalar.source };
  const found = parseKeyValues(
    scalar,
    module.kind === 'action' && free ? BESIDE_COMMANDS : undefined,
  );
  const rest = found ? found.rest : String(scalar.value);
  if (typeof free !== 'string' && rest !== '') {
    const alone = module.kind !== 'control' && isTemplate(scalar) && found?.pairs.length === 0;
    return alone ? { args: whole, argsFrom: scalar } : undefined;
  }
  const pairs = new Map((found?.pairs ?? []).map((pair) => [pair.key, pair]));
  const entries = [...pairs.values()].map(({ key, keySource, value }): Entry => ({
    key,
    keySource,
    value: typed(module, key, value),
  }));
  const command: readonly Entry[] =
    typeof free === 'string' && (rest !== '' || entries.length === 0)
      ? [{ key: free, keySource: scalar.source, value: { ...scalar, value: rest } }]
      : [];
  return { args: { ...whole, entries: [...command, ...entries] } };
}

/** All values of `key=value` are texts; where the module wants no text, they mean what they mean in YAML. */
function typed(module: AnyModule, key: string, value: ScalarTree): ScalarTree {
  const schema = Object.hasOwn(module.params.properties, key)
    ? (module.params.properties[key] as Schema)
    : undefined;
  if (!schema || isTemplate(value) || takesText(schema)) return value;
  return { ...value, ...plainTree(String(value.value), value.source) };
}

function takesText(schema: Schema): boolean {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (choices) return choices.some(takesText);
  const values = schema['enum'] as readonly unknown[] | undefined;
  if (values) return values.every((one) => typeof one === 'string');
  return schema['type'] === undefined || [schema['type']].flat().includes('string');
}
