import { OPERATORS } from '../arithmetic.ts';
import { contains, truthy } from '../compare.ts';
import { failure, wrongType } from '../faults.ts';
import { iterate, type Test } from '../runtime.ts';
import { isList, isMapping, known, numberOf, Tuple, type Val } from '../values.ts';
import { numberNeeded } from '../numbers.ts';
import { compareVersions, type VersionCheck } from '../versions.ts';
import { text } from '../text.ts';

const operator = (name: string): Test => ({
  params: ['other'],
  holds: (value, given) => {
    const result = OPERATORS[name]?.(known(value), given.need('other'));
    return result === true;
  },
});

function subset(small: Val, big: Val): boolean {
  const [inner, outer] = [setOf(small), setOf(big)];
  return inner.every((item) => contains(outer, item));
}

/** What may change cannot be in a set; a tuple can, unless such a thing is in it. */
const changeable = (item: Val): boolean =>
  isMapping(item) || (isList(item) && (!(item instanceof Tuple) || item.some(changeable)));

/** The items of a set: as in Python a list or a map can be none of them. */
function setOf(value: Val): readonly Val[] {
  const items = [...iterate(value)];
  const odd = items.find(changeable);
  if (odd !== undefined) throw wrongType('A set', 'texts and numbers', odd);
  return items;
}

const list = (name: string, holds: (value: Val, other: Val) => boolean): Test => ({
  params: [name],
  holds: (value, given) => holds(value, given.need(name)),
});

const CHECKS: Readonly<Record<string, VersionCheck>> = {
  '==': (n) => n === 0,
  '=': (n) => n === 0,
  eq: (n) => n === 0,
  '!=': (n) => n !== 0,
  '<>': (n) => n !== 0,
  ne: (n) => n !== 0,
  '<': (n) => n < 0,
  lt: (n) => n < 0,
  '<=': (n) => n <= 0,
  le: (n) => n <= 0,
  '>': (n) => n > 0,
  gt: (n) => n > 0,
  '>=': (n) => n >= 0,
  ge: (n) => n >= 0,
};

const version: Test = {
  params: ['version', 'operator', 'strict', 'version_type'],
  holds: (value, given) => {
    const name = given.text('operator', 'eq');
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (!check) {
      throw failure(
        `"${name}" compares no versions.`,
        `Use one of ${Object.keys(CHECKS).join(' ')}.`,
      );
    }
    const strict = given.optional('strict');
    const kind = given.optional('version_type');
    if (strict !== undefined && kind !== undefined) {
      throw failure('Either "strict" or "version_type" can be given, not both.');
    }
    const other = given.text('version');
    if (text(value) === '' || other === '') throw failure('An empty text is no version.');
    const usual = given.flag('strict') ? 'strict' : 'loose';
    return check(compareVersions(text(value), other, kind ?? usual));
  },
};

const nan: Test = { params: [], holds: (value) => Number.isNaN(numberOf(value)) };

/** Tests that compare a value with others. */
export const COMPARISONS: Readonly<Record<string, Test>> = {
  '==': operator('=='),
  eq: operator('=='),
  equalto: operator('=='),
  '!=': operator('!='),
  ne: operator('!='),
  '<': operator('<'),
  lt: operator('<'),
  lessthan: operator('<'),
  '<=': operator('<='),
  le: operator('<='),
  '>': operator('>'),
  gt: operator('>'),
  greaterthan: operator('>'),
  '>=': operator('>='),
  ge: operator('>='),
  in: list('seq', (value, whole) => contains(whole, value)),
  contains: list('value', (whole, value) => contains(whole, value)),
  subset: list('other', (value, other) => subset(value, other)),
  issubset: list('other', (value, other) => subset(value, other)),
  superset: list('other', (value, other) => subset(other, value)),
  issuperset: list('other', (value, other) => subset(other, value)),
  odd: { params: [], holds: (value) => Math.abs(numberNeeded('odd', value)) % 2 === 1 },
  even: { params: [], holds: (value) => numberNeeded('even', value) % 2 === 0 },
  divisibleby: {
    params: ['num'],
    holds: (value, given) => {
      const by = numberNeeded('divisibleby', given.need('num'));
      if (by === 0) throw failure('A division by zero.');
      return numberNeeded('divisibleby', value) % by === 0;
    },
  },
  any: { params: [], holds: (value) => iterate(value).some(truthy) },
  all: { params: [], holds: (value) => iterate(value).every(truthy) },
  nan,
  isnan: nan,
  version,
  version_compare: version,
};
