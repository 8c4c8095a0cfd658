import { validateParams } from '../../src/load/validate-params.ts';
import { lenient } from '../../src/model/lenient.ts';
import type { StateModule } from '../../src/model/module.ts';
import type { Value } from '../../src/model/value.ts';

/** Arguments as a module gets them: checked, with the defaults of its schema. Throws when the schema refuses them. */
export function finished<P, Sc, S, F>(
  module: Pick<StateModule<P, Sc, S, F>, 'name' | 'params' | 'scope'>,
  given: Readonly<Record<string, unknown>>,
): P {
  const { params, problems } = validateParams(
    module.name,
    lenient(module.params, given as Record<string, Value>),
  );
  const [first] = problems;
  if (first) throw new Error(`${first.pointer}: ${first.message}`);
  return params as P;
}
