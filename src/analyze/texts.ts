import type { Reading } from '../template/check.ts';
import type { Rolled } from '../model/guarded.ts';
import type { Play, Role, Task } from '../model/play.ts';
import { entry, isTemplate, type MapTree, type Tree } from '../model/tree.ts';
import { keywordTrees } from '../model/trials.ts';

/** A tree whose texts are evaluated. */
export interface Text {
  readonly tree: Tree;
  readonly reading: Reading;
  /**
   * `now`: whenever the task is carried out, an undefined variable in it fails the task. `shown`: an undefined
   * variable in it is shown as it is, or ignored. `maybe`: whether it is evaluated depends on what happened before.
   */
  readonly how: 'now' | 'shown' | 'maybe';
}

/** What a task has evaluated; its variables are not among it: they are evaluated where they are read. */
export const textsOf = (task: Task): readonly Text[] => [
  ...conditions(task.when),
  ...values('now', task.loop?.list, task.until ? undefined : task.loopControl.pause),
  ...values('shown', task.name, task.loopControl.label, ...task.notify),
  ...values('now', ...keywordTrees(task.keywords), task.argsFrom),
  ...values('maybe', task.retries, task.delay, task.async, task.poll, task.loopControl.extended),
  ...values('maybe', ...rolledTrees(task)),
  ...late(task.changedWhen, task.failedWhen, task.until, task.loopControl.breakWhen),
  ...task.args.entries.map(({ key, value }) => argument(task, key, value)),
  ...includeTexts(task),
];

/** What follows the first condition is evaluated only where that holds. */
const conditions = (when: Task['when']): readonly Text[] =>
  (when?.items ?? []).map((tree, i) => ({
    tree,
    reading: 'condition',
    how: i === 0 ? 'now' : 'maybe',
  }));

const late = (...trees: readonly (Tree | undefined)[]): readonly Text[] =>
  trees.flatMap((tree) => (tree ? [{ tree, reading: 'condition', how: 'maybe' } as const] : []));

function argument({ module }: Task, key: string, value: Tree): Text {
  const shows = module === 'debug' && key === 'var';
  if (!shows && !(module === 'assert' && key === 'that'))
    return { tree: value, reading: 'value', how: 'now' };
  const reading = isTemplate(value) ? 'value' : 'condition';
  return { tree: value, reading, how: shows ? 'shown' : 'now' };
}

const includeTexts = ({ include }: Task): readonly Text[] =>
  include
    ? values(
        'maybe',
        ...[include.target, include.tasksFrom, include.varsFrom, include.defaultsFrom],
        ...[include.handlersFrom, include.public, include.allowDuplicates],
      )
    : [];

/** What a play has evaluated, its tasks and variables left out. */
export const playTexts = (play: Play): readonly Text[] => [
  ...values('maybe', play.hosts, play.serial, play.anyErrorsFatal, play.maxFailPercentage),
  ...values('maybe', play.gatherFacts, play.gatherSubset, ...rolledTrees(play)),
  ...values('shown', ...play.varsFiles.map(({ name }) => name)),
];

const rolledTrees = ({ canary, maxUnavailable, health }: Rolled): readonly (Tree | undefined)[] => [
  canary,
  maxUnavailable,
  health?.within,
  health?.every,
];

/** The maps of variables that a play, its roles and its tasks bring; each once. */
export const mapsOf = (play: Play, tasks: readonly Task[]): ReadonlySet<MapTree> =>
  new Set([
    ...(play.vars ? [play.vars] : []),
    ...play.varsFiles.flatMap(({ vars }) => (vars ? [vars] : [])),
    ...play.roles.flatMap(roleMaps),
    ...tasks.flatMap((task) => [
      ...task.vars,
      ...task.params,
      ...(task.role ? roleMaps(task.role) : []),
      ...(task.include?.vars ?? []),
    ]),
  ]);

/** Every map of variables a role brings, with those of its parents and dependencies. */
export const roleMaps = (role: Role): readonly MapTree[] => [
  ...role.defaults,
  ...role.vars,
  ...role.params,
];

const values = (how: Text['how'], ...trees: readonly (Tree | undefined)[]): readonly Text[] =>
  trees.flatMap((tree) => (tree ? [{ tree, reading: 'value', how }] : []));

/** An argument of a task. */
export const argOf = (task: Task, ...keys: readonly string[]): Tree | undefined =>
  keys.map((key) => entry(task.args, key)?.value).find((value) => value !== undefined);
