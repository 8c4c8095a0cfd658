import type { Test } from '../runtime.ts';
import { identical, truthy } from '../compare.ts';
import {
  Callable,
  isFloat,
  isList,
  isMapping,
  isText,
  numberOf,
  Undef,
  type Val,
} from '../values.ts';

// As in Jinja2, an undefined value has no kind: these are false of it and raise nothing.
const simple = (holds: (value: Val) => boolean): Test => ({ params: [], lenient: true, holds });
const isInteger = (value: Val): boolean => typeof value === 'number' && !isFloat(value);

/** Tests of what kind of value something is. */
export const TYPES: Readonly<Record<string, Test>> = {
  defined: {
    params: [],
    lenient: true,
    foreseen: true,
    holds: (value) => !(value instanceof Undef),
  },
  undefined: {
    params: [],
    lenient: true,
    foreseen: true,
    holds: (value) => value instanceof Undef,
  },
  none: simple((value) => value === null),
  boolean: simple((value) => typeof value === 'boolean'),
  true: simple((value) => value === true),
  false: simple((value) => value === false),
  string: simple(isText),
  number: simple((value) => numberOf(value) !== undefined),
  integer: simple(isInteger),
  float: simple(isFloat),
  mapping: simple(isMapping),
  sequence: simple((value) => isList(value) || isText(value) || isMapping(value)),
  iterable: {
    params: [],
    holds: (value) => isList(value) || isText(value) || isMapping(value),
  },
  callable: simple((value) => value instanceof Callable),
  sameas: {
    params: ['other'],
    holds: (value, given) => identical(value, given.need('other')),
  },
  truthy: {
    params: ['convert_bool'],
    holds: (value, given) => truthy(given.flag('convert_bool') ? converted(value) : value),
  },
  falsy: {
    params: ['convert_bool'],
    holds: (value, given) => !truthy(given.flag('convert_bool') ? converted(value) : value),
  },
};

function converted(value: Val): Val {
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(word)) return true;
  return ['n', 'no', 'off', '0', 'false', 'f', '0.0'].includes(word) ? false : value;
}
