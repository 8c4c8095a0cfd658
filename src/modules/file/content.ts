import { createHash } from 'node:crypto';
import { sha256 } from '../../lib/sha256.ts';
import type { Brought } from '../../model/module.ts';
import { Secret } from '../../model/value.ts';
import { type Content, LARGEST_TEXT, type Raw, type SealedContent } from './state.ts';

/** The text that bytes are; nothing when they are no UTF-8 text that a diff could show. */
export function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

/** Content made of bytes: text where it is text and not too long. */
export function contentOf(bytes: Buffer): Content {
  const text = bytes.length <= LARGEST_TEXT ? textOf(bytes) : undefined;
  return text ?? summed(bytes);
}

/** Content that is known by its hash, with the bytes at hand. */
export const summed = (bytes: Buffer): Content => ({
  sha256: sha256(bytes),
  size: bytes.length,
  how: bytes.length > LARGEST_TEXT ? { read: () => bytes } : { base64: bytes.toString('base64') },
});

/** Content that a secret is in. */
export const sealed = (text: string): SealedContent => ({
  secret: new Secret(text),
  sha256: sha256(text),
  size: Buffer.byteLength(text),
});

/** What the host showed of a content. */
export function shown(raw: Raw): Content | undefined {
  if (raw.base64 !== undefined) {
    const bytes = Buffer.from(raw.base64, 'base64');
    return textOf(bytes) ?? { sha256: sha256(bytes), size: bytes.length };
  }
  if (raw.sha256 === undefined) return undefined;
  return { sha256: raw.sha256, size: Number(raw.stat[1]) };
}

/** The hash of a content. */
export const sumOf = (content: Content): string =>
  typeof content === 'string' ? sha256(content) : content.sha256;

/** Whether two contents are the same bytes. */
export const sameContent = (a: Content | undefined, b: Content): boolean =>
  a !== undefined && (a === b || sumOf(a) === sumOf(b));

/** How many bytes a content has. */
export const sizeOf = (content: Content): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : content.size;

/** Hashes as results of Ansible have them; none when the bytes are not here. */
export function sumsOf(content: Content): { readonly sha1?: string; readonly md5?: string } {
  const bytes = bytesOf(content);
  if (!bytes) return {};
  const hash = (name: string): string => createHash(name).update(bytes).digest('hex');
  return { sha1: hash('sha1'), md5: hash('md5') };
}

/** What has to be sent beside a script to write a content: what is too large to stand in it. */
export function broughtOf(content: Content): Brought | undefined {
  if (typeof content === 'string') return undefined;
  const { size } = content;
  if (!('secret' in content) && content.how && 'file' in content.how)
    return { size, from: { file: content.how.file } };
  const bytes = size > LARGEST_TEXT ? bytesOf(content) : undefined;
  return bytes && { size, from: { bytes } };
}

/** The bytes of a content, where they are here. Reveals a secret: only for what is sent. */
export function bytesOf(content: Content): Buffer | undefined {
  if (typeof content === 'string') return Buffer.from(content, 'utf8');
  if ('secret' in content) return Buffer.from(content.secret.reveal(), 'utf8');
  const { how } = content;
  if (!how || 'file' in how) return undefined;
  return 'read' in how ? how.read() : Buffer.from(how.base64, 'base64');
}
