import { didYouMean } from '../lib/nearest.ts';
import { OrchError } from '../lib/errors.ts';
import type { Value } from '../model/value.ts';
import { truthy } from './compare.ts';
import { failure } from './faults.ts';
import { finish } from './finish.ts';
import { LISTS, type Inner } from './lookups-lists.ts';
import type { Lookup, Runtime } from './runtime.ts';
import { text } from './text.ts';
import { isText, Undef, type Args, type Val } from './values.ts';

/** What steers a lookup itself rather than what it looks up. */
const OWN = ['wantlist', 'errors', 'allow_unsafe'];

/** The lookups that need nothing from outside. */
const NAMES = Object.keys(LISTS);

/**
 * `lookup('env', 'HOME')`: what the named lookup finds, texts joined with commas as Ansible does, or as a
 * list for `query` and `wantlist=True`. What it finds is data: never a template, whatever braces it holds.
 */
export function lookup(args: Args, runtime: Runtime, wantList: boolean): Val {
  const [first, ...terms] = args.list;
  if (first === undefined) throw failure('A lookup needs the name of what to look up with.');
  const name = text(first).replace(/^(?:ansible\.builtin|community\.general)\./, '');
  const asked = args.named.get('wantlist');
  const list = wantList || (asked !== undefined && truthy(asked));
  const errors = text(args.named.get('errors') ?? 'strict');
  const find = finder(name, runtime);
  let found: readonly Val[];
  try {
    const named = new Map([...args.named].filter(([key]) => !OWN.includes(key)));
    found = find(terms, { list: terms, named }, runtime);
  } catch (error) {
    if (!(error instanceof OrchError) || error.code === 'VARIABLE_UNDEFINED') throw error;
    if (errors !== 'ignore' && errors !== 'warn') throw error;
    if (errors === 'warn') runtime.warn(`The lookup "${name}" failed: ${error.message}`);
    return list ? [] : null;
  }
  if (list || found.length === 0) return found;
  const undefinedOne = found.find((item) => item instanceof Undef);
  if (undefinedOne instanceof Undef) return undefinedOne;
  if (found.every(isText)) return found.map(text).join(',');
  const [only = null] = found;
  return found.length === 1 ? only : found;
}

function finder(name: string, runtime: Runtime): Inner {
  const inner = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (inner) return inner;
  const lookups: Readonly<Record<string, Lookup>> = runtime.ports.lookups ?? {};
  const given = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
  if (!given) {
    const names = [...NAMES, ...Object.keys(lookups)].sort();
    throw new OrchError(
      'TEMPLATE_FAILED',
      `There is no lookup "${name}".${didYouMean(name, names)}`,
      { hint: `The lookups are: ${names.join(', ')}.` },
    );
  }
  return (terms, { named }) => {
    const options: [string, Value][] = [...named].map(([key, value]) => [key, finish(value)]);
    return given(terms.map(finish), Object.fromEntries(options), runtime.asking);
  };
}

/** The names of the lookups that are always there. */
export const BUILT_IN_LOOKUPS: readonly string[] = NAMES;
