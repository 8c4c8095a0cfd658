import { quote } from './shell.ts';

/** What stands where a secret stood. */
export const REDACTED = '********';

/** Secrets shorter than this would blank out ordinary words: they count only as a whole string. */
export const SHORTEST = 4;

/** Words of the event union itself: a secret that is spelt like one must not break the shape of events. */
const STRUCTURE: ReadonlyMap<string, RegExp> = new Map([
  [
    'type',
    /^(run|play|batch|host|trip|task)-(started|ended|connected|lost|output)$|^(warned|transfer|safeguard|resource-changed|action-undo)$/,
  ],
  ['phase', /^(begun|done|undone)$/],
  ['kind', /^(ok|changed|failed|skipped|unknown|unreachable|set|value|text)$/],
  ['purpose', /^(observe|apply|action|safeguard|lease)$/],
  ['stream', /^(stdout|stderr)$/],
  ['direction', /^(sent|received)$/],
  ['disruption', /^(none|connection|reload|restart|reboot)$/],
]);

/** Makes a function that copies JSON-like data without the secrets known at the time of the call. */
export function redactor(secrets: ReadonlySet<string>): <T>(data: T) => T {
  let known = -1;
  let clean = (text: string): string => text;
  return <T>(data: T): T => {
    if (secrets.size !== known) {
      known = secrets.size;
      clean = cleaner(secrets);
    }
    return copy(data, '', clean) as T;
  };
}

/** A copy of an event in which every known secret, in whatever spelling, is masked; values that are no JSON become JSON. */
export const redact = <T>(event: T, secrets: ReadonlySet<string>): T => redactor(secrets)(event);

function cleaner(secrets: ReadonlySet<string>): (text: string) => string {
  const whole = new Set([...secrets].filter((secret) => secret !== '' && secret.length < SHORTEST));
  const parts = new Set([...secrets].filter((s) => s.length >= SHORTEST).flatMap(spellings));
  const longestFirst = [...parts].sort((a, b) => b.length - a.length).map(escape);
  const pattern = longestFirst.length > 0 ? new RegExp(longestFirst.join('|'), 'g') : undefined;
  return (text) => {
    if (whole.has(text)) return REDACTED;
    return pattern ? text.replace(pattern, REDACTED) : text;
  };
}

/** The forms in which a secret turns up in scripts, diffs, URLs and error messages. */
function spellings(secret: string): string[] {
  const trimmed = secret.trim();
  const lines = trimmed.split('\n').map((line) => line.trim());
  const forms = [secret, trimmed, ...(lines.length > 1 ? lines : [])].flatMap((text) => [
    text,
    ...inQuotes(text),
    quote(text.replaceAll('\0', '')),
    encodeURIComponent(text.replace(/\p{Surrogate}/gu, '')),
    ...inBase64(text),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** As JSON writes it, with and without other letters than those of ASCII, Python in either quotes, and YAML in single ones. */
function inQuotes(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const python = json.replaceAll('\\"', '"');
  return [json, ascii, python, python.replaceAll("'", "\\'"), text.replaceAll("'", "''")];
}

/** Shortest piece of base64 that is taken for a secret inside something longer. */
const SHORTEST_PIECE = 8;

/** In base64, also behind one or two other bytes, as in `user:password`; what other bytes have a part in is left out. */
function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const end = Math.floor((whole.length * 8) / 6);
    const piece = whole.toString('base64').slice(before === 0 ? 0 : before + 1, end);
    const own = before === 0 ? [whole.toString('base64').replace(/=+$/, '')] : [];
    const pieces = piece.length >= SHORTEST_PIECE ? [piece] : [];
    return [...own, ...pieces].flatMap((one) => [one, one.replace(/[+/]/g, urlSafe)]);
  });
}

const urlSafe = (char: string): string => (char === '+' ? '-' : '_');

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function copy(data: unknown, key: string, clean: (text: string) => string): unknown {
  if (typeof data === 'string') return STRUCTURE.get(key)?.test(data) ? data : clean(data);
  if (typeof data === 'number' || typeof data === 'bigint') {
    const text = String(data);
    const cleaned = clean(text);
    return cleaned === text ? Number(data) : cleaned;
  }
  if (Array.isArray(data)) return data.map((item) => copy(item, '', clean));
  if (typeof data !== 'object' || data === null) return typeof data === 'boolean' ? data : null;
  if (hasJson(data)) return ofJson(data, copy(data.toJSON(), key, clean));
  if (Object.getPrototypeOf(data) !== Object.prototype && 'why' in data) {
    return clean(`unknown: ${String(data.why)}`);
  }
  if ('lazy' in data && data.lazy === true) return {};
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined || typeof value === 'function') continue;
    define(out, clean(name), copy(value, name, clean));
  }
  return out;
}

/** A number that knows more of itself, such as that it was written as 2.0, stays what it is. */
const ofJson = (data: { toJSON(): unknown }, cleaned: unknown): unknown =>
  typeof cleaned === 'number' && data.toJSON() === cleaned ? data : cleaned;

const hasJson = (data: object): data is { toJSON(): unknown } =>
  'toJSON' in data && typeof data.toJSON === 'function';

/** Sets a property of a plain object, also one with a name such as `__proto__`. */
function define(out: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') out[name] = value;
  else
    Object.defineProperty(out, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}
