import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Given, Layer, Marks, Scope } from '../model/scope.ts';
import { hasTemplate, isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { Float, Secret, Unknown, type Value } from '../model/value.ts';
import { allVars } from './all-vars.ts';
import { truthy } from './compare.ts';
import { evaluate } from './evaluate.ts';
import { failure } from './faults.ts';
import { finish } from './finish.ts';
import { covered } from './hidden.ts';
import { parseCondition, parseExpression, parseFile, parseTemplate } from './parse.ts';
import { parsed, placeOf } from './place.ts';
import { plainScalar, scalarOf } from './plain-scalar.ts';
import { keepsText, render, renderFile } from './render.ts';
import { Env, Run, type Evaluation, type Reader } from './run.ts';
import type { Asking, Meter, Ports } from './runtime.ts';
import { guarded, seal } from './secrets.ts';
import { syntaxOf, withHeader, type Syntax } from './syntax.ts';
import { Undef, type Val } from './values.ts';

/** What all scopes of an evaluator share. */
export interface Shared {
  readonly ports: Ports;
  readonly meter: Meter;
  /** Values of variables that are made when first read. */
  readonly made: WeakMap<Given, Value>;
  /** Values of trees without templates: the same in every scope. */
  readonly plain: WeakMap<Tree, Val>;
}

/** A scope whose variables are evaluated when a template reads them, once. */
export class LazyScope implements Scope, Reader {
  readonly layers: readonly Layer[];
  readonly #shared: Shared;
  readonly #known = new Map<string, Val>();
  /** Variables being evaluated, to find those that need themselves. */
  readonly #busy: string[] = [];
  /** Variables whose value is text that must not be taken for a list or map. */
  readonly #texts = new Set<string>();
  readonly #evaluation: Evaluation;

  constructor(layers: readonly Layer[], shared: Shared) {
    this.layers = layers;
    this.#shared = shared;
    const { meter, ports } = shared;
    const asking = this.#asking({ file: '', line: 1, column: 1 });
    this.#evaluation = { reader: this, meter, ports, asking, convert: true, newline: '\n' };
  }

  with(layer: Layer): Scope {
    return new LazyScope([layer, ...this.layers], this.#shared);
  }

  get(name: string): Value | undefined {
    return this.#shared.meter.run(() => {
      const value = this.read(name);
      return value === undefined ? undefined : finish(value);
    });
  }

  resolve(tree: Tree): Value {
    return this.#top(tree, () => finish(this.#tree(tree)));
  }

  expression(text: string, at: Tree): Value {
    const origin = { text, tree: at };
    return this.#top(at, () =>
      finish(evaluate(parsed(origin, parseExpression), new Env(), this.#run(origin))),
    );
  }

  text(template: string, at: Source, marks?: Marks): string | Secret | Unknown {
    const printed = this.#file(template, at, syntaxOf(marks), false);
    if (typeof printed === 'string' || printed instanceof Secret || printed instanceof Unknown) {
      return printed;
    }
    throw new OrchError('INTERNAL', 'a template file did not print text');
  }

  /** What the text of a file gives: always text, or with `convert` what a value of a playbook would be. */
  #file(text: string, at: Source, syntax: Syntax, convert: boolean): Value {
    const tree: ScalarTree = { kind: 'scalar', value: text, source: at };
    return this.#top(tree, () => {
      const head = parsed({ text, tree, file: true }, () => withHeader(text, syntax));
      const line = at.line + (head.text === text ? 0 : 1);
      const origin = {
        text: head.text,
        tree: { ...tree, source: { ...at, line } },
        file: true,
      } as const;
      const template = parsed(origin, (inner) => parseFile(inner, head.syntax));
      const { newline } = head.syntax;
      const run = new Run(
        { ...this.#evaluation, asking: this.#asking(at), convert, newline },
        origin,
      );
      // As in Ansible: what holds no template is text, whatever it looks like.
      const plain = template.body.every(({ kind }) => kind === 'text');
      return finish((convert && !plain ? render : renderFile)(template, head.text, run));
    });
  }

  condition(tree: Tree): boolean | Unknown {
    if (tree.kind === 'list') return this.#all(tree.items);
    if (tree.kind === 'map') {
      throw new OrchError('TEMPLATE_SYNTAX', 'A condition cannot be a map.', {
        source: tree.source,
        hint: 'Write an expression, or a list of expressions that must all hold.',
      });
    }
    const { value } = tree;
    if (value === null) return true;
    if (typeof value !== 'string') return truthy(value);
    return this.#top(tree, () => this.#holds(value, tree));
  }

  /** A variable as templates see it; nothing when no layer has it. */
  read(name: string): Val | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const given = this.#find(name);
    if (!given) return name === 'vars' ? allVars(this) : undefined;
    const value = covered(name, this.#evaluate(name, given), this.#shared.ports.hiding);
    this.#known.set(name, value);
    return value;
  }

  *names(): Iterable<string> {
    for (const layer of this.layers) yield* layer.vars.keys();
  }

  raw(name: string): Val | undefined {
    const given = this.#find(name);
    if (!given) return undefined;
    const value =
      'value' in given ? given.value : 'tree' in given ? plainScalar(given.tree) : undefined;
    return value === null ||
      typeof value === 'boolean' ||
      typeof value === 'number' ||
      value instanceof Float
      ? value
      : undefined;
  }

  keepsText(name: string): boolean {
    this.read(name);
    return this.#texts.has(name);
  }

  #asking(from: Source): Asking {
    return {
      from,
      variable: (name) => this.get(name),
      names: () => this.names(),
      render: (text, source, marks, { convert, vars }) => {
        const layer = new Map(Object.entries(vars).map(([name, value]) => [name, { value }]));
        const own = new LazyScope(
          [{ name: 'vars of the lookup', vars: layer }, ...this.layers],
          this.#shared,
        );
        return own.#file(text, source, syntaxOf(marks), convert);
      },
    };
  }

  #find(name: string): Given | undefined {
    for (const { vars } of this.layers) {
      const given = vars.get(name);
      if (given) return given;
    }
    return undefined;
  }

  #evaluate(name: string, given: Given): Val {
    // Finished values are data: whatever braces they hold, they are not looked at again.
    if ('value' in given) return given.value;
    if (this.#busy.includes(name)) throw this.#circle(name, given);
    this.#busy.push(name);
    try {
      if (!('tree' in given)) return this.#make(given);
      if (this.#makesText(given.tree)) this.#texts.add(name);
      return this.#tree(given.tree);
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== 'VARIABLE_UNDEFINED') throw error;
      // As in Ansible, a variable that reads an undefined one is undefined itself: default() can mend it.
      return new Undef(() => error);
    } finally {
      this.#busy.pop();
    }
  }

  /** Whether a tree is a template whose result stays text: `{{ x | to_json }}`. */
  #makesText(tree: Tree): boolean {
    if (tree.kind !== 'scalar' || !isTemplate(tree)) return false;
    const origin = { text: String(tree.value), tree };
    const { single } = parsed(origin, parseTemplate);
    return single !== undefined && keepsText(single, this.#run(origin));
  }

  #make(given: { readonly lazy: () => Value }): Value {
    const { made } = this.#shared;
    const known = made.get(given);
    if (known !== undefined) return known;
    const value = given.lazy();
    made.set(given, value);
    return value;
  }

  #circle(name: string, given: Given): OrchError {
    const chain = [...this.#busy.slice(this.#busy.indexOf(name)), name].join(' -> ');
    return new OrchError('TEMPLATE_FAILED', `The variable "${name}" needs itself: ${chain}.`, {
      source: 'tree' in given ? given.tree.source : undefined,
      hint: 'Give one of them another name, or a value that does not read the others.',
    });
  }

  #run(origin: { readonly text: string; readonly tree: Tree }): Run {
    const { source } = origin.tree;
    return new Run({ ...this.#evaluation, asking: this.#asking(source) }, origin);
  }

  /** The value of a tree, not finished yet; every undefined value in it is raised. */
  #tree(tree: Tree): Val {
    const { plain } = this.#shared;
    const known = plain.get(tree);
    if (known !== undefined) return known;
    if (tree.kind === 'scalar') return this.#scalar(tree);
    const value =
      tree.kind === 'list'
        ? tree.items.map((item) => this.#tree(item))
        : Object.fromEntries(tree.entries.map((entry) => [entry.key, this.#tree(entry.value)]));
    if (!hasTemplate(tree)) plain.set(tree, value);
    return value;
  }

  #scalar(tree: ScalarTree): Val {
    const value = isTemplate(tree) ? this.#template(tree, String(tree.value)) : scalarOf(tree);
    if (!tree.secret) return value;
    return typeof value === 'string' ? new Secret(value) : seal(value);
  }

  #template(tree: ScalarTree, text: string): Val {
    const origin = { text, tree };
    const value = render(parsed(origin, parseTemplate), text, this.#run(origin));
    if (value instanceof Undef && !value.blank) value.raise();
    return value;
  }

  #all(trees: readonly Tree[]): boolean | Unknown {
    let unknown: Unknown | undefined;
    for (const tree of trees) {
      let answer: boolean | Unknown;
      try {
        answer = this.condition(tree);
      } catch (error) {
        // What comes after an unknown condition might never have been asked.
        if (!unknown || !(error instanceof OrchError) || error.code === 'TEMPLATE_SYNTAX')
          throw error;
        return unknown;
      }
      if (answer === false) return false;
      if (answer instanceof Unknown) unknown ??= answer;
    }
    return unknown ?? true;
  }

  #holds(text: string, tree: ScalarTree): boolean | Unknown {
    if (text.trim() === '') return true;
    const origin = { text, tree };
    if (tree.literal) {
      throw new OrchError('TEMPLATE_SYNTAX', 'Text marked !unsafe cannot be a condition.', {
        source: tree.source,
        hint: 'Name a variable that holds the text, and compare it.',
      });
    }
    const { expression, wrapped } = parsed(origin, parseCondition);
    const answer = guarded(() => {
      const value = evaluate(expression, new Env(), this.#run(origin));
      if (wrapped && (value === 'false' || value === 'False')) return false;
      return value instanceof Unknown ? value : truthy(value);
    });
    if (answer instanceof Unknown || typeof answer === 'boolean') return answer;
    throw failure('The condition is neither true nor false.');
  }

  /** An evaluation that somebody outside asked for; errors without a place get that of the tree. */
  #top<T>(tree: Tree, work: () => T): T {
    try {
      return this.#shared.meter.run(work);
    } catch (error) {
      const { source } = tree;
      const place =
        tree.kind === 'scalar' ? placeOf({ text: String(tree.value), tree }, 0) : source;
      throw error instanceof OrchError ? error.at(place) : error;
    }
  }
}
