import type { AddressSet } from '../lib/address-set.ts';
import type { PortSet } from '../lib/port-set.ts';

/** What can be reached of a host itself, by the interface packets come in by. Its cells hold each address once. */
export type Exposure = ReadonlyMap<string, readonly Cell[]>;

/** What a set of addresses reaches. */
export interface Cell {
  readonly from: AddressSet;
  readonly open: PortSet;
  /** What may be open as well, and why that cannot be told. */
  readonly unsure: readonly Unsure[];
}

/** Ports of which it cannot be told whether they are open. */
export interface Unsure {
  readonly ports: PortSet;
  readonly why: string;
}

/** As it is now, and as it will be after the next reload or reboot. */
export interface Exposures {
  readonly now: Exposure;
  readonly later: Exposure;
}

/** What becomes of ports that are reached from somewhere, by some interfaces. */
export interface ExposureChange {
  /** `unsure`: it could be told before, and no longer. */
  readonly kind: 'opened' | 'closed' | 'unsure';
  /** `6379/tcp`, `2379-2380/tcp`, `all udp`, `protocol gre`, `everything`. */
  readonly ports: readonly string[];
  /** What of everything is left out. */
  readonly but?: readonly string[];
  /** `any`, `10.0.0.0/24`, `any but 10.0.0.0/24`. */
  readonly from: string;
  readonly interfaces: readonly string[];
  /** Set where it is so only until, or only after, the next reload or reboot. */
  readonly when?: 'until-reload' | 'after-reload';
  /** Why it cannot be told. */
  readonly why?: string;
}
