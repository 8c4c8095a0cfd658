import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { FILTERS } from './filters/registry.ts';
import { visitBody, visitExpression, type Visitor } from './names.ts';
import { parseCondition, parseFile, parseTemplate } from './parse.ts';
import { parsed, placeOf, type Origin } from './place.ts';
import { unknownName } from './run.ts';
import { syntaxOf, withHeader } from './syntax.ts';
import { TESTS } from './tests/registry.ts';

/** How the strings of a tree are read: as text that may hold templates, or as conditions without braces. */
export type Reading = 'value' | 'condition';

/** A variable that a template reads. */
export interface NameUse {
  readonly name: string;
  readonly source: Source;
  /** The expression copes with it being undefined: `default`, `is defined`. */
  readonly guarded: boolean;
  /** It is read whenever the template is evaluated, so that it fails where the name is undefined. */
  readonly sure: boolean;
}

/** The name of a lookup that a template calls. */
export type LookupUse = Pick<NameUse, 'name' | 'source'>;

/** All that can be said about the templates of a tree without evaluating them: syntax, unknown filters and tests. */
export function checkTemplate(tree: Tree, reading: Reading = 'value'): OrchError[] {
  const errors: OrchError[] = [];
  const complain =
    (what: string, names: ReadonlyMap<string, unknown>, scalar: ScalarTree) =>
    (name: string, at: number): void => {
      if (names.has(name)) return;
      const source = placeOf({ text: String(scalar.value), tree: scalar }, at);
      errors.push(
        new OrchError('TEMPLATE_SYNTAX', unknownName(what, name, names.keys()), { source }),
      );
    };
  each(tree, (scalar) => {
    try {
      visit(scalar, reading, {
        filter: complain('filter', FILTERS, scalar),
        test: complain('test', TESTS, scalar),
      });
    } catch (error) {
      if (error instanceof OrchError) errors.push(error);
      else if (error instanceof OrchErrors) errors.push(...error.errors);
      else throw error;
    }
  });
  return errors;
}

/** The variables that the templates of a tree read, in the order written. Throws OrchError where one cannot be parsed. */
export function namesIn(tree: Tree, reading: Reading = 'value'): readonly NameUse[] {
  const found: NameUse[] = [];
  each(tree, (scalar) => {
    visit(scalar, reading, nameTo(found, { text: String(scalar.value), tree: scalar }));
  });
  return found;
}

const nameTo = (found: NameUse[], origin: Origin): Visitor => ({
  name: (name, at, guarded, sure) =>
    found.push({ name, source: placeOf(origin, at), guarded, sure }),
});

/** As namesIn, of a template file. */
export function namesInFile(file: string, text: string): readonly NameUse[] {
  const source = { file, line: 1, column: 1 };
  const origin: Origin = { text, tree: { kind: 'scalar', value: text, source }, file: true };
  const head = parsed(origin, () => withHeader(text, syntaxOf(undefined)));
  const line = head.text === text ? 1 : 2;
  const whole: Origin = {
    ...origin,
    text: head.text,
    tree: { ...origin.tree, source: { ...source, line } },
  };
  const found: NameUse[] = [];
  const { body } = parsed(whole, (inner) => parseFile(inner, head.syntax));
  parsed(whole, () => visitBody(body, nameTo(found, whole)));
  return found;
}

/** The lookups that the templates of a tree call by a name that is written out. */
export function lookupsIn(tree: Tree, reading: Reading = 'value'): readonly LookupUse[] {
  const found: LookupUse[] = [];
  each(tree, (scalar) => {
    const origin = { text: String(scalar.value), tree: scalar };
    visit(scalar, reading, {
      lookup: (name, at) => found.push({ name, source: placeOf(origin, at) }),
    });
  });
  return found;
}

function each(tree: Tree, work: (scalar: ScalarTree) => void): void {
  if (tree.kind === 'scalar') work(tree);
  else if (tree.kind === 'list') for (const item of tree.items) each(item, work);
  else for (const { value } of tree.entries) each(value, work);
}

function visit(scalar: ScalarTree, reading: Reading, visitor: Visitor): void {
  const { value } = scalar;
  if (typeof value !== 'string' || scalar.literal) return;
  const origin = { text: value, tree: scalar };
  if (reading === 'condition') {
    if (value.trim() === '') return;
    const { expression } = parsed(origin, parseCondition);
    parsed(origin, () => visitExpression(expression, visitor));
  } else if (isTemplate(scalar)) {
    const { body } = parsed(origin, parseTemplate);
    parsed(origin, () => visitBody(body, visitor));
  }
}
