import type { Secret } from '../model/value.ts';
import { Bytes } from './bytes.ts';
import { failure, wrongType } from './faults.ts';
import { braces } from './braces.ts';
import { CHECKS } from './methods-checks.ts';
import { bind, iterate, type Given, type Runtime } from './runtime.ts';
import { text } from './text.ts';
import {
  capitalize,
  center,
  expandTabs,
  lines,
  pad,
  replace,
  split,
  splitRight,
  strip,
  title,
  zeroFill,
} from './texts.ts';
import {
  Callable,
  isMapping,
  isText,
  numberOf,
  own,
  Tuple,
  type Args,
  type Val,
} from './values.ts';

interface Method {
  readonly params: readonly string[];
  readonly run: (value: string, given: Given) => Val;
}

const method = (params: readonly string[], run: Method['run']): Method => ({ params, run });
const plain = (run: (value: string) => Val): Method => method([], run);

/** A method of Python's `str`, bound to a text; nothing when there is none of that name. */
export function textMethod(of: string | Secret, name: string, runtime: Runtime): Val | undefined {
  if (name === 'format') {
    return new Callable(name, (args: Args) => braces(text(of), args, runtime));
  }
  if (name === 'format_map') {
    return new Callable(name, ({ list: [map = null] }) => {
      if (!isMapping(map)) throw wrongType('format_map()', 'a map', map);
      const named = { get: (key: string) => own(map, key) };
      return braces(text(of), { list: [], named }, runtime);
    });
  }
  const found = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (found)
    return new Callable(name, (args) => found.run(text(of), bind(`${name}()`, found, args)));
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  return check && new Callable(name, () => check(text(of)));
}

/** The part of a text that `start` and `stop` leave, and where it begins. */
function part(value: string, given: Given): { text: string; from: number } {
  const bound = (name: string, usual: number): number => {
    const given_ = given.get(name);
    const n = given_ === undefined || given_ === null ? usual : given.integer(name);
    return n < 0 ? Math.max(value.length + n, 0) : Math.min(n, value.length);
  };
  const from = bound('start', 0);
  return { text: value.slice(from, bound('stop', value.length)), from };
}

const PART = ['sub', 'start', 'stop'];

function ends(name: string, check: (value: string, wanted: string) => boolean): Method {
  return method(PART, (value, given) => {
    const wanted = given.need('sub');
    const whole = part(value, given).text;
    if (wanted instanceof Tuple) return wanted.some((one) => check(whole, text(one)));
    if (!isText(wanted)) throw wrongType(`${name}()`, 'text or a tuple of texts', wanted);
    return check(whole, text(wanted));
  });
}

/** Looks for a text from one side; `find` gives -1 where `index` fails. */
function finder(name: string, last: boolean, strict: boolean): Method {
  return method(PART, (value, given) => {
    const { text: whole, from } = part(value, given);
    const wanted = given.text('sub');
    const at = last ? whole.lastIndexOf(wanted) : whole.indexOf(wanted);
    if (at >= 0) return from + at;
    if (strict) throw failure(`${name}() does not find the text.`);
    return -1;
  });
}

const cut = (value: string, separator: string, at: number): Tuple =>
  Tuple.make([value.slice(0, at), separator, value.slice(at + separator.length)]);

function join(separator: string, items: readonly Val[]): string {
  const wrong = items.find((item) => !isText(item));
  if (wrong !== undefined) {
    throw failure(
      'join() takes texts only.',
      'Convert the items first, | map("string"), or use the filter: items | join(",").',
    );
  }
  return items.map(text).join(separator);
}

function translate(value: string, table: Val): string {
  if (!isMapping(table)) throw wrongType('translate()', 'a map', table);
  return Array.from(value, (char) => {
    const to = own(table, char.codePointAt(0) ?? 0);
    if (to === undefined) return char;
    const code = numberOf(to);
    return to === null ? '' : code === undefined ? text(to) : String.fromCodePoint(code);
  }).join('');
}

const SPLIT = ['sep', 'maxsplit'];
const WIDTH = ['width', 'fill'];

const METHODS: Readonly<Record<string, Method>> = {
  upper: plain((v) => v.toUpperCase()),
  lower: plain((v) => v.toLowerCase()),
  casefold: plain((v) => v.toLowerCase().replaceAll('ß', 'ss')),
  title: plain(title),
  capitalize: plain(capitalize),
  swapcase: plain((v) =>
    Array.from(v, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  ),
  strip: method(['chars'], (v, g) => strip(v, g.optional('chars'), 'lr')),
  lstrip: method(['chars'], (v, g) => strip(v, g.optional('chars'), 'l')),
  rstrip: method(['chars'], (v, g) => strip(v, g.optional('chars'), 'r')),
  split: method(SPLIT, (v, g) => split(v, g.optional('sep'), g.integer('maxsplit', -1))),
  rsplit: method(SPLIT, (v, g) => splitRight(v, g.optional('sep'), g.integer('maxsplit', -1))),
  splitlines: method(['keepends'], (v, g) => lines(v, g.flag('keepends'))),
  join: method(['items'], (v, g) => join(v, iterate(g.need('items')))),
  replace: method(['old', 'new', 'count'], (v, g) =>
    replace(v, g.text('old'), g.text('new'), g.integer('count', -1)),
  ),
  startswith: ends('startswith', (value, wanted) => value.startsWith(wanted)),
  endswith: ends('endswith', (value, wanted) => value.endsWith(wanted)),
  removeprefix: method(['prefix'], (v, g) =>
    v.startsWith(g.text('prefix')) ? v.slice(g.text('prefix').length) : v,
  ),
  removesuffix: method(['suffix'], (v, g) => {
    const suffix = g.text('suffix');
    return suffix !== '' && v.endsWith(suffix) ? v.slice(0, -suffix.length) : v;
  }),
  find: finder('find', false, false),
  rfind: finder('rfind', true, false),
  index: finder('index', false, true),
  rindex: finder('rindex', true, true),
  count: method(PART, (v, g) => {
    const whole = part(v, g).text;
    const wanted = g.text('sub');
    return wanted === '' ? Array.from(whole).length + 1 : whole.split(wanted).length - 1;
  }),
  partition: method(['sep'], (v, g) => {
    const at = v.indexOf(g.text('sep'));
    return at < 0 ? Tuple.make([v, '', '']) : cut(v, g.text('sep'), at);
  }),
  rpartition: method(['sep'], (v, g) => {
    const at = v.lastIndexOf(g.text('sep'));
    return at < 0 ? Tuple.make(['', '', v]) : cut(v, g.text('sep'), at);
  }),
  zfill: method(['width'], (v, g) => zeroFill(v, g.integer('width'))),
  center: method(WIDTH, (v, g) => center(v, g.integer('width'), g.text('fill', ' '))),
  ljust: method(WIDTH, (v, g) => v + pad(v, g.integer('width'), g.text('fill', ' '))),
  rjust: method(WIDTH, (v, g) => pad(v, g.integer('width'), g.text('fill', ' ')) + v),
  expandtabs: method(['tabsize'], (v, g) => expandTabs(v, g.integer('tabsize', 8))),
  translate: method(['table'], (v, g) => translate(v, g.need('table'))),
  encode: method(['encoding', 'errors'], (v, g) => Bytes.encode(v, g.text('encoding', 'utf-8'))),
};
