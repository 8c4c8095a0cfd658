/** A host as written, apart from its port. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

const NUMBERS = String.raw`\[[0-9]+:[0-9]+(?::[0-9]+)?\]`;
const HEX = String.raw`\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]`;
const EITHER = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;
const SIX = `(?:[0-9a-f]{1,4}|${HEX})`;
const FOUR = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${NUMBERS})`;
const WORD = String.raw`[\p{L}\p{N}_]`;
const LABEL = `(?:${WORD}|${EITHER})(?:${WORD}|-|${EITHER})*(?<![_-])`;

const IPV4 = new RegExp(String.raw`^(?:${FOUR}\.){3}${FOUR}$`, 'i');
const IPV6 = new RegExp(
  `^(?:${[
    `(?:${SIX}:){7}${SIX}`,
    `(?:${SIX}:){1,6}:`,
    ...[6, 5, 4, 3, 2, 1].map((n, i) => `(?:${SIX}:){${i + 1}}(?::${SIX}){1,${n}}`),
    `:(?::${SIX}){1,6}`,
    `${SIX}?::`,
    String.raw`(?:0:){6}(?:${SIX}\.){3}${SIX}`,
    String.raw`::(?:ffff:)?(?:${SIX}\.){3}${SIX}`,
    String.raw`(?:0:){5}ffff:(?:${SIX}\.){3}${SIX}`,
  ].join('|')})(?:%[\\w.-]+)?$`,
  'i',
);
const NAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'iu');
/** Most names: told at a glance. The pattern of all names costs 10 ms to compile, for the letters of all scripts. */
const PLAIN = /^(?:[a-z0-9_][a-z0-9_-]*)?[a-z0-9](?:\.(?:[a-z0-9_][a-z0-9_-]*)?[a-z0-9])*$/i;
const BRACKETED = /^\[(.+)\]:([0-9]+)$/;
const WITH_PORT = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/;

/**
 * Takes `host`, `host:22`, `[fd00::1]:22` apart as Ansible does; nothing where it is neither a host name nor an
 * IP address. Ranges such as `node[01:10]` may stand in it.
 */
export function parseAddress(text: string): Address | undefined {
  let host = text;
  let port: number | undefined;
  for (const pattern of [BRACKETED, WITH_PORT]) {
    const match = pattern.exec(host);
    if (!match) continue;
    host = match[1] ?? '';
    port = Number(match[2]);
  }
  // What has a colon outside brackets is an IPv6 address or nothing: `servers:agents` costs no look at the other patterns.
  if (/^[^[]*:/.test(host) && !/^[0-9a-f:.[\]]+(?:%[\w.-]+)?$/i.test(host)) return undefined;
  return PLAIN.test(host) || IPV4.test(host) || IPV6.test(host) || NAME.test(host)
    ? { host, port }
    : undefined;
}

/** Whether a text is an IPv4 or IPv6 address and no name: such names have no short form. */
export const isIpAddress = (text: string): boolean => IPV4.test(text) || IPV6.test(text);
