import { sha256 } from '../../lib/sha256.ts';
import { Secret, type Value, isMap } from '../../model/value.ts';
import { FLAGS, isSecretFlag } from './flag-table.ts';
import { type FlatEntry, type FlatScalar, emitScalar } from './flat-yaml.ts';
import type { FlagValue, K3sState, Sealed } from './state.ts';

/** The first line of every file orch writes. */
export const MARKER = '# Managed by orch (k3s_flags): changes by hand are taken back.';

/** Hides a text behind its hash. */
export const seal = (text: string): Sealed => ({
  sha256: sha256(text),
  secret: new Secret(text),
});

/** Whether a value is sealed. */
export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && 'sha256' in value;

/** Key without the `+` of appended lists. */
export const baseKey = (key: string): string => key.replace(/\+$/, '');

/** A value of the playbook as the state holds it. The types were checked before. */
export function fromParam(key: string, value: Value): FlagValue {
  const type = FLAGS.get(key)?.type;
  const list = Array.isArray(value) ? (value as readonly Value[]) : undefined;
  const text = (item: Value): string | Sealed =>
    item instanceof Secret || isSecretFlag(key) ? seal(reveal(item)) : reveal(item);
  if (type === 'addresses') {
    const items = (list ?? [value]).flatMap((item) => reveal(item).split(','));
    return items.map((item) => item.trim()).join(',');
  }
  if (list || type === 'list') return canonical((list ?? [value]).map(text));
  if (value instanceof Secret || isSecretFlag(key)) return seal(reveal(value));
  if (type === 'integer') return Number(value);
  if (type === 'boolean') return value === true || value === 'true';
  if (typeof value === 'number' || typeof value === 'boolean')
    return type === undefined ? value : String(value);
  return reveal(value);
}

/** The flags of our file as the state holds them; `secrets` are keys to seal besides the usual ones. */
export function fromFile(
  entries: readonly FlatEntry[],
  secrets: ReadonlySet<string>,
): K3sState['flags'] {
  const flags: Record<string, FlagValue> = {};
  for (const { key, value } of entries) {
    const base = baseKey(key);
    const isSecret = isSecretFlag(base) || secrets.has(base);
    if (Array.isArray(value)) {
      const items = (value as readonly FlatScalar[]).map(String);
      if (FLAGS.get(base)?.type === 'addresses') flags[key] = items.join(',');
      else flags[key] = canonical(isSecret ? items.map(seal) : items);
    } else if (isSecret) flags[key] = seal(String(value));
    else flags[key] = normal(base, value as FlatScalar);
  }
  return sorted(flags);
}

function normal(key: string, value: FlatScalar): FlagValue {
  if (FLAGS.get(key)?.type === 'list') return [String(value)];
  return value ?? '';
}

/** A list as the state holds it: K3s takes these lists for sets. */
function canonical(list: readonly (string | Sealed)[]): readonly (string | Sealed)[] {
  const name = (item: string | Sealed): string => (isSealed(item) ? item.sha256 : item);
  const unique = new Map(list.map((item) => [name(item), item]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** The same flags in the order of their keys. */
export const sorted = (flags: K3sState['flags']): K3sState['flags'] =>
  Object.fromEntries(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** The file that holds the flags: sorted, one per line, lists in block form. Reveals secrets. */
export function render(flags: K3sState['flags']): string {
  const rows = Object.entries(sorted(flags)).flatMap(([key, value]) => {
    const items = itemsOf(key, value);
    if (!items) return [`${emitKey(key)}: ${emitScalar(clear(value as FlatScalar | Sealed))}`];
    if (items.length === 0) return [`${emitKey(key)}: []`];
    return [`${emitKey(key)}:`, ...items.map((item) => `  - ${emitScalar(clear(item))}`)];
  });
  return `${[MARKER, ...rows].join('\n')}\n`;
}

function itemsOf(key: string, value: FlagValue): readonly (string | Sealed)[] | undefined {
  if (FLAGS.get(baseKey(key))?.type === 'addresses' && typeof value === 'string')
    return value.split(',');
  return Array.isArray(value) ? (value as readonly (string | Sealed)[]) : undefined;
}

const emitKey = (key: string): string => (/^[A-Za-z][\w.-]*\+?$/.test(key) ? key : emitScalar(key));

const clear = (value: FlatScalar | Sealed): FlatScalar =>
  isSealed(value) ? value.secret.reveal() : value;

const reveal = (value: Value): string =>
  value instanceof Secret
    ? value.reveal()
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** Keys of the playbook's flags whose values are secrets. */
export const secretKeys = (flags: Value | undefined): readonly string[] =>
  isMap(flags)
    ? Object.entries(flags)
        .filter(
          ([, value]) =>
            value instanceof Secret ||
            (Array.isArray(value) && value.some((item) => item instanceof Secret)),
        )
        .map(([key]) => baseKey(key))
    : [];
