import { createHash, hash as oneHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Three bytes, the first the highest, as the four letters of crypt(3). */
function letters(bytes: Buffer, triples: readonly (readonly number[])[]): string {
  let out = '';
  for (const triple of triples) {
    let word = 0;
    for (const index of triple) word = (word << 8) | (index < 0 ? 0 : (bytes[index] ?? 0));
    const count = Math.ceil((triple.filter((index) => index >= 0).length * 8) / 6);
    for (let i = 0; i < count; i++, word >>= 6) out += ALPHABET.charAt(word & 63);
  }
  return out;
}

/** In which order the bytes of a hash are written. */
const ORDER_512 = [
  ...Array.from({ length: 21 }, (_, i) => {
    const [a, b, c] = [i, i + 21, i + 42];
    return i % 3 === 0 ? [a, b, c] : i % 3 === 1 ? [b, c, a] : [c, a, b];
  }),
  [-1, -1, 63],
];
const ORDER_256 = [
  ...Array.from({ length: 10 }, (_, i) => {
    const [a, b, c] = [i, i + 10, i + 20];
    return i % 3 === 0 ? [a, b, c] : i % 3 === 1 ? [c, a, b] : [b, c, a];
  }),
  [-1, 31, 30],
];
const ORDER_MD5 = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
  [-1, -1, 11],
];

function repeated(bytes: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0; at < length; at += bytes.length) bytes.copy(out, at);
  return out;
}

/** The hash of a password as crypt(3) writes it with SHA-256 or SHA-512. */
export function shaCrypt(
  kind: 'sha256' | 'sha512',
  password: string,
  salt: string,
  rounds: number,
): string {
  const key = Buffer.from(password);
  const grain = Buffer.from(salt);
  const hash = (...parts: readonly Buffer[]): Buffer => {
    const made = createHash(kind);
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const other = hash(key, grain, key);
  const first = [key, grain, repeated(other, key.length)];
  for (let n = key.length; n > 0; n >>= 1) first.push(n & 1 ? other : key);
  let digest = hash(...first);
  const p = repeated(hash(...Array.from({ length: key.length }, () => key)), key.length);
  const times = 16 + (digest[0] ?? 0);
  const s = repeated(hash(...Array.from({ length: times }, () => grain)), grain.length);
  // Hundreds of thousands of rounds: one buffer and one call for each.
  const input = Buffer.alloc(digest.length + 2 * p.length + s.length);
  for (let i = 0; i < rounds; i++) {
    let end = (i & 1 ? p : digest).copy(input);
    if (i % 3 !== 0) end += s.copy(input, end);
    if (i % 7 !== 0) end += p.copy(input, end);
    end += (i & 1 ? digest : p).copy(input, end);
    digest = oneHash(kind, input.subarray(0, end), 'buffer');
  }
  const id = kind === 'sha512' ? '6' : '5';
  const cost = rounds === 5000 ? '' : `rounds=${rounds}$`;
  return `$${id}$${cost}${salt}$${letters(digest, kind === 'sha512' ? ORDER_512 : ORDER_256)}`;
}

/** The hash of a password as crypt(3) writes it with MD5: for old devices only. */
export function md5Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const grain = Buffer.from(salt);
  const hash = (...parts: readonly Buffer[]): Buffer => {
    const made = createHash('md5');
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const first = [key, Buffer.from('$1$'), grain, repeated(hash(key, grain, key), key.length)];
  for (let n = key.length; n > 0; n >>= 1) first.push(n & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let digest = hash(...first);
  for (let i = 0; i < 1000; i++) {
    const parts = [i & 1 ? key : digest];
    if (i % 3 !== 0) parts.push(grain);
    if (i % 7 !== 0) parts.push(key);
    parts.push(i & 1 ? digest : key);
    digest = hash(...parts);
  }
  return `$1$${salt}$${letters(digest, ORDER_MD5)}`;
}
