import type { Task } from '../model/play.ts';
import { type Cursor, next } from './cursor.ts';
import type { Stage } from './stage.ts';

/**
 * Where hosts begin: with --start-at-task at the first task of that name in the run, a pattern with `*`, `?` and
 * `[...]`. A play without it does nothing; once it is found, later plays run whole.
 */
export function startAt({ world }: Stage, from: Cursor): Cursor {
  const { startAt: wanted } = world;
  if (wanted === undefined) return from;
  const pattern = glob(wanted);
  let cursor = from;
  for (;;) {
    const found = next(cursor, () => false);
    if (!found || found === 'failed') return [];
    if (named(found.step.task).some((name) => name === wanted || pattern.test(name))) {
      world.startAt = undefined;
      return cursor;
    }
    cursor = found.then;
  }
}

function named({ name, module, role }: Task): readonly string[] {
  const own = name ? String(name.value) : module;
  return role ? [own, `${role.name} : ${own}`] : [own];
}

/** A pattern of file names as a regular expression. */
function glob(text: string): RegExp {
  const parts = text.split(/(\*|\?|\[!?[^\]]+\])/).map((part, i) => {
    if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (part === '*') return '[^]*';
    return part === '?' ? '[^]' : part.replace('[!', '[^');
  });
  return new RegExp(`^${parts.join('')}$`);
}
