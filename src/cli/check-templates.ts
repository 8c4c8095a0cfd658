import type { OrchError } from '../lib/errors.ts';
import { allTasks, handlersOf, type Play, type Playbook, type Task } from '../model/play.ts';
import { isTemplate, type Tree } from '../model/tree.ts';
import { keywordTrees, trialsOf } from '../model/trials.ts';
import { checkTemplate } from '../template/check.ts';

/** What is wrong with the templates and conditions of a playbook, those of tasks included, as far as that is seen without a host. */
export const templateErrors = ({ plays }: Playbook): readonly OrchError[] => plays.flatMap(ofPlay);

/** As templateErrors, without those of tasks: they are found while the tasks are loaded. */
export const playTemplateErrors = ({ plays }: Playbook): readonly OrchError[] =>
  plays.flatMap(outsideTasks);

const ofPlay = (play: Play): readonly OrchError[] => [
  ...outsideTasks(play),
  ...[...allTasks(play), ...handlersOf(play), ...trialsOf(play)].flatMap(taskTemplateErrors),
];

const outsideTasks = (play: Play): readonly OrchError[] => [
  ...values(play.hosts, play.vars, play.serial, play.gatherFacts, play.anyErrorsFatal),
  ...values(play.maxFailPercentage, ...play.inputs.map((input) => input.default)),
  ...values(...play.varsFiles.map(({ name }) => name), ...keywordTrees(play.keywords)),
];

/** What is wrong with the templates and conditions of one task. */
export const taskTemplateErrors = (task: Task): readonly OrchError[] => [
  ...values(task.name, task.loop?.list, task.loopControl.label, ...task.vars, ...task.notify),
  ...values(...keywordTrees(task.keywords)),
  ...conditions(task.when, task.changedWhen, task.failedWhen),
  ...task.args.entries.flatMap(({ key, value }) =>
    isCondition(task.module, key) && !isTemplate(value) ? conditions(value) : values(value),
  ),
];

/** Arguments that hold expressions without braces. */
const isCondition = (module: string, key: string): boolean =>
  (module === 'assert' && key === 'that') || (module === 'debug' && key === 'var');

const values = (...trees: readonly (Tree | undefined)[]): readonly OrchError[] =>
  trees.flatMap((tree) => (tree ? checkTemplate(tree) : []));

const conditions = (...trees: readonly (Tree | undefined)[]): readonly OrchError[] =>
  trees.flatMap((tree) => (tree ? checkTemplate(tree, 'condition') : []));
