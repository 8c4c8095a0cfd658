import { createHash } from 'node:crypto';
import { failure, wrongType } from '../faults.ts';
import { md5Crypt, shaCrypt } from '../sha-crypt.ts';
import type { Filter, Given, Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { isText } from '../values.ts';

interface Scheme {
  readonly salt: number;
  readonly rounds: number;
  readonly hash: (password: string, salt: string, rounds: number) => string;
}

const sha512: Scheme = {
  salt: 16,
  rounds: 656_000,
  hash: (password, salt, rounds) => shaCrypt('sha512', password, salt, rounds),
};
const sha256: Scheme = {
  salt: 16,
  rounds: 535_000,
  hash: (password, salt, rounds) => shaCrypt('sha256', password, salt, rounds),
};
const md5: Scheme = { salt: 8, rounds: 1000, hash: md5Crypt };

/** The kinds of hash, under Ansible's names and passlib's. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  sha512,
  sha512_crypt: sha512,
  sha256,
  sha256_crypt: sha256,
  md5,
  md5_crypt: md5,
};

const LETTERS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function saltOf(given: Given, runtime: Runtime, usual: number): string {
  const wanted = given.optional('salt');
  // As in Ansible an empty salt is none: all equal passwords would look equal.
  if (wanted !== undefined && wanted !== '') {
    if (!/^[./0-9A-Za-z]*$/.test(wanted) || wanted.length > usual) {
      throw failure(`A salt has at most ${usual} letters, digits, dots and slashes.`);
    }
    return wanted;
  }
  const roll = runtime.ports.random;
  if (!roll) throw failure('Without a salt, a password cannot be hashed here.', 'Give salt=.');
  const size = given.get('salt_size') === null ? usual : given.integer('salt_size', usual);
  return Array.from({ length: size }, () => LETTERS.charAt(Math.floor(roll() * 64))).join('');
}

function schemeOf(name: string): Scheme {
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (scheme) return scheme;
  throw failure(`Passwords cannot be hashed with "${name}".`, 'Use sha512, sha256 or md5.');
}

/** The hash of a password with a kind and a salt, as the filter `password_hash` makes it. */
export function hashPassword(password: string, kind: string, salt: string): string {
  const scheme = schemeOf(kind);
  return scheme.hash(password, salt, scheme.rounds);
}

/** Hashes made with a salt that was given: the same for every host, and each takes a second. */
const made = new Map<string, string>();

function kept(
  name: string,
  scheme: Scheme,
  of: { readonly password: string; readonly salt: string; readonly rounds: number },
): string {
  const key = JSON.stringify([name, of.password, of.salt, of.rounds]);
  const known = made.get(key) ?? scheme.hash(of.password, of.salt, of.rounds);
  if (made.size > 100) made.clear();
  made.set(key, known);
  return known;
}

const NAMESPACE = '361E6D51-FAEC-444A-9079-341386DA8E2E';

/** A UUID of version 5: made of a name, and always the same for it. */
function uuid(name: string, namespace: string): string {
  const hex = namespace.replace(/^urn:uuid:|[{}-]/g, '');
  if (!/^[\da-f]{32}$/i.test(hex)) throw failure(`The namespace "${namespace}" is no UUID.`);
  const hash = createHash('sha1').update(Buffer.from(hex, 'hex')).update(name).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const word = hash.toString('hex', 0, 16);
  return word.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Filters that hash passwords as /etc/shadow wants them, and make identities. */
export const PASSWORDS: Readonly<Record<string, Filter>> = {
  password_hash: {
    params: ['hashtype', 'salt', 'salt_size', 'rounds', 'ident'],
    run: (value, given, runtime) => {
      if (!isText(value)) throw wrongType('A password to hash', 'text', value);
      const name = given.text('hashtype', 'sha512');
      const scheme = schemeOf(name);
      const salt = saltOf(given, runtime, scheme.salt);
      const rounds =
        given.get('rounds') === null ? scheme.rounds : given.integer('rounds', scheme.rounds);
      if (rounds < 1000 || rounds > 1_000_000) {
        throw failure('The rounds must be from 1000 to 1000000.');
      }
      return kept(name, scheme, { password: text(value), salt, rounds });
    },
  },
  to_uuid: {
    params: ['namespace'],
    run: (value, given) => uuid(text(value), given.text('namespace', NAMESPACE)),
  },
};
