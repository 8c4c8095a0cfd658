import { cidrContains } from './cidr.ts';

/** A route that leads somewhere. */
export interface KernelRoute {
  readonly device: string;
  readonly network: string;
  /** Length of the prefix. */
  readonly length: number;
  /** Without a gateway. */
  readonly connected: boolean;
  readonly metric: number;
}

/**
 * Routes of table main from rows `device to gateway flags metric mask` of /proc/net/route; those that lead nowhere, rows
 * of another form and the loopback are left out.
 */
export function readRoutes4(rows: readonly string[]): readonly KernelRoute[] {
  return rows.flatMap((row): KernelRoute[] => {
    const [device = '', to = '', via = '', flags = '', metric = '', mask = ''] = row.split(' ');
    if (![to, via, flags, mask].every((word) => /^[0-9A-F]+$/i.test(word))) return [];
    if (!leads(parseInt(flags, 16)) || device === 'lo') return [];
    const length = bits(parseInt(mask, 16));
    const network = `${dotted(to)}/${length}`;
    return [{ device, network, length, connected: /^0+$/.test(via), metric: Number(metric) }];
  });
}

/** The same from rows of /proc/net/ipv6_route. */
export function readRoutes6(rows: readonly string[]): readonly KernelRoute[] {
  return rows.flatMap((row): KernelRoute[] => {
    const [to = '', size = '', , , via = '', metric = '', , , flags = '', device = ''] = row
      .trim()
      .split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(to) || !leads(parseInt(flags, 16)) || device === 'lo') return [];
    const length = parseInt(size, 16);
    const network = `${colons(to)}/${length}`;
    const connected = /^0+$/.test(via);
    return [{ device, network, length, connected, metric: parseInt(metric, 16) }];
  });
}

/** The route that is taken to an address: the longest prefix, of those the lowest metric, of those the first. */
export const routeTo = (routes: readonly KernelRoute[], address: string): KernelRoute | undefined =>
  best(routes.filter(({ network }) => cidrContains(network, address)));

/** The longest prefix, of those the lowest metric, of those the first. */
export const best = (routes: readonly KernelRoute[]): KernelRoute | undefined =>
  [...routes].sort((a, b) => b.length - a.length || a.metric - b.metric)[0];

/** An IPv6 address as the kernel writes it, with its colons. */
export const colons = (hex: string): string => (hex.match(/.{4}/g) ?? []).join(':');

const UP = 0x1;
const REJECT = 0x200;

const leads = (flags: number): boolean => (flags & UP) !== 0 && (flags & REJECT) === 0;

const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

/** `00005A0A` → `10.90.0.0`: the kernel prints the word as a little-endian machine reads it. */
const dotted = (hex: string): string =>
  (hex.padStart(8, '0').match(/../g) ?? [])
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join('.');
