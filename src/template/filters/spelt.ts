import { failure } from '../faults.ts';
import { literal } from '../literal.ts';
import type { Filter, Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, type Val } from '../values.ts';

/** What a value in braces means in a condition: a text is the literal or the variable it spells, never code. */
function spelt(value: Val, runtime: Runtime): Val {
  if (!isText(value)) return value;
  runtime.warn('A condition is an expression already: leave out the braces in it.');
  const words = text(value).trim();
  const meant = literal(words);
  if (meant !== undefined) return meant;
  if (/^[A-Za-z_]\w*$/.test(words))
    return runtime.variable(words) ?? runtime.undefined(`"${words}" is undefined.`);
  throw failure(
    'What stands in braces is no value that a condition can hold.',
    "Name the variable without braces: r.stdout == 'x'.",
  );
}

/** For conditions with braces in them; the name is none that anybody writes. */
export const SPELT: Readonly<Record<string, Filter>> = {
  orch_spelt: { params: [], run: (value, _given, runtime) => spelt(value, runtime) },
};
