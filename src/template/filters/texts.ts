import { failure, limitText, wrongType } from '../faults.ts';
import { percent } from '../format.ts';
import { capitalize, center, replace, split, strip } from '../texts.ts';
import { iterate, type Filter } from '../runtime.ts';
import { text } from '../text.ts';
import { dict, entriesOf, isFloat, isMapping, isText, Tuple, type Val } from '../values.ts';
import { field } from './keys.ts';
import { escapeHtml } from './urlize.ts';

const simple = (run: (value: string) => Val): Filter => ({
  params: [],
  run: (value) => run(text(value)),
});

const escape = simple(escapeHtml);

/** Percent-encodes as Python's quote: letters, digits, `_.-~` and the safe ones stay. */
function percentEncode(value: string, safe: string): string {
  let out = '';
  for (const byte of Buffer.from(value)) {
    const char = String.fromCharCode(byte);
    out +=
      /[A-Za-z0-9_.~-]/.test(char) || safe.includes(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function urlencode(value: Val): string {
  const single = isText(value) || value === null || typeof value !== 'object' || isFloat(value);
  if (single) return percentEncode(text(value), '/');
  const pairs = isMapping(value) ? entriesOf(value) : iterate(value).map((p) => iterate(p));
  return pairs
    .map((pair) =>
      pair.map((part) => percentEncode(text(part), '').replaceAll('%20', '+')).join('='),
    )
    .join('&');
}

function join(
  value: Val,
  separator: string,
  attribute: Val | undefined,
  get: (v: Val, k: Val) => Val,
): string {
  const items = iterate(value, 'The filter "join"');
  const parts = items.map((item) => text(attribute === undefined ? item : get(item, attribute)));
  const joined = parts.join(separator);
  limitText(joined.length);
  return joined;
}

/** A text as one word of a shell, written as Python's shlex does. */
const shellQuote = (value: string): string =>
  value !== '' && !/[^\w@%+=:,./-]/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`;

/** Filters from text to text. */
export const TEXTS: Readonly<Record<string, Filter>> = {
  upper: simple((value) => value.toUpperCase()),
  lower: simple((value) => value.toLowerCase()),
  capitalize: simple(capitalize),
  // Jinja's title starts words after blanks and opening brackets only, unlike Python's.
  title: simple((value) =>
    value
      .split(/([-\s({[<]+)/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join(''),
  ),
  trim: { params: ['chars'], run: (v, given) => strip(text(v), given.optional('chars'), 'lr') },
  escape,
  e: escape,
  forceescape: escape,
  safe: simple((value) => value),
  striptags: simple((value) =>
    value
      .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .split(/\s+/)
      .filter(Boolean)
      .join(' '),
  ),
  urlencode: { params: [], run: urlencode },
  urldecode: simple((value) => {
    try {
      return decodeURIComponent(value.replaceAll('+', ' '));
    } catch {
      throw failure('The text is not percent-encoded properly.');
    }
  }),
  wordcount: simple((value) => (value.match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  center: { params: ['width'], run: (v, given) => center(text(v), given.integer('width', 80)) },
  format: {
    params: [],
    rest: true,
    run: (value, given) =>
      percent(text(value), given.extra.size > 0 ? dict(given.extra) : Tuple.make(given.rest)),
  },
  join: {
    params: ['d', 'attribute'],
    run: (value, given, runtime) =>
      join(value, given.text('d', ''), given.get('attribute'), (item, key) =>
        field(item, key, runtime),
      ),
  },
  replace: {
    params: ['s', 'new', 'count'],
    run: (value, given) =>
      replace(
        text(value),
        given.text('s'),
        given.text('new'),
        given.get('count') === null ? -1 : given.integer('count', -1),
      ),
  },
  split: {
    params: ['sep', 'maxsplit'],
    run: (value, given) => {
      if (!isText(value)) throw wrongType('The filter "split"', 'text', value);
      return split(text(value), given.optional('sep'), given.integer('maxsplit', -1));
    },
  },
  reverse: {
    params: [],
    run: (value) =>
      isText(value) ? Array.from(text(value)).reverse().join('') : [...iterate(value)].reverse(),
  },
  quote: {
    params: [],
    run: (value) => {
      return shellQuote(value === null ? '' : text(value));
    },
  },
};
