import { OrchError } from '../../lib/errors.ts';
import { isLazy, Secret, Unknown } from '../../model/value.ts';
import { truthy } from '../compare.ts';
import { collectionMethod } from '../methods-collection.ts';
import { iterate, type Filter } from '../runtime.ts';
import { text } from '../text.ts';
import { or, Float, isList, known, numberOf, Special, Tuple, Undef, type Val } from '../values.ts';
import { characters } from '../attributes.ts';
import { isMapping, sizeOf, isText } from '../values.ts';

const fallback: Filter = {
  params: ['default_value', 'boolean'],
  lenient: true,
  run: (value, given) => {
    const other = or(given.get('default_value'), () => '');
    if (value instanceof Unknown) return value;
    if (value instanceof Undef) return other;
    return given.flag('boolean') && !truthy(value) ? other : value;
  },
};

const TRUE = ['yes', 'on', '1', 'true'];

/** The number of items, entries or characters. */
export function count(value: Val): number {
  if (isText(value)) return characters(text(value)).length;
  return isMapping(value) ? sizeOf(value) : iterate(value, 'The filter "length"').length;
}

const length: Filter = { params: [], run: count };

const ternary: Filter = {
  params: ['true_val', 'false_val', 'none_val'],
  lenient: true,
  run: (value, given) => {
    const none = given.get('none_val');
    if (value === null && none !== undefined && none !== null) return none;
    const [yes, no] = [given.need('true_val'), given.need('false_val')];
    return known(truthy(value) ? yes : no);
  },
};

function typeName(value: Val): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string' || value instanceof Secret) return 'str';
  if (value instanceof Float) return 'float';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float';
  if (value instanceof Tuple) return 'tuple';
  if (isList(value)) return 'list';
  return value instanceof Special ? value.type : isLazy(value) ? 'HostVars' : 'dict';
}

/** Filters for any kind of value. */
export const BASICS: Readonly<Record<string, Filter>> = {
  default: fallback,
  d: fallback,
  mandatory: {
    params: ['msg'],
    lenient: true,
    run: (value, given) => {
      if (!(value instanceof Undef)) return value;
      const message = given.optional('msg');
      if (message === undefined) throw value.error();
      throw new OrchError('VARIABLE_UNDEFINED', message);
    },
  },
  bool: {
    params: [],
    run: (value) => {
      if (value === null || typeof value === 'boolean') return value;
      const number = numberOf(value);
      return number === undefined ? TRUE.includes(text(value).toLowerCase()) : number === 1;
    },
  },
  length,
  count: length,
  ternary,
  string: { params: [], run: text },
  list: { params: [], run: (value) => [...iterate(value, 'The filter "list"')] },
  type_debug: {
    params: [],
    lenient: true,
    run: (value) => (value instanceof Unknown ? value : typeName(value)),
  },
  attr: {
    params: ['name'],
    run: (value, given, runtime) => {
      const name = given.text('name');
      const call = isMapping(value) ? collectionMethod(value, name, runtime) : undefined;
      if (call !== undefined) return call;
      return isMapping(value)
        ? runtime.undefined(`A map has no attribute "${name}".`)
        : runtime.item(value, name);
    },
  },
  first: {
    params: [],
    run: (value, _given, runtime) =>
      or(iterate(value, 'The filter "first"')[0], () =>
        runtime.undefined('An empty list has no first item.'),
      ),
  },
  last: {
    params: [],
    run: (value, _given, runtime) =>
      or(iterate(value, 'The filter "last"').at(-1), () =>
        runtime.undefined('An empty list has no last item.'),
      ),
  },
};
