import { playTexts, textsOf, type Text } from '../analyze/texts.ts';
import type { OrchError } from '../lib/errors.ts';
import { allTasks, handlersOf, type Play, type Playbook, type Task } from '../model/play.ts';
import type { Tree } from '../model/tree.ts';
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
  ...texts(playTexts(play)),
  ...values(play.vars, ...play.inputs.map((input) => input.default)),
  ...values(...keywordTrees(play.keywords)),
];

/** What is wrong with the templates and conditions of one task. */
export const taskTemplateErrors = (task: Task): readonly OrchError[] => [
  ...texts(textsOf(task)),
  ...values(...task.vars),
];

/** What two of them share, as the file of an include and its argument, is told once. */
const texts = (all: readonly Text[]): readonly OrchError[] =>
  [...new Map(all.map((one) => [one.tree, one])).values()].flatMap(({ tree, reading }) =>
    checkTemplate(tree, reading),
  );

const values = (...trees: readonly (Tree | undefined)[]): readonly OrchError[] =>
  trees.flatMap((tree) => (tree ? checkTemplate(tree) : []));
