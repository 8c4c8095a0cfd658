import { Address4, Address6 } from 'ip-address';

/** An address or network as far as comparisons go. */
export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly low: bigint;
  readonly high: bigint;
}

/** What a function said of a text; the same few addresses come up on every host. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as T;
    const value = read(text);
    if (known.size < 4096) known.set(text, value);
    return value;
  };
}

/**
 * The one spelling of an address or network: host bits masked off, IPv6 compressed, /32 and /128
 * dropped. Nothing when the text is neither.
 */
export const canonicalCidr = remembered((text: string): string | undefined => {
  const address = parse(text);
  if (!address) return undefined;
  const form = address.startAddress().correctForm();
  const full = address instanceof Address4 ? 32 : 128;
  return address.subnetMask === full ? form : `${form}/${address.subnetMask}`;
});

/** The family of an address or network; nothing when the text is neither. */
export const familyOf = (text: string): 'ipv4' | 'ipv6' | undefined => network(text)?.family;

/** Whether two addresses or networks share an address. False when either is neither. */
export function cidrsOverlap(a: string, b: string): boolean {
  const [x, y] = [network(a), network(b)];
  if (x?.family !== y?.family || !x || !y) return false;
  return x.low <= y.high && y.low <= x.high;
}

/** Whether all addresses of `inner` lie in `outer`. False when either is neither address nor network. */
export function cidrContains(outer: string, inner: string): boolean {
  const [x, y] = [network(outer), network(inner)];
  if (x?.family !== y?.family || !x || !y) return false;
  return x.low <= y.low && y.high <= x.high;
}

/** The first and the last address of an address or network; nothing when the text is neither. */
export const rangeOf = (text: string): Network | undefined => network(text);

/** An address as text. */
export const addressText = (family: Network['family'], value: bigint): string =>
  (family === 'ipv4' ? Address4.fromBigInt(value) : Address6.fromBigInt(value)).correctForm();

const network = remembered((text: string): Network | undefined => {
  const address = parse(text);
  if (!address) return undefined;
  return {
    family: address instanceof Address4 ? 'ipv4' : 'ipv6',
    low: address.startAddress().bigInt(),
    high: address.endAddress().bigInt(),
  };
});

function parse(text: string): Address4 | Address6 | undefined {
  // A scope ("fe80::1%eth0") names a link of one machine: no firewall rule can hold it.
  if (!/^[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(text)) return undefined;
  if (Address4.isValid(text)) return new Address4(text);
  if (Address6.isValid(text)) return new Address6(text);
  return undefined;
}
