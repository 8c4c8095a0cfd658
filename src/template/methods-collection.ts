import { isLazy } from '../model/value.ts';
import { failure } from './faults.ts';
import { mapKey } from './keys.ts';
import { LIST, TUPLE } from './methods-list.ts';
import { bind, iterate, type Given, type Runtime, type Signature } from './runtime.ts';
import { text } from './text.ts';
import {
  or,
  Callable,
  Dict,
  dict,
  entriesOf,
  isList,
  isMapping,
  keysOf,
  own,
  Tuple,
  type AnyMap,
  type Val,
} from './values.ts';

interface Method extends Signature {
  readonly run: (of: AnyMap, given: Given, runtime: Runtime) => Val;
}

/** A method of Python's `dict`, `list` or `tuple`, bound to a value; nothing when there is none of that name. */
export function collectionMethod(of: Val, name: string, runtime: Runtime): Val | undefined {
  if (isMapping(of)) {
    const found = Object.hasOwn(MAP, name) ? MAP[name] : undefined;
    return found && bound(name, found, (given) => found.run(of, given, runtime));
  }
  if (!isList(of)) return undefined;
  const methods = of instanceof Tuple ? TUPLE : LIST;
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return found && bound(name, found, (given) => found.run(of, given, runtime));
}

const bound = (name: string, signature: Signature, run: (given: Given) => Val): Val =>
  new Callable(name, (args) => run(bind(`${name}()`, signature, args)));

const MAP: Readonly<Record<string, Method>> = {
  keys: { params: [], run: (of) => keysOf(of) },
  values: { params: [], run: (of) => entriesOf(of).map(([, value]) => value) },
  items: { params: [], run: (of) => entriesOf(of).map(([key, value]) => Tuple.of2(key, value)) },
  get: {
    params: ['key', 'default'],
    lenient: true,
    run: (of, given) => or(own(of, mapKey(given.need('key'))), () => given.get('default')) ?? null,
  },
  copy: {
    params: [],
    run: (of, _given, runtime) => {
      const copy = dict(entriesOf(of));
      runtime.made.add(copy);
      return copy;
    },
  },
  fromkeys: {
    params: ['keys', 'value'],
    run: (_of, given) => {
      const value = given.get('value') ?? null;
      return dict(iterate(given.need('keys')).map((key) => [mapKey(key), value]));
    },
  },
  update: {
    params: ['other'],
    rest: true,
    run: (of, given, runtime) => {
      const put = change(of, runtime);
      const other = given.get('other');
      const entries =
        other === undefined
          ? []
          : isMapping(other)
            ? entriesOf(other)
            : iterate(other).map((pair) => iterate(pair));
      for (const [key = null, value = null] of entries) put(mapKey(key), value);
      for (const [key, value] of given.extra) put(key, value);
      return null;
    },
  },
  setdefault: {
    params: ['key', 'default'],
    run: (of, given, runtime) => {
      const key = mapKey(given.need('key'));
      const present = own(of, key);
      if (present !== undefined) return present;
      const value = given.get('default') ?? null;
      change(of, runtime)(key, value);
      return value;
    },
  },
  pop: {
    params: ['key', 'default'],
    run: (of, given, runtime) => {
      const key = mapKey(given.need('key'));
      const put = change(of, runtime);
      const value = or(own(of, key), () => given.get('default'));
      if (value === undefined) throw failure(`pop() finds no "${text(key)}".`);
      put(key, undefined);
      return value;
    },
  },
  clear: {
    params: [],
    run: (of, _given, runtime) => {
      const put = change(of, runtime);
      for (const key of keysOf(of)) put(key, undefined);
      return null;
    },
  },
};

/** What sets, or takes away, entries of a map. */
function change(of: AnyMap, runtime: Runtime): (key: Val, value: Val | undefined) => void {
  if (isLazy(of)) throw failure('This map cannot be changed.', 'Make a new one with combine.');
  const target = runtime.changeable(of);
  if (target instanceof Dict) {
    return (key, value) => {
      if (value === undefined) target.delete(key);
      else target.set(key, value);
    };
  }
  return (key, value) => {
    const property = text(key);
    if (value === undefined) Reflect.deleteProperty(target, property);
    else put(target, property, value);
  };
}

function put(of: object, key: string, value: Val): void {
  Object.defineProperty(of, key, { value, enumerable: true, configurable: true, writable: true });
}
