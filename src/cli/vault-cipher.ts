import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Envelope } from '../lib/vault-text.ts';
import type { Secret } from '../model/value.ts';

const ROUNDS = 10_000;

/** Encrypts as Ansible Vault's AES256: PBKDF2-HMAC-SHA256, AES-256-CTR with padding, HMAC-SHA256. */
export function seal(text: string | Buffer, password: Secret, id: string | undefined): Envelope {
  const salt = randomBytes(32);
  const { key, macKey, iv } = keys(password, salt);
  const plain = Buffer.from(text);
  const padding = 16 - (plain.length % 16);
  const engine = createCipheriv('aes-256-ctr', key, iv);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  const cipher = Buffer.concat([engine.update(padded), engine.final()]);
  return { id, salt, cipher, hmac: createHmac('sha256', macKey).update(cipher).digest() };
}

/** What was encrypted; nothing when the password is another one or a byte was changed. */
export function unseal({ salt, hmac, cipher }: Envelope, password: Secret): Buffer | undefined {
  const { key, macKey, iv } = keys(password, salt);
  if (!timingSafeEqual(createHmac('sha256', macKey).update(cipher).digest(), hmac))
    return undefined;
  const engine = createDecipheriv('aes-256-ctr', key, iv);
  const padded = Buffer.concat([engine.update(cipher), engine.final()]);
  const padding = padded.at(-1) ?? 0;
  return padding >= 1 && padding <= 16 ? padded.subarray(0, padded.length - padding) : undefined;
}

function keys(password: Secret, salt: Buffer): { key: Buffer; macKey: Buffer; iv: Buffer } {
  const all = pbkdf2Sync(password.reveal(), salt, ROUNDS, 80, 'sha256');
  return { key: all.subarray(0, 32), macKey: all.subarray(32, 64), iv: all.subarray(64, 80) };
}
