import { Refusal } from '../../model/module.ts';
import { octal } from './entry.ts';

/** A mode a symbolic one starts from. */
export interface Before {
  readonly mode: number;
  readonly directory: boolean;
  readonly umask: number;
}

const WHO = { u: 6, g: 3, o: 0 } as const;
type Who = keyof typeof WHO;

/**
 * A `mode` argument as four octal digits: text is octal or symbolic, a number is what YAML made of it
 * (`0644` is octal there, `644` is not and means something else).
 */
export function modeOf(given: string | number, before: Before): string | Refusal {
  if (typeof given === 'number') return octal(given & 0o7777);
  const text = given.trim();
  if (/^(0o?)?[0-7]{1,5}$/.test(text)) return octal(parseInt(text.replace(/^0o/, ''), 8) & 0o7777);
  let mode = before.mode;
  for (const part of text.split(',')) {
    const next = /^[ugoa]*([-+=][rwxXstugo]*)+$/.test(part)
      ? applied(part, mode, before)
      : undefined;
    if (next === undefined) return bad(given);
    mode = next;
  }
  return octal(mode);
}

const bad = (given: string): Refusal =>
  new Refusal(`mode ${JSON.stringify(given)} is neither octal nor symbolic`, {
    pointer: '/mode',
    code: 'ARGUMENT_INVALID',
    hint: 'Write it as "0644", or as chmod does: u=rwX,g=rX,o=.',
  });

/** What is wrong with a mode whatever the file is. */
export const modeProblem = (given: string | number): Refusal | undefined => {
  const mode = modeOf(given, { mode: 0, directory: false, umask: 0 });
  return mode instanceof Refusal ? mode : undefined;
};

function applied(part: string, start: number, before: Before): number {
  const who = /^[ugoa]*/.exec(part)?.[0] ?? '';
  const users: readonly Who[] = who === '' || who === 'a' ? ['u', 'g', 'o'] : words(who);
  let mode = start;
  for (const [, sign = '', perms = ''] of part.matchAll(/([-+=])([rwxXstugo]*)/g)) {
    for (const user of users) {
      const bits = bitsOf(user, perms, before, who === '');
      if (sign === '+') mode |= bits;
      else if (sign === '-') mode &= ~bits;
      else mode = (mode & ~maskOf(user)) | bits;
    }
  }
  return mode;
}

const words = (who: string): readonly Who[] =>
  who.split('').filter((letter): letter is Who => letter in WHO);

const SPECIAL: Readonly<Record<Who, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 };

const maskOf = (user: Who): number => (0o7 << WHO[user]) | SPECIAL[user];

/** Where `+` and `-` would need the mode of another class, the mode before the whole change counts. */
function bitsOf(user: Who, perms: string, before: Before, masked: boolean): number {
  const shift = WHO[user];
  const allowed = masked ? ~before.umask : -1;
  let bits = 0;
  for (const perm of perms) {
    if (perm === 'r') bits |= (0o4 << shift) & allowed;
    if (perm === 'w') bits |= (0o2 << shift) & allowed;
    if (perm === 'x') bits |= (0o1 << shift) & allowed;
    if (perm === 'X' && (before.directory || (before.mode & 0o111) !== 0)) bits |= 0o1 << shift;
    if (perm === 's' && user !== 'o') bits |= SPECIAL[user];
    if (perm === 't' && user === 'o') bits |= SPECIAL.o;
    if (perm in WHO) bits |= ((before.mode >> WHO[perm as Who]) & 0o7) << shift;
  }
  return bits;
}
