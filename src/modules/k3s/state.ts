import type { Secret } from '../../model/value.ts';
import type { FlatEntry, FlatFault } from './flat-yaml.ts';

/** A value that is compared by its hash and revealed only in what is sent. */
export interface Sealed {
  readonly sha256: string;
  readonly secret: Secret;
}

/** A flag in a file: a list is always appended (`key+`) or whole (`key`), addresses are joined by commas. */
export type FlagValue = string | number | boolean | Sealed | readonly (string | Sealed)[];

/** The managed part: one drop-in file, null where it does not exist. */
export interface K3sState {
  /** By key as it stands in the file: `node-ip`, `tls-san+`. Sorted. */
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly mode: string | null;
  readonly owner: string | null;
}

/** A configuration file of K3s, in the order K3s reads them. */
export interface ConfigFile {
  readonly path: string;
  /** Null when it cannot be read. */
  readonly entries: readonly FlatEntry[] | FlatFault;
}

/** What a systemd unit passes to K3s. */
export interface Unit {
  readonly path: string;
  readonly role: 'server' | 'agent';
  /** Flags of ExecStart without dashes, in order; a flag without a value is `true`. */
  readonly flags: readonly { readonly key: string; readonly value: string }[];
}

/** An address of the host. */
export interface HostAddress {
  readonly interface: string;
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
  /** Not link-local, not of the loopback. */
  readonly global: boolean;
}

/** What informs decisions about K3s but is not managed. */
export interface K3sFacts {
  /** The drop-in that the state is about. */
  readonly file: string;
  /** The main configuration file, moved by K3S_CONFIG_FILE or --config. */
  readonly config: string;
  /** All configuration files, ours too, in the order K3s reads them. */
  readonly files: readonly ConfigFile[];
  readonly units: readonly Unit[];
  readonly addresses: readonly HostAddress[];
  readonly interfaces: readonly string[];
  /** Interfaces of IPv4 default routes as K3s sees them, lowest metric first. */
  readonly defaultInterfaces: readonly string[];
  readonly installed: boolean;
  /** A server with data has run here. */
  readonly hasData: boolean;
  readonly hasEtcd: boolean;
  /** When K3s started (seconds since 1970); null when it does not run. */
  readonly startedAt: number | null;
  /** When the newest configuration file was written (seconds since 1970); 0 without any. */
  readonly newestConfig: number;
  /** The text of our file, for compare-and-swap and to put it back; null where there is none. */
  readonly text: Secret | null;
}

/** What to look at. */
export interface K3sScope {
  /** Left out: 50-orch-network.yaml beside the configuration file that K3s uses. */
  readonly file?: string;
  /** Keys whose values are secret besides those that always are. */
  readonly secrets: readonly string[];
}

/**
 * Whether a configuration was written after K3s started. The kernel tells starts in whole seconds of two clocks, so up to
 * two seconds early: what was written just before a start is not newer.
 */
export const configIsNewer = ({
  startedAt,
  newestConfig,
}: Pick<K3sFacts, 'startedAt' | 'newestConfig'>): boolean =>
  startedAt !== null && newestConfig > startedAt + 1;
