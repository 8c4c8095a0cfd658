import { OrchError } from '../lib/errors.ts';
import { globPattern } from '../lib/glob.ts';
import { didYouMean } from '../lib/nearest.ts';
import { type Play, type Task, allTasks } from '../model/play.ts';
import { type Cursor, next } from './cursor.ts';
import type { Stage } from './stage.ts';

/**
 * Where hosts begin: with --start-at-task at the first task of that name in the run, a pattern with `*`, `?` and
 * `[...]`. A play without it does nothing; once it is found, later plays run whole.
 */
export function startAt({ world }: Stage, from: Cursor): Cursor {
  const { startAt: wanted } = world;
  if (wanted === undefined) return from;
  const pattern = globPattern(wanted);
  let cursor = from;
  for (;;) {
    const found = next(cursor, () => false);
    if (!found || found === 'failed') return [];
    if (matches(found.step.task, wanted, pattern)) {
      world.startAt = undefined;
      return cursor;
    }
    cursor = found.then;
  }
}

/** Why --start-at-task would do nothing: no play has a task of that name. What is included is not known beforehand. */
export function startProblem(
  wanted: string | undefined,
  plays: readonly Play[],
): OrchError | undefined {
  if (wanted === undefined) return undefined;
  const tasks = plays.flatMap(allTasks);
  const pattern = globPattern(wanted);
  if (tasks.some((task) => matches(task, wanted, pattern))) return undefined;
  return new OrchError(
    'USAGE',
    `--start-at-task: no task is called "${wanted}".${didYouMean(wanted, tasks.flatMap(named))}`,
    {
      hint: 'See --list-tasks. A run cannot start at tasks that include_tasks or include_role bring.',
    },
  );
}

const matches = (task: Task, wanted: string, pattern: RegExp): boolean =>
  named(task).some((name) => name === wanted || pattern.test(name));

function named({ name, module, role }: Task): readonly string[] {
  const own = name ? String(name.value) : module;
  return role ? [own, `${role.name} : ${own}`] : [own];
}
