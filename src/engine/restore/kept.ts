import { soundsSecret } from '../../lib/sounding.ts';
import { MASK, Secret } from '../../model/value.ts';
import type { Plain } from '../../model/change.ts';
import type { KeptThing, LostThing, ResourceChanged } from '../../model/journal.ts';
import type { Resource, Seen } from '../../model/module.ts';
import { diff } from '../diff.ts';
import { at, hashed } from './same.ts';

/** What is known of a change when it is written down. */
export interface Changed {
  readonly resource: Resource<unknown, unknown, unknown>;
  readonly scopes: readonly unknown[];
  readonly before: Seen<unknown, unknown>;
  /** As it was seen afterwards. */
  readonly after: Seen<unknown, unknown>;
  /** `after` is only what is planned. */
  readonly planned: boolean;
  /** A task of it says no_log. */
  readonly hidden: boolean;
  /** Whether a known secret stands in a text. */
  holdsSecret(text: string): boolean;
}

/** Why what only happens cannot be taken back. */
export const HAPPENED =
  'it happened and left no state; do it again where what is restored has to be read';

/** Bytes that are kept of one thing. */
const LARGEST = 64 * 1024;
/** Texts of what is now that are longer are kept by their hash. */
const LONGEST = 128;

/** What a journal keeps of a change: never a secret, and not much. */
export function keptOf(
  change: Changed,
): Pick<ResourceChanged, 'things' | 'lost' | 'how' | 'scopes'> & { readonly changed: boolean } {
  const { resource, before, after } = change;
  const { recall } = resource;
  const was = wholeOf(resource, before);
  const is = change.planned ? after.state : wholeOf(resource, after);
  const all = diff(before.state, after.state).map(({ path }) => path);
  const things: KeptThing[] = [];
  const lost: LostThing[] = [];
  for (const path of pathsOf(resource, all)) {
    const one = { path, before: at(was, path), after: at(is, path) };
    const why = whyLost(one, change);
    if (why !== undefined) lost.push({ path, why });
    else things.push(thing(one));
  }
  const changed = all.length > 0;
  const scopes =
    recall?.scopes?.(
      change.scopes,
      things.map(({ path }) => path),
    ) ?? change.scopes;
  const told = scopes.map((scope) => plain(scope, false));
  if (things.length > 0 && isTainted([told], change))
    return {
      changed,
      lost: [...lost, ...things.map(({ path }) => ({ path, why: 'a secret is in its name' }))],
    };
  const how = (was as { readonly how?: unknown }).how;
  const kept = how === undefined ? undefined : hows(how, things);
  return {
    changed,
    ...(things.length > 0 ? { things, scopes: unique(told) } : {}),
    ...(lost.length > 0 ? { lost } : {}),
    ...(kept === undefined ? {} : { how: kept }),
  };
}

/** The state as it is written down and compared. */
export const wholeOf = (
  { recall }: Resource<unknown, unknown, unknown>,
  seen: Seen<unknown, unknown>,
): unknown => recall?.state?.(seen) ?? seen.state;

/** Of how things are made again, what is about those that changed; all of it where it does not tell them apart. */
function hows(how: unknown, things: readonly KeptThing[]): Plain {
  const all = plain(how, false);
  if (typeof all !== 'object' || all === null || Array.isArray(all)) return all;
  const names = new Set(things.flatMap(({ path }) => path));
  const own = Object.entries(all as Readonly<Record<string, Plain>>);
  return own.some(([name]) => name.startsWith('/'))
    ? Object.fromEntries(own.filter(([name]) => names.has(name)))
    : all;
}

/** The things that differences are about. */
const pathsOf = (
  { recall }: Resource<unknown, unknown, unknown>,
  all: readonly (readonly string[])[],
): readonly (readonly string[])[] =>
  unique(
    all
      .filter(([first = '']) => !recall?.idle?.includes(first))
      .map((path) => path.slice(0, recall?.depth ?? 2)),
  );

interface Raw {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

function whyLost({ path, before, after }: Raw, change: Changed): string | undefined {
  if (change.hidden) return 'no_log hides it';
  if (isTainted([path, before, after], change)) return 'a secret is in it';
  if (isTainted([at(change.before.state, path), at(change.after.state, path)], change))
    return 'a secret is in it';
  if (texts(before).some(soundsSecret)) return 'what was there holds what sounds like a secret';
  if (texts(before).some((text) => text.includes(ESCAPED))) return 'it cannot be written down';
  const size = Buffer.byteLength(JSON.stringify(plain(before, false)));
  if (size > LARGEST) return `what was there is larger than ${LARGEST / 1024} KiB`;
  const same = JSON.stringify(before) === JSON.stringify(after);
  return change.resource.recall?.lost?.(path, before, after) ?? (same ? HAPPENED : undefined);
}

function thing({ path, before, after }: Raw): KeptThing {
  return {
    path,
    ...(before === undefined ? {} : { before: escaped(plain(before, false)) }),
    ...(after === undefined ? {} : { after: plain(after, true) }),
  };
}

/** Whether a secret, known as one, is in some values. */
function isTainted(values: readonly unknown[], { holdsSecret }: Changed): boolean {
  return values.some((value) => hasSecret(value) || texts(value).some(holdsSecret));
}

function hasSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasSecret);
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Secret) return [];
  const inner = Object.entries(value).flatMap(([key, one]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...texts(one),
  ]);
  const { base64 } = value as { readonly base64?: unknown };
  return typeof base64 === 'string'
    ? [...inner, Buffer.from(base64, 'base64').toString('latin1')]
    : inner;
}

/** A mask in a text that was there would be taken for one that hides a secret. */
const [STARS, ESCAPED] = ['****', '***\u2060*'] as const;

/** A value in which no text looks masked. */
export function escaped(value: Plain): Plain {
  return mapped(value, (text) => text.replaceAll(STARS, ESCAPED));
}

/** The value that `escaped` was given; nothing where a secret was masked since. */
export function unescaped(value: Plain): Plain | undefined {
  if (texts(value).some((text) => text.includes(MASK))) return undefined;
  return mapped(value, (text) => text.replaceAll(ESCAPED, STARS));
}

function mapped(value: Plain, text: (text: string) => string): Plain {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((one: Plain) => mapped(one, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Plain>>).map(([key, one]) => [
      key,
      mapped(one, text),
    ]),
  );
}

/** JSON data without secrets and without what is undefined; `short`: long texts by their hash. */
function plain(value: unknown, short: boolean): Plain {
  if (typeof value === 'string') return short && value.length > LONGEST ? hashed(value) : value;
  if (Array.isArray(value)) return value.map((one) => plain(one, short));
  if (typeof value !== 'object' || value === null)
    return value === undefined ? null : (value as Plain);
  const entries = Object.entries(value).filter(
    ([key, one]) => one !== undefined && !(one instanceof Secret) && !(short && key === 'how'),
  );
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one, short)]));
}

function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
}
