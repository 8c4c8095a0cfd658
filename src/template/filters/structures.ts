import { failure, wrongType } from '../faults.ts';
import { pattern } from '../regex.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { truthy } from '../compare.ts';
import {
  Dict,
  dict,
  entriesOf,
  isList,
  isMapping,
  isText,
  own,
  sizeOf,
  type Val,
} from '../values.ts';

/** Where in a list a test holds: one number, or a list of them. */
function indexOf(value: Val, given: Given, runtime: Runtime): Val {
  const key = given.get('key');
  const found = iterate(value).flatMap((item, i): number[] => {
    const entry = key === undefined || key === null ? item : entryOf(item, key, given);
    return entry !== undefined && holds(entry, given, runtime) ? [i] : [];
  });
  return found.length === 1 && !given.flag('wantlist') ? (found[0] ?? null) : found;
}

function entryOf(item: Val, key: Val, given: Given): Val | undefined {
  if (!isMapping(item)) throw wrongType('"index_of" with a key', 'a list of maps', item);
  const entry = own(item, key);
  if (entry === undefined && given.flag('fail_on_missing'))
    throw failure(`An item has no "${text(key)}".`);
  return entry;
}

function holds(entry: Val, given: Given, runtime: Runtime): boolean {
  const written = given.text('test');
  const negated = /^(?:!|not )/.test(written);
  const bare = negated ? written.replace(/^(?:!+|not )/, '') : written;
  const name = negated && bare === '=' ? '==' : bare;
  const right = given.get('value');
  const other = name === 'in' && right !== undefined && !isList(right) ? [right] : right;
  const list = other === undefined || other === null ? [] : [other];
  return truthy(runtime.test(name, entry, { list, named: new Map() })) !== negated;
}

/** Every value below with the path to it, as one map. */
function paths(value: Val, given: Given): Val {
  const found = new Dict();
  const prepend = given.optional('prepend');
  walk(prepend === undefined || prepend === '' ? value : dict([[prepend, value]]), '', found);
  const whole = dict(found.all());
  return given.flag('wantlist') ? [whole] : whole;
}

function walk(value: Val, name: string, found: Dict): void {
  if (isMapping(value) && sizeOf(value) > 0) {
    for (const [key, inner] of entriesOf(value)) {
      const step = text(key);
      const plain = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(step);
      walk(inner, name === '' ? step : plain ? `${name}.${step}` : `${name}['${step}']`, found);
    }
  } else if (isList(value) && value.length > 0) {
    for (const [i, inner] of value.entries()) walk(inner, `${name}[${i}]`, found);
  } else if (name !== '' || !(isMapping(value) || isList(value))) found.set(name, value);
}

/** What stands at a path such as `a.b[0]['c d']`. Names and numbers only: nothing of it is evaluated. */
function atPath(value: Val, given: Given, runtime: Runtime): Val {
  const path = given.text('path').trim();
  const steps = [...path.matchAll(/(?:^|\.)([\w-]+)|\[\s*(?:(-?\d+)|'([^']*)'|"([^"]*)")\s*\]/g)];
  if (steps.map(([whole]) => whole).join('') !== path)
    throw failure(`"${path}" is no path.`, "Write it like a.b[0]['c d'].");
  const end = steps.reduce((of: Val, [, name, index, single, double]) => {
    const key = index === undefined ? (name ?? single ?? double ?? '') : Number(index);
    return runtime.item(of, /^\d+$/.test(String(key)) && isList(of) ? Number(key) : key);
  }, value);
  const found = isList(end) || isMapping(end) || typeof end === 'boolean' ? end : text(end);
  return given.flag('wantlist') ? [found] : found;
}

type Fits = (key: string, target: string) => boolean;

const WAYS: Readonly<Record<string, Fits>> = {
  equality: (key, target) => key === target,
  starts_with: (key, target) => key.startsWith(target),
  ends_with: (key, target) => key.endsWith(target),
  regex: (key, target) => pattern(`\\A(?:${target})`).test(key),
};

function fitsOf(given: Given): Fits {
  const name = given.text('matching_parameter', 'equality');
  const way = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  if (!way)
    throw failure(
      `There is no matching_parameter "${name}".`,
      `Use ${Object.keys(WAYS).join(', ')}.`,
    );
  return way;
}

const targetsOf = (given: Given): readonly string[] => iterate(given.need('target')).map(text);

function needsTree(value: Val, what: string): void {
  if (!isList(value) && !isMapping(value)) throw wrongType(`"${what}"`, 'a list or a map', value);
}

const empty = (value: Val): boolean =>
  (isList(value) && value.length === 0) || (isMapping(value) && sizeOf(value) === 0);

/** Only the entries with these keys, and what holds them. */
function keep(value: Val, targets: readonly string[], fits: Fits): Val {
  if (isList(value)) return value.map((item) => keep(item, targets, fits));
  if (!isMapping(value)) return value;
  return dict(
    entriesOf(value).flatMap(([key, inner]): (readonly [Val, Val])[] => {
      if (!isList(inner) && !isMapping(inner))
        return targets.some((target) => fits(text(key), target)) ? [[key, inner]] : [];
      const kept = keep(inner, targets, fits);
      const items = isList(kept) ? kept.filter((item) => !empty(item)) : kept;
      if (isList(items) && items.every(isText)) return [];
      return empty(items) || targets.length === 0 ? [] : [[key, items]];
    }),
  );
}

/** Without the entries of these keys, wherever they are; items of lists that are nothing go too. */
function remove(value: Val, targets: readonly string[], fits: Fits): Val {
  if (isList(value))
    return value.map((item) => remove(item, targets, fits)).filter((item) => truthy(item));
  if (!isMapping(value)) return value;
  return dict(
    entriesOf(value).flatMap(([key, inner]): (readonly [Val, Val])[] =>
      targets.some((target) => fits(text(key), target))
        ? []
        : [[key, remove(inner, targets, fits)]],
    ),
  );
}

interface Renamed {
  readonly before: string;
  readonly after: string;
}

/** Other names for these keys, wherever they are; what is renamed comes last. */
function rename(value: Val, names: readonly Renamed[], fits: Fits): Val {
  if (isList(value)) return value.map((item) => rename(item, names, fits));
  if (!isMapping(value)) return value;
  const out = new Dict(entriesOf(value).map(([key, inner]) => [key, rename(inner, names, fits)]));
  for (const { before, after } of names) {
    for (const [key, inner] of out.all()) {
      if (!fits(text(key), before)) continue;
      out.delete(key);
      out.set(after, inner);
    }
  }
  return dict(out.all());
}

function renamedOf(given: Given): readonly Renamed[] {
  return iterate(given.need('target')).map((item) => {
    if (!isMapping(item)) throw wrongType('A target of "replace_keys"', 'a map', item);
    return { before: text(own(item, 'before') ?? ''), after: text(own(item, 'after') ?? '') };
  });
}

const TARGET = ['target', 'matching_parameter'];

/** Filters of ansible.utils on lists and maps, however deep. */
export const STRUCTURES: Readonly<Record<string, Filter>> = {
  index_of: { params: ['test', 'value', 'key', 'wantlist', 'fail_on_missing'], run: indexOf },
  to_paths: { params: ['prepend', 'wantlist'], run: paths },
  get_path: { params: ['path', 'wantlist'], run: atPath },
  keep_keys: {
    params: TARGET,
    run: (value, given) => {
      needsTree(value, 'keep_keys');
      return keep(value, targetsOf(given), fitsOf(given));
    },
  },
  remove_keys: {
    params: TARGET,
    run: (value, given) => {
      needsTree(value, 'remove_keys');
      return remove(value, targetsOf(given), fitsOf(given));
    },
  },
  replace_keys: {
    params: TARGET,
    run: (value, given) => {
      needsTree(value, 'replace_keys');
      return rename(value, renamedOf(given), fitsOf(given));
    },
  },
};
