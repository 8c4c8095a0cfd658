import { spawnSync } from 'node:child_process';
import { Refusal, type Seen, type StateModule } from '../../src/model/module.ts';
import type { Reply } from '../../src/model/transport.ts';

/** Runs a script by sh on this machine, as a host would. */
export function onThisHost(script: string): Reply {
  const { stdout, stderr, status } = spawnSync('sh', [], { input: script });
  return { stdout, stderr, exit: status ?? -1 };
}

/** What a module shows of a reply that is given as text. */
export const seenIn = <P, Sc, S, F>(
  module: StateModule<P, Sc, S, F>,
  params: P,
  stdout: string,
  exit = 0,
): Seen<S, F> =>
  module.resource
    .observe([module.scope(params)])
    .parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit });

/** What a module wants; throws when it refuses. */
export function wanted<P, Sc, S, F>(
  module: StateModule<P, Sc, S, F>,
  now: Seen<S, F>,
  params: P,
): S {
  const state = module.desired(now, params);
  if (state instanceof Refusal) throw new Error(`refused: ${state.message}`);
  return state;
}

/** The sentence with which a module refuses. */
export function refused<P, Sc, S, F>(
  module: StateModule<P, Sc, S, F>,
  now: Seen<S, F>,
  params: P,
): string {
  const state = module.desired(now, params);
  if (!(state instanceof Refusal)) throw new Error('not refused');
  return state.message;
}

/** Names of the steps that a module plans. */
export const stepsOf = <P, Sc, S, F>(
  module: StateModule<P, Sc, S, F>,
  now: Seen<S, F>,
  params: P,
): readonly string[] =>
  module.resource.plan(now, wanted(module, now, params)).steps.map(({ name }) => name);
