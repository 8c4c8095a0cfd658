import type { Imported } from './ast.ts';
import type { Parser } from './parser.ts';
import type { Reader } from './statements.ts';

/** The tags with which template files are put together. */
export const FILE_TAGS: Readonly<Record<string, Reader>> = {
  block: (reader, parser, at) => {
    const { text: name } = parser.name('the name of the block');
    const scoped = parser.skip('scoped');
    const required = parser.skip('required');
    parser.end();
    return { kind: 'block', at, name, scoped, required, body: reader.until('block', at, name) };
  },
  extends: (_reader, parser, at) => {
    const name = parser.expression();
    parser.end();
    return { kind: 'extends', at, name };
  },
  include: (_reader, parser, at) => {
    const name = parser.expression();
    const ignoreMissing = parser.skip('ignore');
    if (ignoreMissing) parser.need('missing');
    const context = readContext(parser, true);
    parser.end();
    return { kind: 'include', at, name, ignoreMissing, context };
  },
  import: (_reader, parser, at) => {
    const name = parser.expression();
    parser.need('as');
    const as = parser.name('a name').text;
    const context = readContext(parser, false);
    parser.end();
    return { kind: 'import', at, name, context, as };
  },
  from: (_reader, parser, at) => {
    const name = parser.expression();
    parser.need('import');
    const as: Imported[] = [];
    while (parser.token.kind === 'name' && !startsContext(parser)) {
      const from = parser.name('a name').text;
      as.push({ name: from, as: parser.skip('as') ? parser.name('a name').text : from });
      if (!parser.skip(',')) break;
    }
    if (as.length === 0) throw parser.unexpected('a name');
    const context = readContext(parser, false);
    parser.end();
    return { kind: 'import', at, name, context, as };
  },
};

const startsContext = (parser: Parser): boolean =>
  (parser.is('with') || parser.is('without')) && parser.ahead('name', 'context');

/** `with context` or `without context`. */
function readContext(parser: Parser, usual: boolean): boolean {
  if (!startsContext(parser)) return usual;
  const given = parser.take().text === 'with';
  parser.need('context');
  return given;
}
