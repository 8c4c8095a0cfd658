import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import type { Value, ValueMap } from '../model/value.ts';
import { hashPassword } from '../template/filters/passwords.ts';
import { Mersenne } from '../template/mersenne.ts';
import { searchPath, textOf, type Lookup } from './search-path.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const SETS: Readonly<Record<string, string>> = {
  ascii_letters: LOWER + LOWER.toUpperCase(),
  ascii_lowercase: LOWER,
  ascii_uppercase: LOWER.toUpperCase(),
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  letters: LOWER + LOWER.toUpperCase(),
};
const NAMES = ['length', 'encrypt', 'chars', 'ident', 'seed'];

/** The path of a term and the options behind it. */
function read(
  term: string,
  given: ValueMap,
): { path: string; option: (name: string) => Value | undefined } {
  const options = new Map<string, Value>(Object.entries(given));
  const words = term.split(' ');
  while (words.length > 1) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(words.at(-1) ?? '') ?? [];
    if (!NAMES.includes(name)) break;
    options.set(name, value);
    words.pop();
  }
  return { path: words.join(' '), option: (name) => options.get(name) };
}

/** The characters a password may have: names of sets and characters themselves. */
function letters(chars: Value | undefined): string {
  const listed = Array.isArray(chars)
    ? (chars as readonly Value[]).map(textOf)
    : textOf(chars ?? 'ascii_letters,digits,.,:-_')
        .replaceAll(',,', ',\0')
        .split(',')
        .map((part) => (part === '\0' ? ',' : part));
  const usual = chars === undefined ? ['ascii_letters', 'digits', '.,:-_'] : listed;
  return usual.map((part) => (Object.hasOwn(SETS, part) ? (SETS[part] ?? '') : part)).join('');
}

function draw(length: number, from: string, seed: Value | undefined): string {
  const numbers = seed === undefined || seed === null ? undefined : new Mersenne(seed);
  return Array.from({ length }, () =>
    from.charAt(numbers ? numbers.below(from.length) : randomInt(from.length)),
  ).join('');
}

const SALT = `${LOWER}${LOWER.toUpperCase()}0123456789./`;

function save(path: string, content: string): void {
  if (path === '/dev/null') return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${content}\n`, { mode: 0o600 });
}

/** A password kept in a file of this machine; made by chance, or from a seed, when the file is not there. */
export const password: Lookup = (terms, given, asking) =>
  terms.map((term) => {
    const { path, option } = read(textOf(term), given);
    const [base = '.'] = searchPath(asking);
    const file = isAbsolute(path) ? path : join(base, path);
    const there = file !== '/dev/null' && existsSync(file);
    const kept = there ? readFileSync(file, 'utf8').replace(/\n$/, '') : undefined;
    const [, old = kept, oldSalt] = /^(.*) salt=(\S+)/s.exec(kept ?? '') ?? [];
    const length = Number(option('length') ?? 20);
    const from = letters(option('chars'));
    if (!Number.isInteger(length) || from === '') {
      throw new OrchError(
        'TEMPLATE_FAILED',
        'The lookup "password" needs a length and characters.',
      );
    }
    const plain = old ?? draw(length, from, option('seed'));
    const encrypt = option('encrypt');
    const salt = oldSalt ?? draw(textOf(encrypt).startsWith('md5') ? 8 : 16, SALT, undefined);
    const content = encrypt ? `${plain} salt=${salt}` : plain;
    if (content !== kept) save(file, content);
    return encrypt ? hashPassword(plain, textOf(encrypt), salt) : plain;
  });
