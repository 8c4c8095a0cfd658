import { failure } from '../faults.ts';
import { repeat } from '../arithmetic.ts';
import type { Filter, Given } from '../runtime.ts';
import { text } from '../text.ts';
import { integerOf } from '../values.ts';

interface Style {
  readonly beginning?: string;
  readonly decoration: string;
  readonly end?: string;
}

const STYLES: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

const OPTIONS = [
  'newline',
  'beginning',
  'prefix',
  'prefix_count',
  'decoration',
  'postfix',
  'postfix_count',
  'end',
];

function comment(value: string, given: Given): string {
  const name = given.text('style', 'plain');
  const style = Object.hasOwn(STYLES, name) ? STYLES[name] : undefined;
  if (!style) {
    throw failure(`There is no comment style "${name}".`, `Use ${Object.keys(STYLES).join(', ')}.`);
  }
  const stray = [...given.extra.keys()].find((key) => !OPTIONS.includes(key));
  if (stray !== undefined) throw failure(`The filter "comment" has no argument "${stray}".`);
  const option = (key: string, usual: string): string => {
    const found = given.extra.get(key);
    return found === undefined ? usual : text(found);
  };
  const count = (key: string): number => {
    const found = given.extra.get(key);
    return found === undefined ? 1 : Number(integerOf(found) ?? Number(text(found)));
  };
  const newline = option('newline', '\n');
  const mark = option('decoration', style.decoration);
  const prefix = option('prefix', mark.trimEnd());
  const postfix = option('postfix', mark.trimEnd());
  const beginning = option('beginning', style.beginning ?? '');
  const end = option('end', style.end ?? '');
  const head = prefix === newline ? newline : prefix + newline;
  const body = (mark + value.replaceAll(newline, newline + mark)).replaceAll(
    mark + newline,
    mark.trimEnd() + newline,
  );
  return (
    (beginning === '' ? '' : beginning + newline) +
    (prefix === '' ? '' : repeat(head, count('prefix_count'))) +
    body +
    repeat(newline + postfix, count('postfix_count')) +
    (end === '' ? '' : newline + end)
  );
}

/** Ansible's filter that makes a comment of a text. */
export const COMMENTS: Readonly<Record<string, Filter>> = {
  comment: { params: ['style'], rest: true, run: (value, given) => comment(text(value), given) },
};
