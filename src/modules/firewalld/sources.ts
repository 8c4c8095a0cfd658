import { canonicalCidr, cidrsOverlap } from '../../lib/cidr.ts';

/** Why a text is no source, and what to write instead. */
export interface SourceFault {
  readonly message: string;
  readonly hint: string;
}

/**
 * The one spelling of a zone source: a network with its host bits masked off and no /32 or /128,
 * a MAC address in capitals, `ipset:NAME`. firewalld compares sources as text and would take two
 * spellings of one network for two networks.
 */
export function canonicalSource(text: string): string | SourceFault {
  if (text.startsWith('ipset:')) {
    return /^ipset:[A-Za-z0-9_-]+$/.test(text)
      ? text
      : { message: `"${text}" names no ipset`, hint: 'write ipset:NAME' };
  }
  if (/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/.test(text)) return text.toUpperCase();
  return (
    canonicalCidr(text) ?? {
      message: `"${text}" is no address, network, MAC address or ipset`,
      hint: 'write 10.42.0.0/16, 2001:db8::/64, 00:11:22:33:44:55 or ipset:NAME',
    }
  );
}

/** The canonical spelling where there is one, else the text as it is. */
export function asSource(text: string): string {
  const canonical = canonicalSource(text);
  return typeof canonical === 'string' ? canonical : text;
}

/** Whether a packet can come from both; what an ipset holds is not known, so it overlaps only itself. */
export const sourcesOverlap = (a: string, b: string): boolean => a === b || cidrsOverlap(a, b);
