/** An IPv4 address as a number from 0 to 2^32-1; nothing when the text is none (strict dotted quad). */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part)))
    return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255)
    ? bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    : undefined;
}

/** An address with its prefix length. */
export interface Ipv4Cidr {
  readonly address: number;
  readonly prefix: number;
}

/** Reads `203.0.113.254/31`; nothing when the text is no IPv4 address with a prefix length. */
export function parseIpv4Cidr(text: string): Ipv4Cidr | undefined {
  const [host, length, ...rest] = text.split('/');
  const address = parseIpv4(host ?? '');
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length ?? '')) return undefined;
  const prefix = Number(length);
  return prefix <= 32 ? { address, prefix } : undefined;
}

/** Whether an address lies in the subnet of another. */
export const inSubnet = (address: number, { address: other, prefix }: Ipv4Cidr): boolean => {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor(other / size);
};

/** Why an address is not global unicast in Go's sense, which K3s asks for; nothing when it is. */
export function notGlobalUnicast(address: number): string | undefined {
  const first = Math.floor(address / 2 ** 24);
  const firstTwo = Math.floor(address / 2 ** 16);
  if (address === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (firstTwo === 169 * 256 + 254) return 'link-local';
  if (first >= 224 && first < 240) return 'multicast';
  if (address === 2 ** 32 - 1) return 'broadcast';
  return undefined;
}
