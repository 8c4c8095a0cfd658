import { CAPTURED, type Expr, type Param, type Stmt, type Target } from './ast.ts';
import { Flaw } from './flaw.ts';
import type { Parser } from './parser.ts';
import type { Body, Reader, Statements } from './statements.ts';
import { FILE_TAGS } from './tags-files.ts';

/** The tags of the language. */
export const TAGS: Readonly<Record<string, Reader>> = {
  if: readIf,
  for: readFor,
  set: readSet,
  macro: (reader, parser, at) => {
    const name = parser.name('the name of the macro').text;
    const params = readParams(parser);
    parser.end();
    return { kind: 'macro', at, name, params, body: reader.until('macro', at) };
  },
  call: (reader, parser, at) => {
    const params = parser.is('(') ? readParams(parser) : [];
    const call = parser.expression();
    parser.end();
    if (call.kind !== 'call') throw new Flaw('"call" needs a call of a macro.', at);
    const body = reader.until('call', at);
    return { kind: 'call', at, call, caller: { kind: 'macro', at, name: 'caller', params, body } };
  },
  with: readWith,
  filter: (reader, parser, at) => {
    const value = parser.filters(parser.filter({ kind: 'name', at, name: CAPTURED }));
    parser.end();
    return { kind: 'filtered', value, body: reader.until('filter', at) };
  },
  do: (_reader, parser) => {
    const value = parser.expressions();
    parser.end();
    return { kind: 'do', value };
  },
  autoescape: (reader, parser, at) => {
    // Ansible never escapes: what HTML needs, it says with the filter "escape".
    parser.expression();
    parser.end();
    return { kind: 'group', body: reader.until('autoescape', at) };
  },
  ...FILE_TAGS,
};

function readIf(reader: Statements, first: Parser, at: number): Stmt {
  const branches: { test: Expr; body: Body }[] = [];
  let parser = first;
  for (;;) {
    const test = parser.expressions();
    parser.end();
    const { body, stop } = reader.body('if', at, ['elif', 'else', 'endif']);
    branches.push({ test, body });
    if (stop?.word === 'elif') {
      parser = stop.parser;
      continue;
    }
    stop?.parser.end();
    const otherwise = stop?.word === 'else' ? reader.until('if', at) : [];
    return { kind: 'if', branches, otherwise };
  }
}

function readFor(reader: Statements, parser: Parser, at: number): Stmt {
  const target = readTarget(parser);
  parser.need('in');
  const list = parser.expressions((p) => p.is('if') || p.is('recursive'), false);
  const test = parser.skip('if') ? parser.expression() : undefined;
  const recursive = parser.skip('recursive');
  parser.end();
  const { body, stop } = reader.body('for', at, ['else', 'endfor']);
  stop?.parser.end();
  const otherwise = stop?.word === 'else' ? reader.until('for', at) : [];
  return { kind: 'for', at, target, list, test, recursive, body, otherwise };
}

function readTarget(parser: Parser): Target {
  const { at } = parser.token;
  const first = readOne(parser);
  if (!parser.is(',')) return first;
  const items = [first];
  while (parser.skip(',')) {
    if ((parser.token.kind !== 'name' && !parser.is('(')) || parser.is('in')) break;
    items.push(readOne(parser));
  }
  return { kind: 'names', at, items };
}

function readOne(parser: Parser): Target {
  const { at } = parser.token;
  if (parser.skip('(')) {
    const inner = readTarget(parser);
    parser.need(')');
    return inner;
  }
  const { text: name } = parser.name('a name');
  if (name === 'in') throw new Flaw('A name is missing before "in".', at);
  if (!parser.skip('.')) return { kind: 'name', at, name };
  return { kind: 'member', at, name, member: parser.name('a name').text };
}

function readSet(reader: Statements, parser: Parser, at: number): Stmt {
  const target = readTarget(parser);
  if (parser.skip('=')) {
    const value = parser.expressions();
    parser.end();
    return { kind: 'set', target, value };
  }
  const value = parser.filters({ kind: 'name', at, name: CAPTURED });
  parser.end();
  return { kind: 'capture', target, value, body: reader.until('set', at) };
}

function readParams(parser: Parser): readonly Param[] {
  const params: Param[] = [];
  parser.need('(');
  while (!parser.is(')')) {
    const { text: name, at } = parser.name('a parameter');
    const fallback = parser.skip('=') ? parser.expression() : undefined;
    if (!fallback && params.at(-1)?.fallback) {
      throw new Flaw(`The parameter "${name}" needs a default: one before it has one.`, at);
    }
    params.push({ name, fallback });
    if (!parser.skip(',')) break;
  }
  parser.need(')');
  return params;
}

function readWith(reader: Statements, parser: Parser, at: number): Stmt {
  const names: { name: string; value: Expr }[] = [];
  while (parser.token.kind !== 'end') {
    const name = parser.name('a name').text;
    parser.need('=');
    names.push({ name, value: parser.expression() });
    if (!parser.skip(',')) break;
  }
  parser.end();
  return { kind: 'with', names, body: reader.until('with', at) };
}
