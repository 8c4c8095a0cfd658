import { firstOf, maskOf, parseNet, showIp, hostBits, type Net } from './net.ts';

/** An address or network that is written as Python's ipaddress wants it. */
export interface StrictNet {
  readonly net: Net;
  /** Whether a prefix was written. */
  readonly slash: boolean;
}

/** Reads an address or network: all four numbers of IPv4, none with a leading zero, and no bits behind the prefix. */
export function strictNet(written: string): StrictNet | undefined {
  const [ip = '', prefix, more] = written.split('/');
  if (more !== undefined) return undefined;
  const six = ip.includes(':');
  if (!six && !/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(ip)) return undefined;
  if (prefix !== undefined && six && !/^\d+$/.test(prefix)) return undefined;
  const bare = six ? ip.replace(/%[^%]+$/, '') : ip;
  const net = parseNet(prefix === undefined ? bare : `${bare}/${prefix}`);
  return net && firstOf(net) === net.ip ? { net, slash: prefix !== undefined } : undefined;
}

/** Whether a text is the mask of IPv4 networks, or what it leaves for hosts. */
export function isMask(written: string, kind: 'netmask' | 'hostmask'): boolean {
  const net = parseNet(`10.0.0.0/${written}`);
  if (!net || firstOf(net) !== net.ip) return false;
  return showIp(4, kind === 'netmask' ? maskOf(net) : hostBits(net)) === written;
}
