import { OrchError } from '../lib/errors.ts';
import { secondsOf } from '../lib/seconds.ts';
import type { Health } from '../model/guarded.ts';
import type { Part } from '../model/transport.ts';
import type { Tree } from '../model/tree.ts';
import { opened, Unknown } from '../model/value.ts';
import { type Cursor, type Found, into, type Step } from './cursor.ts';
import { type Given, Rolling } from './rolling.ts';
import { rolloutOf } from './rollout.ts';
import type { Stage } from './stage.ts';
import { throttled } from './throttle.ts';
import { peek, scopeAt, turn, type Walker } from './walker.ts';

/** `meta` behind all else of a play: a host that was changed shows that it is well. */
export const HEALTH = 'health';

/** Time that trials of one `health` have together, on one host. */
export interface Gate {
  /** On the clock of the run, in milliseconds. */
  readonly until: number;
  /** Milliseconds between two tries. */
  readonly every: number;
  /** The same in seconds, for people. */
  readonly seconds: number;
}

const WITHIN = 60;
const EVERY = 2;

/** Puts a host before the trials of `health`, whose time begins now. Throws ARGUMENT_INVALID. */
export function enterGate(
  walker: Walker,
  { step, then }: Pick<Found, 'step' | 'then'>,
  health: Health,
): void {
  walker.gate = gateOf(walker, step, health);
  walker.cursor = into(then, health.tasks, step.at, step.handler);
}

/** A trial of `health` has no more time than its gate. */
export function inTime({ gate, stage }: Walker, { task }: Step, part: Part): Part {
  if (task.trial !== 'health' || !gate) return part;
  const left = Math.max(Math.ceil(gate.until - stage.input.now()), 1000);
  return { ...part, deadline: Math.min(part.deadline ?? left, left) };
}

function gateOf(walker: Walker, step: Step, { within, every }: Health): Gate {
  const scope = scopeAt(walker, step);
  const time = (tree: Tree | undefined, otherwise: number): number => {
    if (!tree) return otherwise;
    const value = opened(scope.resolve(tree));
    const seconds = value instanceof Unknown ? undefined : secondsOf(value);
    if (seconds !== undefined && seconds > 0 && seconds <= 3600) return seconds;
    throw new OrchError(
      'ARGUMENT_INVALID',
      `health wants a time such as 60s or 2m, up to 1 h, not ${value instanceof Unknown ? value.why : JSON.stringify(value)}`,
      { source: tree.source, hint: 'Write `health: { within: 90s, every: 1s, tasks: [...] }`.' },
    );
  };
  const seconds = time(within, WITHIN);
  return {
    until: walker.stage.input.now() + seconds * 1000,
    every: time(every, EVERY) * 1000,
    seconds,
  };
}

/**
 * A task of which only so many hosts do a change at a time, or that has to leave the host well: no other host begins
 * before this one is through with both. `attempt` runs one task.
 */
export async function rolled(
  walker: Walker,
  found: Found,
  { work, attempt }: { work: () => Promise<void>; attempt: (found: Found) => Promise<void> },
): Promise<void> {
  const { run, stage } = walker;
  const { task, at } = found.step;
  const { health } = task;
  const rolling = rollingOf(walker, found.step);
  if (!rolling && !health) return throttled(walker, work);
  const before = run.changed;
  let well = false;
  run.changed = false;
  walker.rolling = rolling;
  try {
    if (rolling) await turn(walker, at);
    await throttled(walker, async () => {
      await work();
      if (walker.cursor !== found.then) return;
      const asked = run.changed && health && !stage.input.options.check ? health : undefined;
      well = asked ? await through(walker, found, asked, attempt) : true;
    });
  } finally {
    run.changed ||= before;
    walker.rolling = undefined;
    rolling?.end(run.host.name, well);
    stage.gate?.wake();
  }
}

/** Runs the trials one after the other, up to where the host goes on or fails; whether all went well. */
async function through(
  walker: Walker,
  found: Found,
  health: Health,
  attempt: (found: Found) => Promise<void>,
): Promise<boolean> {
  const inside = (cursor: Cursor): boolean => cursor.some(({ items }) => items === health.tasks);
  enterGate(walker, found, health);
  walker.gating = true;
  try {
    for (;;) {
      const one = peek(walker);
      if (!one || one === 'failed' || !inside(one.then)) return inside(walker.cursor);
      await attempt(one);
    }
  } finally {
    walker.gating = false;
  }
}

function rollingOf(walker: Walker, step: Step): Rolling | undefined {
  const { stage } = walker;
  const { id, canary, maxUnavailable } = step.task;
  if ((!canary && !maxUnavailable) || stage.input.options.check) return undefined;
  const known = stage.rollings.get(id);
  if (known) return known;
  const scope = scopeAt(walker, step);
  const value = (tree: Tree | undefined) => (tree ? opened(scope.resolve(tree)) : undefined);
  const { world, batch } = stage;
  const rollout = rolloutOf(
    batch.length,
    {
      canary: value(canary),
      maxUnavailable: value(maxUnavailable),
      source: (canary ?? maxUnavailable)?.source,
    },
    world.inventory.groups,
  );
  if (!rollout) return undefined;
  const rolling = new Rolling(rollout, { total: 0, ...amongHosts(stage) });
  stage.rollings.set(id, rolling);
  return rolling;
}

/** The hosts that a window of a play is about, and those that cannot be reached any more. */
export const amongHosts = ({
  world,
  all,
}: Pick<Stage, 'world' | 'all'>): Pick<Given, 'hosts' | 'lost'> => ({
  hosts: new Set(all.map(({ host }) => host.name)),
  lost: () => [...world.runs.values()].filter(({ lost }) => lost).map(({ host }) => host.name),
});
