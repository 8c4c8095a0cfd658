import { Unknown } from '../../model/value.ts';
import { truthy } from '../compare.ts';
import { failure } from '../faults.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { Undef, Unforeseen, type Args, type Val } from '../values.ts';
import { field } from './keys.ts';

/** Whether an item passes: by a test, or by being true. */
function passes(value: Val, args: readonly Val[], runtime: Runtime): boolean {
  const [test, ...list] = args;
  const answer =
    test === undefined ? value : runtime.test(text(test), value, { list, named: new Map() });
  if (answer instanceof Unknown) throw new Unforeseen(answer);
  return truthy(answer);
}

const select =
  (keep: boolean) =>
  (value: Val, given: Given, runtime: Runtime): Val =>
    iterate(value).filter((item) => passes(item, given.rest, runtime) === keep);

const selectAttribute =
  (keep: boolean) =>
  (value: Val, given: Given, runtime: Runtime): Val => {
    const [attribute, ...rest] = given.rest;
    if (attribute === undefined) throw failure('selectattr and rejectattr need an attribute.');
    return iterate(value).filter(
      (item) => passes(field(item, attribute, runtime), rest, runtime) === keep,
    );
  };

function map(value: Val, given: Given, runtime: Runtime): Val {
  const items = iterate(value, 'The filter "map"');
  const [name, ...list] = given.rest;
  const attribute = given.extra.get('attribute');
  if (attribute !== undefined && name === undefined) {
    const fallback = given.extra.get('default') ?? undefined;
    return items.map((item) => {
      const found = field(item, attribute, runtime);
      return found instanceof Undef ? (fallback ?? found) : found;
    });
  }
  if (name === undefined) throw failure('The filter "map" needs a filter, or attribute=...');
  const args: Args = { list, named: given.extra };
  return items.map((item) => runtime.filter(text(name), item, args));
}

/** Filters that choose items and turn each into something. */
export const SELECTIONS: Readonly<Record<string, Filter>> = {
  map: { params: [], rest: true, run: map },
  select: { params: [], rest: true, run: select(true) },
  reject: { params: [], rest: true, run: select(false) },
  selectattr: { params: [], rest: true, run: selectAttribute(true) },
  rejectattr: { params: [], rest: true, run: selectAttribute(false) },
};
