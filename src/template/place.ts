import type { Source } from '../lib/source.ts';
import { OrchError } from '../lib/errors.ts';
import type { Tree } from '../model/tree.ts';
import { Flaw } from './flaw.ts';

/** A text that is evaluated, and the scalar of the file it stands in. */
export interface Origin {
  readonly text: string;
  readonly tree: Tree;
  /** The text is a whole file: its lines count from its place. */
  readonly file?: true;
}

/**
 * The place of an offset in the text of a scalar. A tree does not know how its scalar was written, so
 * this infers it: text that YAML cannot hold unquoted starts one column later, text with line breaks
 * is a block whose lines follow (its indentation is not known: the column is the one within the text).
 */
export function placeOf({ text, tree, file }: Origin, offset: number): Source {
  const { source } = tree;
  if (file) {
    const before = text.slice(0, offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return { file: source.file, line: source.line + before.length - 1, column };
  }
  if (tree.kind !== 'scalar' || tree.value !== text) return source;
  const before = text.slice(0, offset);
  if (!text.includes('\n')) {
    return { ...source, column: source.column + offset + (needsQuotes(text) ? 1 : 0) };
  }
  const lines = before.split('\n');
  return {
    file: source.file,
    line: source.line + lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
  };
}

const needsQuotes = (text: string): boolean =>
  /^[\s{}[\],&*!|>'"%@`#]|^[-?:](?:\s|$)|:(?:\s|$)|\s#|\s$|^$/.test(text);

/** A mistake in a template as an error the user can find. */
export const placed = (flaw: Flaw, origin: Origin): OrchError =>
  new OrchError('TEMPLATE_SYNTAX', flaw.message, {
    source: placeOf(origin, flaw.at),
    hint: flaw.hint,
  });

/** Parses, with mistakes placed. */
export function parsed<T>(origin: Origin, parse: (text: string) => T): T {
  try {
    return parse(origin.text);
  } catch (error) {
    if (error instanceof Flaw) throw placed(error, origin);
    if (!(error instanceof RangeError)) throw error;
    throw placed(new Flaw('The template is nested too deeply.', 0), origin);
  }
}
