import type { Value } from '../model/value.ts';
import { factVars } from './host-facts.ts';
import type { HostRun } from './host-run.ts';
import type { KeptKind } from './kept.ts';
import type { Planned } from './planned.ts';
import { registered } from './result.ts';
import { together } from './together.ts';
import { runsOnce, traitsOf } from './traits.ts';
import type { Spot } from './stage.ts';

/** Gives variables to hosts, from a place of the play on. */
export function give(
  runs: readonly HostRun[],
  kind: KeptKind,
  vars: Readonly<Record<string, Value>>,
  { at }: Pick<Spot, 'at'>,
): void {
  for (const run of runs)
    for (const [name, value] of Object.entries(vars)) run.kept.set(kind, name, { value }, at);
}

/** Keeps what a task gives and registers, for the tasks behind it; with run_once for every host of the batch. */
export function keep(spot: Spot, planned: Planned): void {
  const { stage, run } = spot;
  const { task, parts } = planned;
  const shared = traitsOf(stage, task).shared && runsOnce(stage, task, () => planned.scope);
  const runs = shared ? stage.batch.filter((one) => !one.lost) : [run];
  for (const { facts, kind, cacheable, outcome } of parts) {
    // As in Ansible what failed sets nothing.
    if (!facts || outcome.kind === 'failed') continue;
    give(runs, kind ?? 'registered', facts, spot);
    if (!cacheable) continue;
    for (const one of runs) {
      const before = one.kept.now.facts.get('ansible_facts');
      give([one], 'facts', factVars({}, before, facts), spot);
    }
  }
  if (task.register === undefined) return;
  const whole = together(
    planned,
    parts.map(({ outcome }) => outcome),
  );
  give(runs, 'registered', { [task.register]: registered(whole) }, spot);
}
