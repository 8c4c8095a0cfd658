import { REDACTED } from './redact.ts';

const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const HASH = /\$(?:1|2[abxy]?|5|6|y|7|gy)\$[./0-9A-Za-z$,=]{8,}/g;
const NAMED =
  /^([^#;\n]*(?:pass(?:word|wd|phrase)?|secret|token|credential|private[_-]?key|api[_-]?key|psk)["']?[ \t]*[:=][ \t]*["']?)[^\s"'][^\n]*/gim;

/** Whether a text holds what nobody marked as secret and yet sounds like it: private keys, hashes of passwords, `token: x`. */
export const soundsSecret = (text: string): boolean => withoutSounding(text) !== text;

/** A text in which what sounds like a secret is masked. */
export const withoutSounding = (text: string): string =>
  text.replace(KEY, REDACTED).replace(HASH, REDACTED).replace(NAMED, `$1${REDACTED}`);
