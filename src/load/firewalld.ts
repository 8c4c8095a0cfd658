import { entry, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { findModule } from './args.ts';
import { parseKeyValues } from './key-value.ts';
import type { Loading } from './loading.ts';

const NAMES = new Set(['firewalld', 'ansible.posix.firewalld']);

/** Arguments of ansible.posix.firewalld that firewalld_port takes too. */
const OF_PORTS: ReadonlySet<string> = new Set([
  'port',
  'zone',
  'state',
  'permanent',
  'immediate',
  'offline',
  'timeout',
]);

/**
 * A task of ansible.posix.firewalld as one of ours: firewalld_port where it is about ports alone, else
 * firewalld_zone. Nothing when it is another task.
 */
export function firewalldTask(loading: Loading, named: Entry): Entry | undefined {
  if (!NAMES.has(named.key) || findModule('firewalld', loading)) return undefined;
  const args = argsOf(named);
  if (!args) return undefined;
  const ports =
    entry(args, 'port') !== undefined && args.entries.every(({ key }) => OF_PORTS.has(key));
  const module = ports ? 'firewalld_port' : 'firewalld_zone';
  if (!findModule(module, loading)) return undefined;
  loading.warnings.push({
    message: `${named.key} runs as ${module}: what is right already is left alone, runtime and permanent are looked at and written without a reload.`,
    source: named.keySource,
  });
  const { source } = named.value;
  const add = (key: string, value: string | boolean): Entry => ({
    key,
    keySource: named.keySource,
    value: { kind: 'scalar', value, source },
  });
  const more = [
    // As in ansible.posix: neither of the two means what runs now.
    ...((entry(args, 'permanent') ?? entry(args, 'immediate')) ? [] : [add('immediate', true)]),
    ...(ports ? [add('match', 'exact')] : []),
  ];
  return { ...named, key: module, value: { ...args, entries: [...args.entries, ...more] } };
}

function argsOf({ value }: Entry): MapTree | undefined {
  if (value.kind === 'map') return value;
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return undefined;
  const found = parseKeyValues(value);
  if (!found || found.rest.trim() !== '') return undefined;
  const entries = found.pairs.map((pair): Entry => ({
    ...pair,
    value: booleanWord(pair.value, pair.key),
  }));
  return { kind: 'map', entries, source: value.source };
}

const booleanWord = (tree: Entry['value'], key: string): Tree =>
  tree.kind === 'scalar' &&
  ['permanent', 'immediate', 'offline', 'masquerade'].includes(key) &&
  /^(yes|no|true|false)$/i.test(String(tree.value))
    ? { ...tree, value: /^(yes|true)$/i.test(String(tree.value)) }
    : tree;
