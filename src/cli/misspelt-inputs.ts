import { misspelt } from '../analyze/misspelt.ts';
import type { Play } from '../model/play.ts';
import type { Layer } from '../model/scope.ts';

/** A warning for each extra variable that is a slip of the pen for an input of a play: a run would go on without it. */
export function misspeltInputs(plays: readonly Play[], extraVars: Layer): readonly string[] {
  const inputs = new Set(plays.flatMap((play) => play.inputs.map(({ name }) => name)));
  return [...extraVars.vars.keys()].flatMap((name) => {
    const close = inputs.has(name) ? undefined : misspelt(name, inputs);
    return close === undefined
      ? []
      : [`-e ${name}: no play has an input of this name. Did you mean "${close}"?`];
  });
}
