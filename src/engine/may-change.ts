import { OrchError } from '../lib/errors.ts';
import type { Lockstep } from './lockstep.ts';
import type { Rolling } from './rolling.ts';
import { Halted, rest, type Walker } from './walker.ts';

/** Thrown where a host would wait for its turn while others wait for what it holds: it lets go, waits, and begins anew. */
class TurnWanted extends Error {
  override readonly name = 'TurnWanted';
}

/** Waits until a host may change. Throws Halted when another one, that went first, ended badly. */
export async function mayChange(walker: Walker): Promise<void> {
  const { stage } = walker;
  if (stage.input.options.check) return;
  for (const rolling of [stage.rolling, walker.rolling])
    if (rolling && !rolling.begun(walker.run.host.name)) await begin(walker, rolling);
}

async function begin(walker: Walker, rolling: Rolling): Promise<void> {
  const { stage, run } = walker;
  const { name } = run.host;
  const { gate } = stage;
  if (!gate) {
    throw new OrchError('KEYWORD_UNSUPPORTED', 'canary and max_unavailable need strategy linear', {
      source: stage.play.source,
    });
  }
  const decided = (): boolean => rolling.refusal(name) !== undefined || rolling.take(name);
  if (walker.holds > 0) {
    if (!decided()) throw new TurnWanted();
  } else {
    await inOrder(rolling, name, gate, (mine) => rest(walker, () => mine() && decided()));
  }
  if (rolling.begun(name)) return;
  run.gone = true;
  stage.broken = true;
  stage.input.emit({
    type: 'warned',
    host: name,
    message: `not changed: ${rolling.refusal(name) ?? 'the roll is over'}`,
    source: stage.play.source,
  });
  throw new Halted();
}

/** How long a host lets those before it in the play catch up, ms: one of them may wait for what this one does. */
const PATIENCE = 500;

/** Hosts that come at about the same time go in the order of the batch: `wait` is told whether it is the turn of `name`. */
async function inOrder(
  rolling: Rolling,
  name: string,
  gate: Lockstep,
  wait: (mine: () => boolean) => Promise<void>,
): Promise<void> {
  let [fair, late] = [false, !rolling.ordered];
  setImmediate(() => {
    fair = true;
    gate.wake();
  });
  const timer = setTimeout(() => {
    late = true;
    gate.wake();
  }, PATIENCE);
  try {
    await wait(() => fair && (late || gate.before(name).every((other) => rolling.begun(other))));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does something while the host holds what others may want (`hold` gets it and gives it back). Those others may be at
 * work on changes, and this one wait for them: so it never waits for its turn to change with that in its hands.
 */
export async function holding<T>(
  walker: Walker,
  hold: (work: () => Promise<T>) => Promise<T>,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await hold(async () => {
        walker.holds += 1;
        try {
          return await work();
        } finally {
          walker.holds -= 1;
        }
      });
    } catch (error) {
      if (!(error instanceof TurnWanted) || walker.holds > 0) throw error;
      await mayChange(walker);
    }
  }
}
