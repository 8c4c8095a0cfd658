import type { Found } from './cursor.ts';
import { keyOf, past } from './position.ts';
import { refFor } from './refs.ts';
import { type Walker, report, scopeAt } from './walker.ts';

/** Whether a task is run: with --step the person at the terminal says so, once for all hosts. */
export async function wantedAtStep(walker: Walker, found: Found): Promise<boolean> {
  const { stage } = walker;
  const { step, then } = found;
  if (!stage.world.step || step.task.module === 'meta') return true;
  const key = keyOf(step.at);
  const answer = stage.asked.get(key) ?? ask(walker, found);
  stage.asked.set(key, answer);
  if (await answer) return true;
  walker.cursor = then;
  walker.fence = past(step.at);
  report(walker);
  return false;
}

async function ask(walker: Walker, { step }: Found): Promise<boolean> {
  const { stage } = walker;
  const { world, input } = stage;
  const { name } = refFor(stage, step, scopeAt(walker, step));
  const text = `Perform task: ${name} (N)o/(y)es/(c)ontinue:`;
  const said = ((await input.ask?.({ text, echo: true })) ?? '').trim().toLowerCase();
  if (['c', 'continue'].includes(said)) world.step = false;
  return ['y', 'yes', 'c', 'continue'].includes(said);
}
