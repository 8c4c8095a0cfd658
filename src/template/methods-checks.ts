/** The methods of Python's `str` that say what kind of characters a text has. */
export const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  isdigit: (v) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u.test(v),
  isdecimal: (v) => /^\p{Nd}+$/u.test(v),
  isnumeric: (v) => /^\p{N}+$/u.test(v),
  isalpha: (v) => /^\p{L}+$/u.test(v),
  isalnum: (v) => /^[\p{L}\p{N}]+$/u.test(v),
  isspace: (v) => /^\s+$/.test(v),
  isupper: (v) => cased(v) && v === v.toUpperCase(),
  islower: (v) => cased(v) && v === v.toLowerCase(),
  istitle: (v) => cased(v) && words(v).every(titled),
  isidentifier: (v) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(v),
  isascii: (v) => !/[^\0-\x7f]/.test(v),
  isprintable: (v) => !/(?! )[\p{C}\p{Z}]/u.test(v),
};

const cased = (value: string): boolean => value.toUpperCase() !== value.toLowerCase();
const words = (value: string): readonly string[] => value.match(/\p{L}+/gu) ?? [];
const titled = (word: string): boolean =>
  word.charAt(0) === word.charAt(0).toUpperCase() && word.slice(1) === word.slice(1).toLowerCase();
