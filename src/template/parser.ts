import { bareName } from './bare-name.ts';
import type { CallArgs, Expr } from './ast.ts';
import { CONSTANTS, numberIn } from './constants.ts';
import { Cursor } from './cursor.ts';
import { Flaw } from './flaw.ts';
import { unquote } from './lexer.ts';
import { called } from './looked-up.ts';

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** Reads expressions from tokens, after Jinja2's own grammar. */
export class Parser extends Cursor {
  /** An expression, or several with commas: a tuple. */
  expressions(until: (parser: Parser) => boolean = () => false, choice = true): Expr {
    const { at } = this.token;
    const items: Expr[] = [];
    let comma = false;
    while (this.token.kind !== 'end' && !this.is(')') && !this.is(']') && !until(this)) {
      items.push(this.expression(choice));
      comma = this.skip(',');
      if (!comma) break;
    }
    const [first] = items;
    if (items.length === 1 && first && !comma) return first;
    if (items.length === 0) throw this.unexpected('an expression');
    return { kind: 'tuple', at, items };
  }

  /** All that the tokens hold, as one expression. */
  whole(): Expr {
    const all = this.expressions();
    this.end();
    return all;
  }

  expression(choice = true): Expr {
    return this.deeper(() => this.#choice(choice));
  }

  #choice(choice: boolean): Expr {
    let result = this.#or();
    while (choice && this.is('if')) {
      const { at } = this.take();
      const test = this.#or();
      const no = this.skip('else') ? this.expression() : undefined;
      result = { kind: 'choice', at, test, yes: result, no };
    }
    return result;
  }

  #or(): Expr {
    let left = this.#and();
    while (this.is('or')) {
      const { at } = this.take();
      left = { kind: 'logic', at, and: false, left, right: this.#and() };
    }
    return left;
  }

  #and(): Expr {
    let left = this.#not();
    while (this.is('and')) {
      const { at } = this.take();
      left = { kind: 'logic', at, and: true, left, right: this.#not() };
    }
    return left;
  }

  #not(): Expr {
    if (!this.is('not')) return this.#compare();
    const { at } = this.take();
    return { kind: 'not', at, of: this.deeper(() => this.#not()) };
  }

  #compare(): Expr {
    const first = this.#sum();
    const rest: { operator: string; right: Expr }[] = [];
    for (;;) {
      const { kind, text } = this.token;
      if ((kind === 'operator' && COMPARISONS.has(text)) || this.is('in')) this.take();
      else if (this.is('not') && this.ahead('name', 'in')) {
        this.take();
        this.take();
      } else break;
      rest.push({ operator: text === 'not' ? 'not in' : text, right: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: 'compare', at: first.at, first, rest };
  }

  #binary(operators: readonly string[], operand: () => Expr): Expr {
    let left = operand();
    while (this.token.kind === 'operator' && operators.includes(this.token.text)) {
      const { at, text } = this.take();
      left = { kind: 'binary', at, operator: text, left, right: operand() };
    }
    return left;
  }

  #sum(): Expr {
    return this.#binary(['+', '-'], () => this.#concat());
  }

  #concat(): Expr {
    const first = this.#product();
    const parts = [first];
    while (this.skip('~')) parts.push(this.#product());
    return parts.length === 1 ? first : { kind: 'concat', at: first.at, parts };
  }

  #product(): Expr {
    return this.#binary(['*', '/', '//', '%'], () => this.#power());
  }

  #power(): Expr {
    return this.#binary(['**'], () => this.unary());
  }

  /** A signed operand with what follows it: attributes, items, calls, filters and tests. */
  unary(filters = true): Expr {
    const { at } = this.token;
    const signed = this.token.kind === 'operator' && (this.is('-') || this.is('+'));
    const node: Expr = signed
      ? {
          kind: 'sign',
          at,
          minus: this.take().text === '-',
          of: this.deeper(() => this.unary(false)),
        }
      : this.#primary();
    const full = this.#postfix(node);
    return filters ? this.filters(full) : full;
  }

  #primary(): Expr {
    const { kind, text, at } = this.token;
    if (kind === 'name') {
      this.take();
      const value = CONSTANTS.get(text);
      return value === undefined ? { kind: 'name', at, name: text } : { kind: 'const', at, value };
    }
    if (kind === 'string') {
      let value = '';
      while (this.token.kind === 'string') value += unquote(this.take().text);
      return { kind: 'const', at, value };
    }
    if (kind === 'integer' || kind === 'float') {
      this.take();
      return { kind: 'const', at, value: numberIn(text, kind === 'float') };
    }
    if (this.skip('(')) {
      if (this.skip(')')) return { kind: 'tuple', at, items: [] };
      const inside = this.expressions();
      this.need(')');
      return inside;
    }
    if (this.skip('[')) return { kind: 'list', at, items: this.#items(']') };
    if (this.skip('{')) return { kind: 'dict', at, pairs: this.#pairs() };
    throw this.unexpected('a value');
  }

  #items(close: string): Expr[] {
    const items: Expr[] = [];
    while (!this.is(close)) {
      items.push(this.expression());
      if (!this.skip(',')) break;
    }
    this.need(close);
    return items;
  }

  #pairs(): (readonly [Expr, Expr])[] {
    const pairs: (readonly [Expr, Expr])[] = [];
    while (!this.is('}')) {
      const key = this.expression();
      this.need(':');
      pairs.push([key, this.expression()]);
      if (!this.skip(',')) break;
    }
    this.need('}');
    return pairs;
  }

  #postfix(start: Expr): Expr {
    let node = start;
    for (;;) {
      const { at } = this.token;
      if (this.token.kind !== 'operator') return node;
      if (this.skip('.')) node = this.#member(node);
      else if (this.skip('[')) node = this.#subscript(node, at);
      else if (this.is('(')) node = called(node, this.#args(), (list) => new Parser(list).whole());
      else return node;
    }
  }

  #member(of: Expr): Expr {
    const { kind, text, at } = this.token;
    if (kind !== 'name' && kind !== 'integer') throw this.unexpected('a name after the dot');
    this.take();
    return kind === 'name'
      ? { kind: 'attribute', at, of, name: text }
      : { kind: 'item', at, of, key: { kind: 'const', at, value: Number(text) } };
  }

  #subscript(of: Expr, at: number): Expr {
    const bounds: (Expr | undefined)[] = [];
    let colons = 0;
    let part: Expr | undefined;
    while (!this.is(']')) {
      if (this.skip(':')) {
        bounds.push(part);
        part = undefined;
        colons++;
      } else {
        part = this.expressions((parser) => parser.is(':'));
        if (!this.is(':')) break;
      }
    }
    this.need(']');
    if (colons > 2) throw new Flaw('A slice has at most three parts.', at);
    if (colons > 0) return { kind: 'slice', at, of, bounds: [...bounds, part] };
    if (!part) throw new Flaw('The brackets are empty.', at, 'Write an index or a key in them.');
    return { kind: 'item', at: part.at, of, key: part };
  }

  #args(): CallArgs {
    this.need('(');
    const list: { value: Expr; spread: boolean }[] = [];
    const named: { name: string; value: Expr }[] = [];
    let rest: Expr | undefined;
    while (!this.is(')')) {
      if (this.skip('*')) list.push({ value: this.expression(), spread: true });
      else if (this.skip('**')) rest = this.expression();
      else if (this.token.kind === 'name' && this.ahead('operator', '=')) {
        const { text: name, at } = this.take();
        if (named.some((one) => one.name === name)) throw new Flaw(`"${name}" is given twice.`, at);
        this.take();
        named.push({ name, value: this.expression() });
      } else if (named.length > 0) {
        throw new Flaw('An argument without a name follows one with a name.', this.token.at);
      } else list.push({ value: this.expression(), spread: false });
      if (!this.skip(',')) break;
    }
    this.need(')');
    return { list, named, rest };
  }

  /** What follows an operand: `| filter`, `is test`, or a call of the result. */
  filters(start: Expr): Expr {
    let node = start;
    for (;;) {
      if (this.token.kind === 'operator' && this.skip('|')) node = this.filter(node);
      else if (this.is('is')) node = this.#test(node);
      else if (this.is('(')) node = called(node, this.#args(), (list) => new Parser(list).whole());
      else return node;
    }
  }

  /** One filter, from its name on. */
  filter(of: Expr): Expr {
    const { name, at } = this.#dotted('the name of a filter');
    const args: CallArgs = this.is('(') ? this.#args() : { list: [], named: [] };
    return { kind: 'filter', at, of, name, args };
  }

  #dotted(what: string): { readonly name: string; readonly at: number } {
    const { at, text } = this.name(what);
    let name = text;
    while (this.skip('.')) name += `.${this.name(what).text}`;
    return { name: bareName(name), at };
  }

  #test(of: Expr): Expr {
    this.need('is');
    const negated = this.skip('not');
    const { name, at } = this.#dotted('the name of a test');
    let args: CallArgs = { list: [], named: [] };
    if (this.is('(')) args = this.#args();
    else if (this.#startsArgument()) {
      const value = this.#postfix(this.#primary());
      args = { list: [{ value, spread: false }], named: [] };
    }
    if (this.is('is'))
      throw new Flaw('Tests cannot be chained with "is".', this.token.at, 'Join them with "and".');
    const node: Expr = { kind: 'test', at, of, name, args };
    return negated ? { kind: 'not', at, of: node } : node;
  }

  #startsArgument(): boolean {
    const { kind, text } = this.token;
    if (kind === 'name') return !['else', 'or', 'and', 'if', 'is', 'in', 'not'].includes(text);
    return kind === 'operator' ? ['[', '{'].includes(text) : kind !== 'end';
  }
}
