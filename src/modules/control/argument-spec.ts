import {
  firstUnknown,
  Float,
  isLazy,
  isMap,
  Secret,
  Unknown,
  type Value,
  type ValueMap,
} from '../../model/value.ts';
import { isBool, isScalar, TYPES } from './argument-types.ts';

/** Something wrong with an argument of a role, or with its specification. */
export interface Flaw {
  /** Below the arguments, or below the specification. */
  readonly pointer: string;
  readonly message: string;
}

/** Words an option of a specification may have. */
const WORDS: ReadonlySet<string> = new Set([
  'type',
  'required',
  'default',
  'choices',
  'elements',
  'options',
  'description',
  'version_added',
  'aliases',
  'no_log',
  'secret',
  'fallback',
  'apply_defaults',
  'removed_in_version',
  'removed_at_date',
  'removed_from_collection',
  'deprecated_aliases',
  'mutually_exclusive',
  'required_together',
  'required_one_of',
  'required_if',
  'required_by',
  'context',
  'spec',
]);

/** What is wrong with a specification itself. */
export function specFlaws(spec: Value, pointer = ''): readonly Flaw[] {
  if (!isMap(spec)) return [];
  return Object.entries(spec).flatMap(([name, option]): readonly Flaw[] => {
    const at = `${pointer}/${escaped(name)}`;
    if (option instanceof Unknown) return [];
    if (!isMap(option))
      return [{ pointer: at, message: `"${name}" must be a map such as {type: str}` }];
    const words = Object.keys(option)
      .filter((word) => !WORDS.has(word))
      .map((word) => ({
        pointer: `${at}/${escaped(word)}`,
        message: `an option has no "${word}"`,
      }));
    const types = ['type', 'elements'].flatMap((word): readonly Flaw[] => {
      const type = own(option, word);
      return typeof type !== 'string' || Object.hasOwn(TYPES, type)
        ? []
        : [
            {
              pointer: `${at}/${word}`,
              message: `there is no type "${type}"; there are ${Object.keys(TYPES).join(', ')}`,
            },
          ];
    });
    return [...words, ...types, ...specFlaws(own(option, 'options') ?? null, `${at}/options`)];
  });
}

/**
 * What is wrong with arguments, as ansible-core's specification of arguments sees them. With `complete` those
 * that must be given and are not are told too.
 */
export function argumentFlaws(
  spec: ValueMap,
  given: ValueMap,
  complete: boolean,
  { pointer, name: outer, what }: Within = TOP,
): readonly Flaw[] {
  const missing = Object.entries(spec)
    .filter(
      ([name, option]) =>
        isMap(option) && own(option, 'required') === true && !Object.hasOwn(given, name),
    )
    .map(([name]) => name)
    .sort();
  const lacks = `missing required arguments: ${missing.join(', ')}`;
  const flaws = Object.entries(spec).flatMap(([name, option]): readonly Flaw[] => {
    if (!isMap(option)) return [];
    const value = own(given, name);
    if (value === undefined || (value === null && own(option, 'required') !== true)) return [];
    const shownAs = what === undefined ? `"${name}"` : `"${name}" in ${what}`;
    const path = outer === undefined ? name : `${outer} -> ${name}`;
    const at = `${pointer}/${escaped(name)}`;
    return valueFlaws(option, value, complete, { pointer: at, name: path, what: shownAs });
  });
  if (!complete || missing.length === 0) return flaws;
  return [
    { pointer, message: outer === undefined ? lacks : `${lacks} found in ${outer}` },
    ...flaws,
  ];
}

/** Where a value stands: its pointer, its name, and how it is told. */
interface Within {
  readonly pointer: string;
  readonly name?: string;
  readonly what?: string;
}

const TOP: Within = { pointer: '' };

function valueFlaws(
  option: ValueMap,
  value: Value,
  complete: boolean,
  { pointer: at, name = '', what: told = '' }: Within,
): readonly Flaw[] {
  if (value instanceof Unknown || value instanceof Secret) return [];
  const type = textOf(own(option, 'type')) ?? 'str';
  const wanted = own(TYPES, type)?.(value);
  if (wanted !== undefined)
    return [{ pointer: at, message: `${told} must be ${wanted}, is ${shown(value)}` }];
  const items = type === 'list' ? asList(value) : [value];
  const element = type === 'list' ? (textOf(own(option, 'elements')) ?? 'any') : type;
  const choices = own(option, 'choices');
  return items.flatMap((item, i): readonly Flaw[] => {
    const place = type === 'list' && Array.isArray(value) ? `${at}/${i}` : at;
    if (item instanceof Unknown || item instanceof Secret) return [];
    const wrong = type === 'list' ? own(TYPES, element)?.(item) : undefined;
    const what = type === 'list' ? `item ${i + 1} of ${told}` : told;
    if (wrong !== undefined)
      return [{ pointer: place, message: `${what} must be ${wrong}, is ${shown(item)}` }];
    if (Array.isArray(choices) && !chosen(item, choices as readonly Value[], element))
      return [
        {
          pointer: place,
          message: `${what} must be one of ${(choices as readonly Value[]).map(shown).join(', ')}, is ${shown(item)}`,
        },
      ];
    const inner = own(option, 'options');
    if (!isMap(inner) || !isMap(item)) return [];
    return [
      ...strangers(inner, item, what, place),
      ...argumentFlaws(inner, item, complete, { pointer: place, name, what }),
      ...(complete ? relations(option, item, what, place) : []),
    ];
  });
}

const chosen = (item: Value, choices: readonly Value[], type: string): boolean =>
  // As in Ansible what YAML made of `yes` is that word, where no other choice could be meant.
  (typeof item === 'boolean' &&
    choices.filter((one) => isBool(one) && yes(one) === item).length === 1) ||
  choices.some((choice) =>
    type === 'bool' && isBool(item) && isBool(choice)
      ? yes(item) === yes(choice)
      : choice === item ||
        (isScalar(item) && isScalar(choice) && textFor(item) === textFor(choice)),
  );

/** A scalar as the text it is compared by; booleans have no text of their own. */
const textFor = (value: Value): Value =>
  typeof value === 'number' || value instanceof Float
    ? String(value)
    : value instanceof Secret
      ? value.reveal()
      : value;

const yes = (value: Value): boolean =>
  typeof value === 'string' ? /^(y|yes|on|1|true|t)$/i.test(value) : Boolean(value);

/** Keys of given arguments that a specification does not have. */
export function strangers(
  spec: ValueMap,
  given: ValueMap,
  what: string,
  at: string,
): readonly Flaw[] {
  const known = new Set(
    Object.entries(spec).flatMap(([name, option]) => {
      const aliases = isMap(option) ? own(option, 'aliases') : undefined;
      return [name, ...(Array.isArray(aliases) ? aliases.map(String) : [])];
    }),
  );
  return Object.keys(given)
    .filter((key) => !known.has(key))
    .map((key) => ({
      pointer: `${at}/${escaped(key)}`,
      message: `${what} has no "${key}"; it has ${[...known].join(', ')}`,
    }));
}

/** Options that need or exclude one another. */
function relations(option: ValueMap, given: ValueMap, what: string, at: string): readonly Flaw[] {
  const groups = (word: string): readonly (readonly string[])[] => {
    const lists = own(option, word);
    if (!Array.isArray(lists)) return [];
    const all = lists as readonly Value[];
    return all.every((one) => typeof one === 'string')
      ? [all]
      : all.map((one) => (Array.isArray(one) ? one.map(String) : []));
  };
  const has = (name: string): boolean => own(given, name) !== undefined;
  const told = (message: string): Flaw => ({ pointer: at, message: `${what}: ${message}` });
  return [
    ...groups('mutually_exclusive')
      .filter((names) => names.filter(has).length > 1)
      .map((names) => told(`only one of ${names.join(', ')} may be set`)),
    ...groups('required_together')
      .filter((names) => names.some(has) && !names.every(has))
      .map((names) => told(`${names.join(', ')} must be set together`)),
    ...groups('required_one_of')
      .filter((names) => !names.some(has))
      .map((names) => told(`one of ${names.join(', ')} must be set`)),
  ];
}

const asList = (value: Value): readonly Value[] =>
  Array.isArray(value)
    ? (value as readonly Value[])
    : typeof value === 'string'
      ? value.split(',').map((part) => part.trim())
      : [value];

const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const shown = (value: Value): string =>
  firstUnknown(value)
    ? 'unknown'
    : Array.isArray(value)
      ? 'a list'
      : isMap(value) || isLazy(value)
        ? 'a map'
        : JSON.stringify(value);
