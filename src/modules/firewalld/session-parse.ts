import { cidrContains, familyOf } from '../../lib/cidr.ts';
import type { Sections } from './parse-sections.ts';
import type { ControlLine } from './state.ts';

/** What the host says of the connection itself. */
type Line = Omit<ControlLine, 'bound' | 'defaultZone'>;

/** The SSH connection the observation came by; null when the host does not say, as on a local connection. */
export function sessionOf(sections: Sections): Line | null {
  const [line = ''] = sections.lines('session');
  const [from = '', to = '', port = ''] = line.split(' ');
  const [client = '', link] = from.split('%');
  const [server = ''] = to.split('%');
  const number = Number(port);
  if (!familyOf(client) || !familyOf(server) || !/^\d+$/.test(port)) return null;
  if (number < 1 || number > 65535) return null;
  const found = [
    link ?? '',
    ...ownersOf(sections, server),
    ...(link === undefined ? wayBack(routesOf(sections), client) : []),
  ].filter((device) => device !== '' && device !== 'lo');
  return {
    client,
    server,
    port: number,
    interfaces: sections.text('cut') === undefined ? [...new Set(found)].sort() : [],
    profiled: [...new Set(sections.lines('profiles'))].sort(),
  };
}

interface Route {
  readonly device: string;
  readonly network: string;
  readonly length: number;
  readonly connected: boolean;
  readonly metric: number;
}

/** The interfaces that own the server's address, or whose connected network holds it. */
function ownersOf(sections: Sections, server: string): string[] {
  if (familyOf(server) === 'ipv6') {
    return sections.lines('addresses6').flatMap((line) => {
      const [address = '', ...rest] = line.trim().split(/\s+/);
      const device = rest.at(-1) ?? '';
      return cidrContains(colons(address), server) ? [device] : [];
    });
  }
  const told = sections.lines('owner').flatMap((line) => /^\d+:\s+([^\s@]+)/.exec(line)?.[1] ?? []);
  if (told.length > 0) return told;
  const holding = routesOf(sections).filter(
    (route) => route.connected && route.length > 0 && cidrContains(route.network, server),
  );
  return best(holding);
}

/** The interface of the route that would be taken to the client. */
const wayBack = (routes: readonly Route[], client: string): string[] =>
  best(routes.filter(({ network }) => cidrContains(network, client)));

/** The longest prefix, of those the lowest metric. */
function best(routes: readonly Route[]): string[] {
  const [first] = [...routes].sort((a, b) => b.length - a.length || a.metric - b.metric);
  return first ? [first.device] : [];
}

const UP = 0x1;
const REJECT = 0x200;

/** Routes of the main table as /proc/net shows them, those that lead somewhere. */
function routesOf(sections: Sections): Route[] {
  const four = sections.lines('routes4').flatMap((line): Route[] => {
    const [device = '', to = '', via = '', flags = '', metric = '', mask = ''] = line.split(' ');
    if (![to, via, flags, mask].every((word) => /^[0-9A-F]+$/i.test(word))) return [];
    if (!leads(parseInt(flags, 16))) return [];
    const length = bits(parseInt(mask, 16));
    const network = `${dotted(to)}/${length}`;
    return [{ device, network, length, connected: /^0+$/.test(via), metric: Number(metric) }];
  });
  const six = sections.lines('routes6').flatMap((line): Route[] => {
    const [to = '', size = '', , , via = '', metric = '', , , flags = '', device = ''] = line
      .trim()
      .split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(to) || !leads(parseInt(flags, 16))) return [];
    const length = parseInt(size, 16);
    const network = `${colons(to)}/${length}`;
    const connected = /^0+$/.test(via);
    return [{ device, network, length, connected, metric: parseInt(metric, 16) }];
  });
  return [...four, ...six].filter(({ device }) => device !== 'lo');
}

const leads = (flags: number): boolean => (flags & UP) !== 0 && (flags & REJECT) === 0;

const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

/** `00005A0A` → `10.90.0.0`: the kernel prints the word as a little-endian machine reads it. */
const dotted = (hex: string): string =>
  (hex.padStart(8, '0').match(/../g) ?? [])
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join('.');

const colons = (hex: string): string => (hex.match(/.{4}/g) ?? []).join(':');
