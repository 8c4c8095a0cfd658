import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { shown } from './content.ts';
import { kindOf, modeWord, octal } from './entry.ts';
import { type Was, makeEntry } from './make.ts';
import type { Content, Entry, Raw } from './state.ts';
import { pathWord } from './tools.ts';

/** Puts back what was at a path, where all of it is known: content that was not fetched is not. */
export function inverseOf(path: string, is: Entry, was: Was): Shell | undefined {
  const { raw: old } = was;
  if (!old || is.kind === 'absent') return gone(path, was.missing);
  const entry = before(old);
  if (!entry) return undefined;
  const clear = sh`p=${pathWord(path)}; if [ -d "$p" ] && [ ! -L "$p" ]; then rmdir "$p"; fi`;
  const make = makeEntry(path, { kind: 'file' }, entry, { ...was, raw: undefined });
  return lines([...(entry.kind === 'directory' ? [sh`rm -f ${pathWord(path)}`] : [clear]), make]);
}

/** Takes away what was made, and the folders above that were made for it. */
export const gone = (path: string, missing: number): Shell =>
  lines([
    sh`p=${pathWord(path)}`,
    raw('if [ -d "$p" ] && [ ! -L "$p" ]; then rmdir "$p"; else rm -f "$p"; fi || exit'),
    ...(missing === 0
      ? []
      : [
          sh`n=${missing}; while [ $n -gt 0 ]; do p=\${p%/*}; rmdir "$p" 2>/dev/null || break; n=$((n-1)); done; :`,
        ]),
  ]);

function before(old: Raw): Entry | undefined {
  const [, size, uid = '', gid = ''] = old.stat;
  const owned = { owner: uid, group: gid };
  const attributes = { mode: octal(modeWord(old) & 0o7777), ...owned };
  const kind = kindOf(old);
  if (kind === 'link') return { kind, target: old.target ?? '', ...owned };
  if (kind === 'directory') return old.filled ? undefined : { kind, ...attributes };
  if (kind !== 'file') return undefined;
  const content = size === '0' ? '' : old.base64 === undefined ? undefined : whole(old, old.base64);
  return content === undefined ? undefined : { kind, content, ...attributes };
}

function whole(old: Raw, base64: string): Content {
  const content = shown(old) ?? '';
  return typeof content === 'string' ? content : { ...content, how: { base64 } };
}
