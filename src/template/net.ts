import { Address4, Address6 } from 'ip-address';
import { text } from './text.ts';
import { integerOf, isText, type Val } from './values.ts';

/** An address with its network, as numbers; after Python's netaddr. */
export interface Net {
  readonly version: 4 | 6;
  readonly bits: 32 | 128;
  readonly ip: bigint;
  readonly prefix: number;
}

/** A network, and whether it was written as one or as an address. */
export interface Written {
  readonly net: Net;
  readonly network: boolean;
  /** As it was written; numbers as addresses. */
  readonly shown: string;
}

const sizeOf = (version: 4 | 6): 32 | 128 => (version === 4 ? 32 : 128);

/** The addresses of a network that stay the same are its high bits; these are the others. */
export const hostBits = ({ bits, prefix }: Net): bigint => (1n << BigInt(bits - prefix)) - 1n;
/** The first address of a network. */
export const firstOf = (net: Net): bigint => net.ip & ~hostBits(net);
/** The last address of a network. */
export const lastOf = (net: Net): bigint => net.ip | hostBits(net);
/** The number of addresses in a network. */
export const countOf = (net: Net): bigint => hostBits(net) + 1n;
/** The mask of a network. */
export const maskOf = (net: Net): bigint => ((1n << BigInt(net.bits)) - 1n) ^ hostBits(net);

/** An address as text, as short as it goes. */
export function showIp(version: 4 | 6, ip: bigint): string {
  if (version === 4) return Address4.fromBigInt(ip).correctForm();
  if (ip >> 32n === 0xffffn) return `::ffff:${showIp(4, ip & 0xffffffffn)}`;
  return Address6.fromBigInt(ip).correctForm();
}

/** An address with its prefix. */
export const showNet = ({ version, ip, prefix }: Net): string => `${showIp(version, ip)}/${prefix}`;

/** Whether a network lies in another. */
export const within = (net: Net, outer: Net): boolean =>
  net.version === outer.version && firstOf(net) >= firstOf(outer) && lastOf(net) <= lastOf(outer);

/** Makes a network of numbers; nothing when they are too large. */
export function netOf(version: 4 | 6, ip: bigint, prefix: number): Net | undefined {
  const bits = sizeOf(version);
  const fits = ip >= 0n && ip >> BigInt(bits) === 0n && prefix >= 0 && prefix <= bits;
  return fits ? { version, bits, ip, prefix } : undefined;
}

/** The network a text stands for: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1/255.0.0.0`, `fe80::1/64`. */
export function parseNet(written: string): Net | undefined {
  const [address = '', prefix, more] = written.split('/');
  if (more !== undefined || address === '') return undefined;
  const version = address.includes(':') ? 6 : 4;
  const ip = version === 6 ? parse6(address) : parse4(address);
  if (ip === undefined) return undefined;
  const length = prefix === undefined ? sizeOf(version) : prefixOf(prefix, version);
  return length === undefined ? undefined : netOf(version, ip, length);
}

function parse4(address: string): bigint | undefined {
  const parts = address.split('.');
  const fits = parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  if (!fits || parts.length > 4 || (parts.length === 1 && !address.includes('.'))) return undefined;
  // Missing parts are zeros: 10.1 is the network 10.1.0.0.
  while (parts.length < 4) parts.push('0');
  return parts.reduce((ip, part) => (ip << 8n) | BigInt(part), 0n);
}

function parse6(address: string): bigint | undefined {
  if (address.includes('%') || !Address6.isValid(address)) return undefined;
  return new Address6(address).bigInt();
}

/** The length of a prefix, also of one written as a mask. */
function prefixOf(written: string, version: 4 | 6): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const mask = version === 4 ? parse4(written) : parse6(written);
  if (mask === undefined) return undefined;
  const bits = sizeOf(version);
  const binary = mask.toString(2).padStart(bits, '0');
  if (/^1*0*$/.test(binary)) return binary.indexOf('0') < 0 ? bits : binary.indexOf('0');
  return /^0*1*$/.test(binary) ? binary.indexOf('1') : undefined;
}

/** What a value stands for as an address or network; nothing when it is neither. */
export function written(value: Val, version: 4 | 6 | undefined): Written | undefined {
  const number = integerOf(value);
  if (number === undefined && !isText(value)) return undefined;
  const shown = text(value);
  if (/^\d+$/.test(shown)) {
    const ip = BigInt(shown);
    const four = version === 6 ? undefined : netOf(4, ip, 32);
    const net = four ?? netOf(6, ip, 128);
    return net && { net, network: false, shown: showNet(net) };
  }
  const net = parseNet(shown);
  if (net) return { net, network: shown.includes('/'), shown };
  const [, ip, prefix] = /^(\d+)\/(\d+)$/.exec(shown) ?? [];
  if (ip === undefined) return undefined;
  const cidr = netOf(4, BigInt(ip), Number(prefix)) ?? netOf(6, BigInt(ip), Number(prefix));
  return cidr && { net: cidr, network: true, shown: showNet(cidr) };
}
