import { same } from '../compare.ts';
import { failure, limitItems } from '../faults.ts';
import { slice } from '../attributes.ts';
import {
  dict,
  entriesOf,
  isList,
  isMapping,
  isText,
  known,
  numberOf,
  own,
  sizeOf,
  type Val,
} from '../values.ts';
import { text } from '../text.ts';
import type { Path } from './ast.ts';
import { FUNCTIONS, type Argument } from './functions.ts';

type Kind = Path['kind'];
type Of<K extends Kind> = Extract<Path, { kind: K }>;

/** What a path finds in a value; none where there is nothing. */
export function search(path: Path, value: Val): Val {
  const work = SEARCH[path.kind] as (path: Path, here: Val) => Val;
  return work(path, known(value));
}

const SEARCH: { readonly [K in Kind]: (path: Of<K>, here: Val) => Val } = {
  current: (_, here) => here,
  literal: ({ value }) => value,
  field: ({ name }, here) => (isMapping(here) ? (own(here, name) ?? null) : null),
  index: ({ index }, here) =>
    isList(here) ? (here[index < 0 ? here.length + index : index] ?? null) : null,
  slice: ({ bounds }, here) => (isList(here) ? slice(here, bounds) : null),
  then: ({ left, right }, here) => search(right, search(left, here)),
  flatten: ({ of }, here) => flatten(search(of, here)),
  each,
  list: ({ items }, here) => (here === null ? null : items.map((item) => search(item, here))),
  map: ({ entries }, here) =>
    here === null ? null : dict(entries.map(([name, item]) => [name, search(item, here)])),
  not: ({ of }, here) => !holds(search(of, here)),
  and: ({ left, right }, here) => {
    const first = search(left, here);
    return holds(first) ? search(right, here) : first;
  },
  or: ({ left, right }, here) => {
    const first = search(left, here);
    return holds(first) ? first : search(right, here);
  },
  compare: ({ operator, left, right }, here) =>
    compare(operator, search(left, here), search(right, here)),
  call: ({ name, args }, here) => call(name, args, here),
  reference: () => {
    throw failure('In JMESPath "&" stands only in arguments of functions.');
  },
};

/** JMESPath's truth: empty lists, maps and texts are false, zero is true. */
export function holds(value: Val): boolean {
  const plain = known(value);
  if (plain === null || plain === false) return false;
  if (isText(plain)) return text(plain) !== '';
  if (isList(plain)) return plain.length > 0;
  return isMapping(plain) ? sizeOf(plain) > 0 : true;
}

function flatten(value: Val): Val {
  if (!isList(value)) return null;
  const out = value.flatMap((item) => (isList(item) ? [...item] : [item]));
  limitItems(out.length);
  return out;
}

function each(path: Of<'each'>, here: Val): Val {
  const base = search(path.of, here);
  let items: readonly Val[];
  if (path.over === 'values') {
    if (!isMapping(base)) return null;
    items = entriesOf(base).map(([, item]) => item);
  } else {
    if (!isList(base)) return null;
    items = base;
  }
  const { test, right } = path;
  const chosen = test ? items.filter((item) => holds(search(test, item))) : items;
  return chosen.map((item) => search(right, item)).filter((item) => item !== null);
}

function compare(operator: string, left: Val, right: Val): Val {
  if (operator === '==' || operator === '!=') {
    // Unlike in Python, true is not 1 here.
    const kinds = (typeof left === 'boolean') === (typeof right === 'boolean');
    return (kinds && same(left, right) === true) === (operator === '==');
  }
  const numbers = typeof left !== 'boolean' && typeof right !== 'boolean';
  const a = numbers ? numberOf(left) : undefined;
  const b = numbers ? numberOf(right) : undefined;
  const texts = isText(left) && isText(right);
  if ((a === undefined || b === undefined) && !texts) return null;
  const order = texts
    ? text(left) < text(right)
      ? -1
      : text(left) > text(right)
        ? 1
        : 0
    : (a ?? 0) - (b ?? 0);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function call(name: string, args: readonly Path[], here: Val): Val {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) {
    throw failure(
      `JMESPath has no function "${name}".`,
      `Its functions: ${Object.keys(FUNCTIONS).join(', ')}.`,
    );
  }
  const given: Argument[] = args.map((arg) =>
    arg.kind === 'reference'
      ? { value: null, apply: (item: Val) => search(arg.of, item) }
      : { value: search(arg, here) },
  );
  if (given.length < found.least || (found.most !== undefined && given.length > found.most)) {
    throw failure(`The JMESPath function "${name}" has the wrong number of arguments.`);
  }
  return found.run(given, name);
}
