import { OrchError } from '../lib/errors.ts';
import { truthy } from './compare.ts';
import { failure, limitItems } from './faults.ts';
import { pattern } from './regex.ts';
import { iterate, type Runtime } from './runtime.ts';
import { sequence } from './sequence.ts';
import { text } from './text.ts';
import {
  dict,
  entriesOf,
  isList,
  isMapping,
  isText,
  or,
  own,
  Tuple,
  Undef,
  type AnyMap,
  type Args,
  type Val,
} from './values.ts';

/** A lookup that needs nothing from outside. */
export type Inner = (terms: readonly Val[], args: Args, runtime: Runtime) => readonly Val[];

const oneLevel = (terms: readonly Val[]): readonly Val[] =>
  terms.flatMap((term) => (isList(term) ? [...term] : [term]));

const allLevels = (terms: readonly Val[]): readonly Val[] =>
  terms.flatMap((term): readonly Val[] =>
    isList(term) ? allLevels(term) : term === 'None' || term === null ? [] : [term],
  );

/** A variable; nothing where it needs what is not defined and something else is given for that. */
function variable(name: string, lenient: boolean, runtime: Runtime): Val | undefined {
  try {
    const found = runtime.variable(name);
    return lenient && found instanceof Undef ? undefined : found;
  } catch (error) {
    if (lenient && error instanceof OrchError && error.code === 'VARIABLE_UNDEFINED')
      return undefined;
    throw error;
  }
}

function variables(terms: readonly Val[], { named }: Args, runtime: Runtime): readonly Val[] {
  return terms.map((term) => {
    if (!isText(term)) throw failure('The lookup "vars" needs names of variables.');
    const name = text(term);
    const usual = named.get('default');
    const found = or(variable(name, usual !== undefined && usual !== null, runtime), () => usual);
    return or(found, () => runtime.undefined(`The variable "${name}" is not defined.`));
  });
}

function names(terms: readonly Val[], _args: Args, runtime: Runtime): readonly Val[] {
  const all = [...new Set(runtime.asking.names())];
  return terms.flatMap((term) => {
    const wanted = pattern(text(term));
    return all.filter((name) => wanted.test(name));
  });
}

function maps(terms: readonly Val[]): readonly Val[] {
  return oneLevel(terms).flatMap((term) => {
    if (!isMapping(term)) throw failure('The lookup "dict" needs a map.');
    return entriesOf(term).map(([key, value]) =>
      dict([
        ['key', key],
        ['value', value],
      ]),
    );
  });
}

function together(terms: readonly Val[]): readonly Val[] {
  if (terms.length === 0) throw failure('The lookup "together" needs lists.');
  const lists = terms.map((term) => (isText(term) ? [term] : iterate(term)));
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.map((list) => list[i] ?? null));
}

/** Every choice of one item of each list, the last turning fastest. */
function nested(terms: readonly Val[]): readonly Val[] {
  if (terms.length === 0) throw failure('The lookup "nested" needs lists.');
  let rows: Val[][] = [[]];
  for (const term of terms) {
    const items = isText(term) ? [term] : iterate(term);
    limitItems(rows.length * items.length);
    rows = rows.flatMap((row) => items.map((item) => [...row, ...(isList(item) ? item : [item])]));
  }
  return rows;
}

interface Flags {
  readonly skip: boolean;
}

function subelements(terms: readonly Val[]): readonly Val[] {
  const [list, path, flags] = terms.length === 1 && isList(terms[0]) ? terms[0] : terms;
  if (list === undefined || !isText(path)) {
    throw failure('The lookup "subelements" needs a list and the name of a key.');
  }
  const keys = text(path).split('.');
  const skip = isMapping(flags) && truthy(own(flags, 'skip_missing') ?? false);
  const items = isMapping(list) ? entriesOf(list).map(([, item]) => item) : iterate(list);
  const rows: Val[] = [];
  for (const item of items) {
    if (!isMapping(item)) throw failure('The lookup "subelements" needs a list of maps.');
    const skipped = own(item, 'skipped');
    if (skipped !== undefined && skipped !== false) continue;
    for (const inner of inside(item, keys, { skip })) {
      rows.push(Tuple.of2(without(item, keys), inner));
      limitItems(rows.length);
    }
  }
  return rows;
}

function inside(item: AnyMap, keys: readonly string[], { skip }: Flags): readonly Val[] {
  let found: Val | undefined = item;
  for (const key of keys) found = isMapping(found) ? own(found, key) : undefined;
  if (found === undefined) {
    if (skip) return [];
    const missing = `An item has no "${keys.join('.')}" to go over.`;
    throw failure(missing, 'Give {"skip_missing": true} to leave such items out.');
  }
  if (!isList(found)) throw failure(`"${keys.join('.')}" of an item is no list.`);
  return found;
}

/** A map without the list that is gone over, as Ansible hands it on. */
function without(item: AnyMap, [key = '', ...deeper]: readonly string[]): Val {
  return dict(
    entriesOf(item).flatMap(([name, value]): (readonly [Val, Val])[] => {
      if (name !== key) return [[name, value]];
      return deeper.length > 0 && isMapping(value) ? [[name, without(value, deeper)]] : [];
    }),
  );
}

function choice(terms: readonly Val[], _args: Args, runtime: Runtime): readonly Val[] {
  if (terms.length === 0) return [];
  const roll = runtime.ports.random;
  if (!roll) throw failure('Chance is not available here.');
  return [terms[Math.floor(roll() * terms.length)] ?? null];
}

/** The lookups that need nothing from outside. */
export const LISTS: Readonly<Record<string, Inner>> = {
  vars: variables,
  varnames: names,
  dict: maps,
  items: oneLevel,
  list: (terms) => terms,
  flattened: allLevels,
  indexed_items: (terms) => oneLevel(terms).map((item, i) => Tuple.of2(i, item)),
  together,
  nested,
  cartesian: nested,
  subelements,
  sequence: (terms) => terms.flatMap((term) => sequence(text(term))),
  random_choice: choice,
};
