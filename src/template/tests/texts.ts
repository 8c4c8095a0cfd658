import { pattern } from '../regex.ts';
import type { Test } from '../runtime.ts';
import { text } from '../text.ts';

const search = (wrap: (regex: string) => string, params: readonly string[]): Test => ({
  params,
  holds: (value, given) => {
    const flags = { ignoreCase: given.flag('ignorecase'), multiline: given.flag('multiline') };
    return pattern(wrap(given.text('pattern')), flags).test(text(value));
  },
});

const FLAGS = ['pattern', 'ignorecase', 'multiline'];

/** Tests of texts. */
export const TEXTS: Readonly<Record<string, Test>> = {
  lower: { params: [], holds: (v) => /\p{L}/u.test(text(v)) && text(v) === text(v).toLowerCase() },
  upper: { params: [], holds: (v) => /\p{L}/u.test(text(v)) && text(v) === text(v).toUpperCase() },
  match: search((regex) => `\\A(?:${regex})`, FLAGS),
  search: search((regex) => regex, FLAGS),
  regex: {
    params: ['pattern', 'ignorecase', 'multiline', 'match_type'],
    holds: (value, given) => {
      const type = given.text('match_type', 'search');
      const regex = given.text('pattern');
      const full = type === 'fullmatch' ? `\\A(?:${regex})\\Z` : `\\A(?:${regex})`;
      const flags = { ignoreCase: given.flag('ignorecase'), multiline: given.flag('multiline') };
      return pattern(type === 'search' ? regex : full, flags).test(text(value));
    },
  },
  // Nothing is marked as safe for HTML: Ansible never escapes by itself.
  escaped: { params: [], holds: () => false },
  vault_encrypted: { params: [], holds: () => false },
};
