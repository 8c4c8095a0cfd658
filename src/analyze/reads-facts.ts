import type { Inventory } from '../model/inventory.ts';
import { allTasks, type Play, type Role, type Task } from '../model/play.ts';
import type { Layer } from '../model/scope.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import { keywordTrees, trialsOf } from '../model/trials.ts';

/** Variables that begin like facts and are none: how hosts are reached, and what orch itself says. */
const NO_FACTS =
  /^ansible_(?:host|port|user|password|pass|connection|timeout|become.*|ssh_(?!host_key).*|sudo.*|su_.*|scp_.*|sftp_.*|python_interpreter|shell_.*|private_key_file|winrm.*|host_key_checking|check_mode|diff_mode|forks|verbosity|version|play_.*|loop.*|index_var|limit|run_tags|skip_tags|inventory_sources|config_file|playbook_python|role_name.*|role_names|parent_role.*|dependent_role.*|play_role_names|failed_task|failed_result|search_path|group_priority|name|job_id|async_dir|delegated_vars|collection_name|included_var_files|managed)$/;

/** Modules whose effect is in files that are read later: what they read is not known here. */
const OPAQUE = new Set(['template', 'include_vars', 'include_tasks', 'include_role', 'script']);

/**
 * Whether anything in a play may read facts: its own texts, those of its roles, and those of the inventory. Where that
 * is not known before it runs, such as in a template file, it may.
 */
export function readsFacts(play: Play, inventory: Inventory): boolean {
  return (
    textsOf(play).some(treeReads) ||
    [...allTasks(play), ...trialsOf(play)].some((task) => opaque(task)) ||
    [...new Set([...inventory.hosts.values()].flatMap(({ layers }) => layers))].some(layerReads)
  );
}

const opaque = (task: Task): boolean => task.include !== undefined || OPAQUE.has(task.module);

const roleTexts = (role: Role): readonly Tree[] => [...role.vars, ...role.params, ...role.defaults];

const textsOf = (play: Play): readonly Tree[] => [
  ...values(play.hosts, play.vars, play.serial, play.anyErrorsFatal, play.maxFailPercentage),
  ...play.varsFiles.flatMap(({ name, vars }) => values(name, vars)),
  ...play.inputs.flatMap((input) => values(input.default)),
  ...keywords(play.keywords),
  ...play.roles.flatMap(roleTexts),
  ...[...allTasks(play), ...trialsOf(play)].flatMap(taskTexts),
];

const taskTexts = (task: Task): readonly Tree[] => [
  ...values(task.name, task.args, task.when, task.loop?.list, task.changedWhen, task.failedWhen),
  ...values(task.until, task.loopControl.label, ...task.notify),
  ...keywords(task.keywords),
  ...task.vars,
  ...task.params,
  ...(task.role ? roleTexts(task.role) : []),
];

const keywords = (own: Play['keywords']): readonly Tree[] => values(...keywordTrees(own));

const values = (...trees: readonly (Tree | undefined)[]): readonly Tree[] =>
  trees.flatMap((tree) => (tree ? [tree] : []));

const known = new WeakMap<Tree, boolean>();

function treeReads(tree: Tree): boolean {
  if (tree.kind === 'scalar')
    return tree.literal !== true && typeof tree.value === 'string' && textReads(tree.value);
  const before = known.get(tree);
  if (before !== undefined) return before;
  const found = tree.kind === 'list' ? tree.items.some(treeReads) : mapReads(tree);
  known.set(tree, found);
  return found;
}

const mapReads = ({ entries }: MapTree): boolean => entries.some(({ value }) => treeReads(value));

const layerReads = ({ vars }: Layer): boolean =>
  [...vars.values()].some((given) => 'tree' in given && treeReads(given.tree));

/** Whether a text names a fact; `hostvars[...]` and `vars[...]` may lead to any. */
export const textReads = (text: string): boolean =>
  /\b(?:hostvars|vars)\b\s*[[.|)]/.test(text) ||
  (text.match(/\bansible_\w+/g) ?? []).some((name) => !NO_FACTS.test(name));
