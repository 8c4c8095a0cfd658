import { type FlatEntry } from './flat-yaml.ts';
import { type Merged, merge } from './merge.ts';
import { inOrder } from './observe.ts';
import type { ConfigFile, K3sFacts, K3sState } from './state.ts';
import { isSealed } from './values.ts';

/** What K3s will be told, all sources together: files as merged, and the command line of its unit. */
export interface View {
  readonly merged: ReadonlyMap<string, Merged>;
  readonly files: readonly ConfigFile[];
  /** The effective values of a flag as texts; nothing when it is set nowhere. Secrets are hashes. */
  value(key: string): readonly string[] | undefined;
}

/** The view with our file in a given state in place of what the host shows. */
export function viewOf(facts: K3sFacts, state: K3sState): View {
  const others = facts.files.filter(({ path }) => path !== facts.file);
  const own: readonly ConfigFile[] =
    state.mode === null && Object.keys(state.flags).length === 0
      ? []
      : [{ path: facts.file, entries: entriesOf(state) }];
  const files = inOrder([...others, ...own], facts.config);
  const merged = merge(files);
  const line = facts.units.flatMap(({ flags }) => flags);
  return {
    merged,
    files,
    value: (key) => {
      const given = line.filter((flag) => flag.key === key).map(({ value }) => value);
      const values = given.length > 0 ? given : merged.get(key)?.values;
      return values?.flatMap((value) => (key.endsWith('-arg') ? [value] : value.split(',')));
    },
  };
}

const entriesOf = ({ flags }: K3sState): readonly FlatEntry[] =>
  Object.entries(flags).map(([key, value]) => {
    const items = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
    const plain = (item: unknown): string => (isSealed(item) ? item.sha256 : String(item));
    return { key, value: items ? items.map(plain) : plain(value), line: 0 };
  });

/** The address K3s takes for the node: what it is told, or that of flannel-iface, or of the default route. */
export function nodeIp(view: View, facts: K3sFacts): string | undefined {
  const given = view.value('node-ip')?.join(',');
  if (given !== undefined) return given;
  const name = view.value('flannel-iface')?.[0] ?? facts.defaultInterfaces[0];
  return facts.addresses.find((a) => a.interface === name && a.family === 4 && a.global)?.address;
}
