import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import { Secret, Unknown, type Value } from '../model/value.ts';

/** Reads a variable of the host. */
export type Lookup = (variable: string) => Value | undefined;

/** Reads the first of several variables that is set, as text. */
export type Read = (names: readonly string[]) => string | undefined;

/** Seconds to connect where nothing is said. */
const CONNECT_TIMEOUT = 10;

/** Names, IPv4 and IPv6 addresses: nothing that a shell or ssh could take for something else. */
export const ADDRESS = /^[A-Za-z0-9_.:][A-Za-z0-9_.:%-]*$/;
/** User names, of domains too. */
export const USER = /^[A-Za-z0-9_.][A-Za-z0-9_.@+\\-]*\$?$/;
/** Paths of this machine. */
export const PATH = /^\P{Cc}+$/u;

/** A `Read` over the variables of a host; `heard` is told what it came across. */
export function reader(
  host: string,
  lookup: Lookup,
  heard: (variable: string, text: string) => void,
): Read {
  return (names) => {
    for (const variable of names) {
      const value = lookup(variable);
      if (value === undefined || value === null || value === '') continue;
      const text = textOf(value);
      heard(variable, text ?? variable);
      if (text !== undefined) return text;
      const why = value instanceof Unknown ? `cannot be foreseen: ${value.why}` : 'is no text';
      throw new OrchError('INVENTORY_INVALID', `${host}: ${variable} ${why}`, {
        hint: 'Set it to a plain text in the inventory.',
      });
    }
    return undefined;
  };
}

function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof Secret ? value.reveal() : undefined;
}

/** The first of several variables that is set, as a secret. */
export function secret(lookup: Lookup, names: readonly string[]): Secret | undefined {
  for (const variable of names) {
    const value = lookup(variable);
    if (value instanceof Secret) return value;
    if (typeof value === 'string' || typeof value === 'number') return new Secret(String(value));
  }
  return undefined;
}

/** What `ansible_connection` means. */
export function connectionOf(host: string, text = 'ssh'): Target['connection'] {
  const plain = text.replace(/^ansible\.(builtin|netcommon)\./, '');
  if (plain === 'local' || plain === 'openssh') return plain;
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(plain)) return 'ssh';
  throw new OrchError(
    'INVENTORY_INVALID',
    `${host}: ansible_connection "${shown(text)}" is not available`,
    {
      hint: 'Use ssh (the default), openssh (which drives the ssh of this machine) or local.',
    },
  );
}

/** Refuses a name that is not of the allowed form. */
export function checkName(host: string, what: string, text: string, allowed: RegExp): void {
  if (allowed.test(text)) return;
  throw new OrchError(
    'INVENTORY_INVALID',
    `${shown(host)}: the ${what} "${shown(text)}" is refused`,
    {
      hint:
        what === 'key file'
          ? 'A path holds no control characters.'
          : `Letters, digits and . _ - ${what === 'user' ? '@ + \\' : ': %'}; it may not start with "-".`,
    },
  );
}

/** A port, from text. */
export function portOf(host: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new OrchError('INVENTORY_INVALID', `${host}: the port "${shown(text)}" is no port`, {
    hint: 'ansible_port is a number from 1 to 65535.',
  });
}

/** Milliseconds, from seconds as text. */
export function timeoutOf(host: string, text: string | undefined): number {
  if (text === undefined || text === 'none') return CONNECT_TIMEOUT * 1000;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new OrchError(
    'INVENTORY_INVALID',
    `${host}: the timeout "${shown(text)}" is no number of seconds`,
    {
      hint: 'ansible_timeout is a number of seconds, such as 10.',
    },
  );
}

/** What a host key checking variable means. */
export const checkingOf = (text: string | undefined): Target['hostKeyChecking'] | undefined =>
  text === undefined
    ? undefined
    : /^(no|false|off|0)$/i.test(text)
      ? 'off'
      : text === 'accept-new'
        ? 'accept-new'
        : 'strict';

/** An address without the brackets of IPv6. */
export const stripped = (address: string): string => address.replace(/^\[([^[\]]*)\]$/, '$1');

/** Text that is safe to print: control characters become visible. */
export const shown = (text: string): string => JSON.stringify(text).slice(1, -1).slice(0, 120);
