import type { CallArgs, Expr } from './ast.ts';
import { Flaw } from './flaw.ts';
import type { Token } from './lexer.ts';
import { pieces } from './pieces.ts';
import { PLAYBOOK } from './syntax.ts';

const LOOKS_UP = new Set(['lookup', 'query', 'q']);

/**
 * A call. In the terms of a lookup, `lookup('file', '{{ folder }}/x')`, a text that is written there may be a template,
 * as in Ansible; a value that comes from elsewhere is none.
 */
export function called(of: Expr, args: CallArgs, read: (list: readonly Token[]) => Expr): Expr {
  if (of.kind !== 'name' || !LOOKS_UP.has(of.name)) return { kind: 'call', at: of.at, of, args };
  const [name, ...terms] = args.list;
  const spelt = terms.map((term) => ({ ...term, value: opened(term.value, read) }));
  return { kind: 'call', at: of.at, of, args: { ...args, list: name ? [name, ...spelt] : [] } };
}

function opened(expr: Expr, read: (list: readonly Token[]) => Expr): Expr {
  if (expr.kind === 'list' || expr.kind === 'tuple')
    return { ...expr, items: expr.items.map((item) => opened(item, read)) };
  if (expr.kind === 'dict')
    return { ...expr, pairs: expr.pairs.map(([key, value]) => [key, opened(value, read)]) };
  if (expr.kind !== 'const' || typeof expr.value !== 'string') return expr;
  return expr.value.includes('{{') ? (template(expr.value, expr.at, read) ?? expr) : expr;
}

/** What a text with braces gives; nothing where it is no template, such as the format of another program. */
function template(
  text: string,
  at: number,
  read: (list: readonly Token[]) => Expr,
): Expr | undefined {
  try {
    const parts = pieces(text, PLAYBOOK).map((piece): Expr => {
      if (piece.kind === 'block') throw new Flaw('Statements have no place here.', at);
      if (piece.kind === 'text') return { kind: 'const', at, value: piece.text };
      return read(piece.tokens.map((token) => ({ ...token, at: at + 1 + token.at })));
    });
    const [first] = parts;
    return parts.length === 1 ? first : { kind: 'concat', at, parts };
  } catch (error) {
    if (error instanceof Flaw) return undefined;
    throw error;
  }
}
