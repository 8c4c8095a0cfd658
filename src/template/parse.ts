import type { Expr, Template } from './ast.ts';
import { Flaw } from './flaw.ts';
import { tokens } from './lexer.ts';
import { Parser } from './parser.ts';
import { pasted } from './pasted.ts';
import { pieces } from './pieces.ts';
import { Statements } from './statements.ts';
import { PLAYBOOK, type Syntax } from './syntax.ts';
import { TAGS } from './tags.ts';

const KEPT = 2000;

/** Remembers what was parsed last, up to a number of texts. */
function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const parsed = parse(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, parsed);
    return parsed;
  };
}

const parse = (text: string, syntax: Syntax): Template => {
  // As Jinja2 does: line breaks are made alike, and the last one is left out, to be put back at the end.
  const source = text.replace(/\r\n|\r/g, '\n').replace(/\n$/, '');
  const cut = pieces(source, syntax);
  const { newline } = syntax;
  const ended =
    newline === '\n'
      ? cut
      : cut.map((piece) =>
          piece.kind === 'text' ? { ...piece, text: piece.text.replaceAll('\n', newline) } : piece,
        );
  const body = new Statements(ended, TAGS).all();
  const [first] = body;
  const alone = body.length === 1 && source.startsWith('{{') && source.endsWith('}}');
  const single = alone && first?.kind === 'output' ? first.value : undefined;
  return { text: source, body, single };
};

/** Parses a value of a playbook that may hold templates. Throws a Flaw where it cannot. */
export const parseTemplate: (text: string) => Template = remembered((text) =>
  parse(text, PLAYBOOK),
);

const files = new WeakMap<Syntax, (text: string) => Template>();

/** Parses the text of a template file. Throws a Flaw where it cannot. */
export function parseFile(text: string, syntax: Syntax): Template {
  const known = files.get(syntax) ?? remembered((source: string) => parse(source, syntax));
  files.set(syntax, known);
  return known(text);
}

/** Parses an expression without braces. Throws a Flaw where it cannot. */
export const parseExpression: (text: string) => Expr = remembered((text) =>
  new Parser(tokens(text, 0).tokens).whole(),
);

/** A parsed condition; `wrapped` when it was written in braces. */
export interface Condition {
  readonly expression: Expr;
  readonly wrapped: boolean;
}

/**
 * Parses a condition: an expression, or as Ansible tolerates, one that is in braces as a whole or in a part.
 * What stands in braces is never run: pasting values into an expression would do that (CVE-2023-5764).
 */
export const parseCondition: (text: string) => Condition = remembered((text) => {
  if (/^\s*\{\{/.test(text)) {
    const body = parseTemplate(text).body.filter((s) => s.kind !== 'text' || s.text.trim() !== '');
    const [first] = body;
    if (body.length === 1 && first?.kind === 'output') {
      return { expression: first.value, wrapped: true };
    }
  }
  const block = text.indexOf('{%');
  if (block >= 0) {
    throw new Flaw(
      'A condition is an expression already; statements have no place in it.',
      block,
      "Write it as an expression: 'a' if x else 'b'.",
    );
  }
  return { expression: parseExpression(pasted(text) ?? text), wrapped: false };
});
