import { renderError } from '../../src/lib/frame.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';

/** What a user would read of the errors an action throws, given the files it reads; "" when it throws none. */
export function rendered(action: () => unknown, texts: Readonly<Record<string, string>>): string {
  try {
    action();
    return '';
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors) {
      return renderError(error, (file) => texts[file]);
    }
    throw error;
  }
}

/** Lines of a text, joined; for expected output in tests. */
export const lines = (...all: readonly string[]): string => all.join('\n');
