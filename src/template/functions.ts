import { failure, limitItems } from './faults.ts';
import { lookup } from './lookups.ts';
import { Moment } from './moment.ts';
import { bind, iterate, type Given, type Runtime, type Signature } from './runtime.ts';
import { mapKey } from './keys.ts';
import { text } from './text.ts';
import {
  Callable,
  dict,
  entriesOf,
  isList,
  isMapping,
  Namespace,
  type Args,
  type Val,
} from './values.ts';

const define =
  (name: string, signature: Signature, run: (given: Given, runtime: Runtime) => Val) =>
  (runtime: Runtime): Val =>
    new Callable(name, (args) => run(bind(`${name}()`, signature, args), runtime));

function range(args: Args): Val {
  const given = bind('range()', { params: ['a', 'b', 'c'] }, args);
  const [from, to] = given.has('b')
    ? [given.integer('a'), given.integer('b')]
    : [0, given.integer('a')];
  const step = given.integer('c', 1);
  if (step === 0) throw failure('The step of range() cannot be 0.');
  const count = Math.max(Math.ceil((to - from) / step), 0);
  limitItems(count);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

/** Entries for a map: from a map, from pairs, and from named arguments. */
function collect(given: Given): (readonly [Val, Val])[] {
  const first = given.get('from');
  const entries: (readonly [Val, Val])[] = [];
  if (isMapping(first)) entries.push(...entriesOf(first));
  else if (first !== undefined) {
    for (const pair of iterate(first, 'dict()')) {
      if (!isList(pair) || pair.length !== 2) throw failure('dict() needs a map or pairs.');
      entries.push([mapKey(pair[0] ?? null), pair[1] ?? null]);
    }
  }
  return [...entries, ...given.extra];
}

function moment(runtime: Runtime, utc: boolean): Moment {
  const date = runtime.ports.now?.();
  if (!date) throw failure('now() is not available here.');
  return new Moment(date.getTime() - (utc ? 0 : date.getTimezoneOffset() * 60_000));
}

/** The functions a template may call without anybody defining them. */
export const GLOBALS: ReadonlyMap<string, (runtime: Runtime) => Val> = new Map([
  ['range', () => new Callable('range', range)],
  ['dict', define('dict', { params: ['from'], rest: true }, (given) => dict(collect(given)))],
  [
    'namespace',
    define('namespace', { params: ['from'], rest: true }, (given) => {
      const space = new Namespace();
      for (const [key, value] of collect(given)) space.vars.set(text(key), value);
      return space;
    }),
  ],
  [
    'now',
    define('now', { params: ['utc', 'fmt'] }, (given, runtime) => {
      const time = moment(runtime, given.flag('utc'));
      const format = given.optional('fmt');
      const call = format === undefined ? undefined : time.attribute('strftime');
      return call instanceof Callable
        ? call.call({ list: [format ?? ''], named: new Map() })
        : time;
    }),
  ],
  [
    'cycler',
    define('cycler', { params: [], rest: true }, ({ rest }) => {
      let at = 0;
      const turn = (step: number) => (): Val => {
        const item = rest[at % (rest.length || 1)] ?? null;
        at += step;
        return item;
      };
      const space = new Namespace();
      space.vars.set('next', new Callable('next', turn(1)));
      return space;
    }),
  ],
  [
    'joiner',
    define('joiner', { params: ['sep'] }, (given) => {
      let used = false;
      return new Callable('joiner', () => {
        const piece = used ? given.text('sep', ', ') : '';
        used = true;
        return piece;
      });
    }),
  ],
  [
    'undef',
    define('undef', { params: ['hint'] }, (given, runtime) =>
      runtime.undefined(given.optional('hint') ?? 'A value must be given here, and is not.'),
    ),
  ],
  ['lookup', (runtime) => new Callable('lookup', (args) => lookup(args, runtime, false))],
  ['query', (runtime) => new Callable('query', (args) => lookup(args, runtime, true))],
  ['q', (runtime) => new Callable('q', (args) => lookup(args, runtime, true))],
]);
