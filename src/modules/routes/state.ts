import type { KernelRoute } from '../../lib/route-table.ts';
import type { DefaultRoute } from './default-routes.ts';

/** A link that exists only to carry a default route. Lists are sorted. */
export interface LinkState {
  /** `dummy`, `bridge`, or what else the kernel calls it; `unknown` where `ip` cannot tell. */
  readonly kind: string;
  readonly up: boolean;
  /** IPv4 addresses with prefix length. */
  readonly addresses: readonly string[];
  /** Its default routes in table main: `default via 203.0.113.255 metric 1000`. */
  readonly routes: readonly string[];
}

/** Files that bring a link back after a reboot, by path; the link that enables a unit has the text `enabled`. */
export type Kept = Readonly<Record<string, string>>;

/** The managed part, by the name of the link that was asked for. */
export interface RoutesState {
  /** The links as they are now, null where there is none of that name. */
  readonly links: Readonly<Record<string, LinkState | null>>;
  /** What of them comes back after a reboot, and by whom; empty where nothing does. */
  readonly kept: Readonly<Record<string, Kept>>;
}

/** What informs decisions about routes but is not managed. */
export interface RoutesFacts {
  /** All IPv4 default routes of table main, of managed links too. */
  readonly defaults: readonly DefaultRoute[];
  readonly interfaces: readonly string[];
  /** Ports of links that are bridges. */
  readonly ports: Readonly<Record<string, readonly string[]>>;
  readonly k3sInstalled: boolean;
  readonly k3sActive: boolean;
  /** Which of node-ip and flannel-iface the K3s configuration of the host sets. */
  readonly k3sFlags: readonly string[];
  /** The default routes as printed, for compare-and-swap. */
  readonly routesText: string;
  readonly owner: NetworkOwner;
  /** The kernel is known to have no dummy links: neither built in nor among its modules. */
  readonly lacksDummy: boolean;
  /** How the SSH connection in use is answered; null where there is none. */
  readonly wayBack: WayBack | null;
}

/** The two ends of the SSH connection in use as the host sees them, and the routes replies may take. */
export interface WayBack {
  readonly client: string;
  readonly server: string;
  /** IPv4 routes of table main. */
  readonly routes: readonly KernelRoute[];
  /** All of them were read. */
  readonly isWhole: boolean;
  /** Rules of policy routing send some packets to other tables. */
  readonly hasRules: boolean;
}

/** Who looks after networking on a host, and what of its settings matters here. */
export interface NetworkOwner {
  /** Running or enabled owners: `NetworkManager`, `systemd-networkd`, `ifupdown`; and `systemd`, where units can be had. */
  readonly running: readonly string[];
  /** Values of unmanaged-devices in NetworkManager's configuration. */
  readonly unmanaged: readonly string[];
  /** /etc/network/interfaces reads the files in interfaces.d. */
  readonly sourcesFiles: boolean;
  /** Files of systemd-networkd that ask for a default route by DHCP, with the metric it will get. */
  readonly leases: readonly Lease[];
}

/** A default route that a DHCP lease will bring. */
export interface Lease {
  readonly file: string;
  readonly metric: number;
}

/** The link a task is about. */
export interface RoutesScope {
  readonly name: string;
  /** The link may be made although there is a default route. */
  readonly always: boolean;
}
