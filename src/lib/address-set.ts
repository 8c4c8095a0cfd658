import { addressText, rangeOf } from './cidr.ts';
import { joined, sameSpans, shared, type Spans, without } from './spans.ts';

/** A set of addresses of both families. */
export interface AddressSet {
  readonly ipv4: Spans<bigint>;
  readonly ipv6: Spans<bigint>;
}

/** A family of addresses. */
export type Family = keyof AddressSet;

const END = { ipv4: 1n << 32n, ipv6: 1n << 128n } as const;
const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** No address. */
export const NOWHERE: AddressSet = { ipv4: [], ipv6: [] };

/** All addresses of both families. */
export const ANYWHERE: AddressSet = { ipv4: [[0n, END.ipv4]], ipv6: [[0n, END.ipv6]] };

type Two = (a: Spans<bigint>, b: Spans<bigint>) => Spans<bigint>;
const each =
  (work: Two) =>
  (a: AddressSet, b: AddressSet): AddressSet => ({
    ipv4: work(a.ipv4, b.ipv4),
    ipv6: work(a.ipv6, b.ipv6),
  });

/** What is in one of the two. */
export const joinAddresses = each(joined);

/** What is in both. */
export const sharedAddresses = each(shared);

/** What is in the first and not in the second. */
export const withoutAddresses = each(without);

/** Whether there is no address in it. */
export const noAddresses = ({ ipv4, ipv6 }: AddressSet): boolean => ipv4.length + ipv6.length === 0;

/** Whether two sets hold the same addresses. */
export const sameAddresses = (a: AddressSet, b: AddressSet): boolean =>
  FAMILIES.every((family) => sameSpans(a[family], b[family]));

/** The addresses of addresses and networks; undefined when one of the texts is neither. */
export function addressSet(texts: readonly string[]): AddressSet | undefined {
  let set = NOWHERE;
  for (const text of texts) {
    const range = rangeOf(text);
    if (!range) return undefined;
    set = joinAddresses(set, { ...NOWHERE, [range.family]: [[range.low, range.high + 1n]] });
  }
  return set;
}

/** The addresses that a policy names by a word: an address, a network, `any`; undefined where it is none of that. */
export const addressesOfWord = (word: string): AddressSet | undefined =>
  word === 'any' ? ANYWHERE : addressSet([word]);

/**
 * All addresses cut at the borders of the networks given, so that each piece lies wholly in or wholly outside each of
 * them, with one address of it as text.
 */
export function pieces(
  networks: readonly string[],
): readonly { readonly from: AddressSet; readonly address: string }[] {
  const cuts = { ipv4: new Set([0n, END.ipv4]), ipv6: new Set([0n, END.ipv6]) };
  for (const text of networks) {
    const range = rangeOf(text);
    if (range) cuts[range.family].add(range.low).add(range.high + 1n);
  }
  return FAMILIES.flatMap((family) => {
    const borders = [...cuts[family]].sort((a, b) => (a < b ? -1 : 1));
    return borders.slice(1).map((end, i) => {
      const low = borders[i] ?? 0n;
      return { from: { ...NOWHERE, [family]: [[low, end]] }, address: addressText(family, low) };
    });
  });
}

/** The fewest networks that hold these addresses and no other, lowest first. */
export const networksOf = (set: AddressSet): readonly string[] =>
  FAMILIES.flatMap((family) => set[family].flatMap(([from, end]) => cidrs(family, from, end)));

function cidrs(family: Family, from: bigint, end: bigint): string[] {
  const full = family === 'ipv4' ? 32 : 128;
  const found: string[] = [];
  for (let low = from; low < end;) {
    let bits = 0;
    while (bits < full && low % (2n << BigInt(bits)) === 0n && low + (2n << BigInt(bits)) <= end)
      bits++;
    found.push(`${addressText(family, low)}${bits === 0 ? '' : `/${full - bits}`}`);
    low += 1n << BigInt(bits);
  }
  return found;
}

/** As people read it: `any`, `any IPv4 address`, `10.0.0.0/24, 10.1.0.1`, `any but 10.0.0.0/24`. */
export function tellAddresses(set: AddressSet): string {
  const [all, left] = [networksOf(set), networksOf(withoutAddresses(ANYWHERE, set))];
  if (left.length === 0) return 'any';
  const four = sameSpans(set.ipv4, ANYWHERE.ipv4);
  const six = sameSpans(set.ipv6, ANYWHERE.ipv6);
  if (four && set.ipv6.length === 0) return 'any IPv4 address';
  if (six && set.ipv4.length === 0) return 'any IPv6 address';
  const ofOne = set.ipv6.length === 0 ? 'IPv4' : set.ipv4.length === 0 ? 'IPv6' : undefined;
  const family: Family = ofOne === 'IPv6' ? 'ipv6' : 'ipv4';
  const rest = ofOne ? cutOut(set, family) : left;
  if (all.length <= rest.length) return all.join(', ');
  return `any${ofOne ? ` ${ofOne} address` : ''} but ${rest.join(', ')}`;
}

const cutOut = (set: AddressSet, family: Family): readonly string[] =>
  networksOf({ ...NOWHERE, [family]: without(ANYWHERE[family], set[family]) });
