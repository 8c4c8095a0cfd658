import { OrchError } from './errors.ts';
import { PatternFlaw, pythonRegex } from './python-regex.ts';
import type { Source } from './source.ts';

/** Where a pattern was written, and whether it has to fit from the beginning of the text. */
export interface Matching {
  readonly source?: Source;
  readonly fromStart?: boolean;
}

/**
 * Whether a text holds what a pattern of Python's `re` looks for; `what` names the pattern in errors. Throws
 * OrchError ARGUMENT_INVALID where the pattern is none.
 */
export function matcher(
  pattern: string,
  what: string,
  { source, fromStart }: Matching = {},
): (text: string) => boolean {
  try {
    const regex = pythonRegex(pattern);
    return (text) => (fromStart ? text.search(regex) === 0 : text.search(regex) >= 0);
  } catch (error) {
    if (!(error instanceof PatternFlaw)) throw error;
    throw new OrchError('ARGUMENT_INVALID', `${what} ${JSON.stringify(pattern)} ${error.message}`, {
      source,
      hint: 'Check its brackets and escapes.',
    });
  }
}
