import { splitWords } from '../actions/words.ts';
import { isSecretFlag } from './flag-table.ts';
import type { Unit } from './state.ts';

/** A unit file or a drop-in of one, as read. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The units of K3s with the flags on their command lines. Files in /etc replace those in /usr/lib, drop-ins
 * add; the last ExecStart counts. Values of secret flags are left out.
 */
export function parseUnits(files: readonly UnitFile[]): readonly Unit[] {
  const byUnit = new Map<string, UnitFile[]>();
  for (const file of files) {
    const name = /\/(k3s(?:-agent)?)\.service(?:\.d\/|$)/.exec(file.path)?.[1];
    if (name === undefined) continue;
    const isDropIn = file.path.includes('.service.d/');
    byUnit.set(name, isDropIn ? [...(byUnit.get(name) ?? []), file] : [file]);
  }
  return [...byUnit.values()].flatMap(unit);
}

function unit(files: readonly UnitFile[]): readonly Unit[] {
  let last: { path: string; words: readonly string[] } | undefined;
  for (const { path, text } of files) {
    for (const [, line] of text.replaceAll(/\\\n/g, ' ').matchAll(/^\s*ExecStart\s*=(.*)$/gm)) {
      const split = splitWords((line ?? '').trim());
      const words = 'words' in split ? split.words : (line ?? '').trim().split(/\s+/);
      if (words.length > 0) last = { path, words };
    }
  }
  if (!last) return [];
  const at = last.words.findIndex((word) => word === 'server' || word === 'agent');
  if (at < 0) return [];
  const role = last.words[at] === 'agent' ? 'agent' : 'server';
  return [{ path: last.path, role, flags: flags(last.words.slice(at + 1)) }];
}

function flags(words: readonly string[]): Unit['flags'] {
  return words.flatMap((word, i) => {
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
    if (!match) return [];
    const key = match[1] === 'c' ? 'config' : (match[1] ?? '');
    const next = words[i + 1];
    const value = match[2] ?? (next !== undefined && !next.startsWith('-') ? next : 'true');
    return [{ key, value: isSecretFlag(key) ? '' : value }];
  });
}
