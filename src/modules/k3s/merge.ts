import type { FlatEntry, FlatScalar } from './flat-yaml.ts';
import type { ConfigFile } from './state.ts';
import { baseKey } from './values.ts';

/** The value K3s ends up with for a flag, as texts, and the file that had the last word. */
export interface Merged {
  readonly values: readonly string[];
  readonly file: string;
  /** Set when the last word was a null. */
  readonly isNull: boolean;
}

/**
 * All configuration files as K3s merges them (pkg/configfilearg/parser.go): the last file wins a key, `key+`
 * appends to what came before. Files that cannot be read are left out: they are refused elsewhere.
 */
export function merge(files: readonly ConfigFile[]): ReadonlyMap<string, Merged> {
  const merged = new Map<string, Merged>();
  for (const { path, entries } of files) {
    if (!isEntries(entries)) continue;
    for (const { key, value } of entries) {
      const name = baseKey(key);
      const before = key.endsWith('+') ? merged.get(name) : undefined;
      const list: readonly FlatScalar[] = Array.isArray(value) ? value : [value as FlatScalar];
      merged.set(name, {
        values: [
          ...(before?.values ?? []),
          ...list.map((item) => (item === null ? '' : String(item))),
        ],
        file: path,
        isNull: value === null,
      });
    }
  }
  return merged;
}

/** Whether a file was understood. */
export const isEntries = (entries: ConfigFile['entries']): entries is readonly FlatEntry[] =>
  Array.isArray(entries);
