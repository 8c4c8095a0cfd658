import type { ErrorCode } from '../lib/error-table.ts';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Files } from '../model/files.ts';
import type { HiddenNames } from '../model/hidden.ts';
import type { Registry, Validate } from '../model/module.ts';
import type { Task, Warning } from '../model/play.ts';
import type { Evaluator, Layer } from '../model/scope.ts';
import { isTemplate, plain, sourceAt, type MapTree, type Tree } from '../model/tree.ts';
import { Unknown, type Value } from '../model/value.ts';
import { validators } from './generated/validators.js';
import { makeValidate } from './params.ts';
import { parseYaml } from './yaml.ts';

/** What loading needs from outside. */
export interface LoadOptions {
  readonly files: Files;
  readonly registry: Registry;
  /** Check of module arguments: validateParams, or compileValidate for other modules. */
  readonly validate: Validate;
  /** Number of the first play in task ids; for runs of several playbooks. */
  readonly firstPlay?: number;
  /** More that can be wrong with a task, such as its templates; told together with the rest. */
  readonly review?: (task: Task) => readonly OrchError[];
  /** Resolves names that hold templates; without it they are errors where they must be known. */
  readonly evaluator?: Evaluator;
  /** `-e`: known before any host is. */
  readonly extraVars?: Layer;
  /** Gets the variables that playbooks and roles call secret. */
  readonly hidden?: HiddenNames;
  /** Folders in which roles are looked for after those beside the playbook. */
  readonly rolesPath?: readonly string[];
  /** Files and roles that are included by name when their turn comes are read too, and errors in them told. */
  readonly follow?: boolean;
  /** Tasks are only to be listed: what no module takes is a warning, and the task is kept without its arguments. */
  readonly listing?: boolean;
  /** A run is on its way: arguments of a role are judged by the task that the role begins with, and only there. */
  readonly running?: boolean;
}

/** One load under way: collects every error, so that all are told at once. */
export interface Loading extends LoadOptions {
  readonly errors: OrchError[];
  readonly warnings: Warning[];
  /** Files read so far: a role that is used often is parsed once. */
  readonly trees: Map<string, Tree | undefined>;
}

/** Loading that begins. */
export const newLoading = (options: LoadOptions): Loading => ({
  ...options,
  errors: [],
  warnings: [],
  trees: new Map(),
});

/**
 * The tree of a YAML file; nothing when it is empty or cannot be read. What is wrong with it is told once,
 * a file that is not there at `at`.
 */
export function readTree(loading: Loading, file: string, at: Source | undefined): Tree | undefined {
  if (loading.trees.has(file)) return loading.trees.get(file);
  const text = attempt(loading, at, () => loading.files.read(file));
  if (text === undefined) return undefined;
  const tree = attempt(loading, undefined, () => parseYaml(file, text, loading.files.vault));
  loading.trees.set(file, tree);
  return tree;
}

/** Adds an error placed in the user's file. */
export function fail(
  loading: Pick<Loading, 'errors'>,
  code: ErrorCode,
  message: string,
  place: { readonly source: Source; readonly hint?: string | undefined },
): void {
  loading.errors.push(new OrchError(code, message, place));
}

/** Does what may throw user errors; they are kept, placed at `source` where they have no place. */
export function attempt<T>(
  loading: Pick<Loading, 'errors'>,
  source: Source | undefined,
  action: () => T,
): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof OrchErrors) loading.errors.push(...error.errors);
    else if (error instanceof OrchError) loading.errors.push(error.at(source));
    else throw error;
    return undefined;
  }
}

/** Values as written; each scalar that holds a template is an Unknown. */
export const beforeTemplates = (tree: Tree): Value =>
  plain(tree, (leaf) => (isTemplate(leaf) ? new Unknown('not evaluated yet') : leaf.value));

const validateKeywords = makeValidate((name) => validators[name]);

/** Kinds whose keywords are checked by more than one validator, or by that of another. */
const VALIDATORS: Partial<Record<KeywordsOf, readonly string[]>> = {
  play: ['block', 'play'],
  task: ['block', 'task'],
  role: ['block'],
};

/** What has a schema of its own in src/load/schema. */
export type KeywordsOf =
  | 'play'
  | 'task'
  | 'block'
  | 'role'
  | 'input'
  | 'prompt'
  | 'import_playbook'
  | 'import_tasks'
  | 'include_tasks'
  | 'import_role'
  | 'include_role';

/**
 * Checks the values of keywords; keys that are not in the schema of a play, block or task are looked
 * at elsewhere. The keys with wrong values.
 */
export function checkKeywords(
  loading: Pick<Loading, 'errors'>,
  kind: KeywordsOf,
  map: MapTree,
): ReadonlySet<string> {
  const bad = new Set<string>();
  const given = beforeTemplates(map);
  const all = VALIDATORS[kind] ?? [kind];
  for (const problem of all.flatMap((name) => validateKeywords(name, given).problems)) {
    const [, first = ''] = problem.pointer.split('/');
    bad.add(first);
    fail(
      loading,
      keywordCode(kind, problem.code),
      /^(import|include)_(tasks|role)$/.test(kind)
        ? problem.message
        : problem.message.replace('argument', 'keyword').replace(/of task\b/, 'of the task'),
      {
        source: sourceAt(map, problem.pointer, problem.key),
        hint: problem.hint?.startsWith('See `orch doc') ? undefined : problem.hint,
      },
    );
  }
  return bad;
}

function keywordCode(kind: KeywordsOf, code: ErrorCode | undefined): ErrorCode {
  if (kind === 'input') return 'INPUT_INVALID';
  if (/^(import|include)_(tasks|role)$/.test(kind)) return code ?? 'ARGUMENT_INVALID';
  return code === 'ARGUMENT_UNKNOWN' ? 'KEYWORD_UNKNOWN' : 'PLAYBOOK_INVALID';
}
