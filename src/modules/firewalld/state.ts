import type { NameMissing } from './names.ts';

/** The settings of one zone in one configuration. Lists are sorted and canonical (domain rules: masks, case, /32). */
export interface ZoneSettings {
  readonly target: 'default' | 'ACCEPT' | 'DROP' | '%%REJECT%%';
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
  /** As listed by firewalld ("443/tcp", "2379-2380/tcp"), sorted, not merged: overlaps in a file stay visible. */
  readonly ports: readonly string[];
  readonly protocols: readonly string[];
  readonly sourcePorts: readonly string[];
  readonly forwardPorts: readonly string[];
  readonly icmpBlocks: readonly string[];
  /** In the daemon's own spelling. */
  readonly richRules: readonly string[];
  /** Left as null on firewalld < 0.9, which has no intra-zone forwarding. */
  readonly forward: boolean | null;
  readonly masquerade: boolean;
  readonly icmpBlockInversion: boolean;
}

/** A zone as it runs and as it will be after a reload or reboot; null where it does not exist there. */
export interface Zone {
  /** null too when the daemon is down. */
  readonly runtime: ZoneSettings | null;
  readonly permanent: ZoneSettings | null;
}

/** The managed part of firewalld: what is compared, shown and proved. Holds every zone that was looked at. */
export interface FirewalldState {
  readonly defaultZone: string;
  readonly zones: Readonly<Record<string, Zone>>;
  /** Not compared. */
  readonly how?: {
    /** Zones whose permanent settings are those they came with, in no file of /etc. */
    readonly builtIn: readonly string[];
    /** Devices whose NetworkManager connection names no zone: they are in the default one. */
    readonly unnamed?: readonly string[];
  };
}

/** What informs decisions about firewalld but is not managed. */
export interface FirewalldFacts {
  /** running: by D-Bus (busctl); cli: running, through firewall-cmd; offline: daemon down, files only. */
  readonly access: 'dbus' | 'cli' | 'offline';
  /** "1.3.3"; empty when it was not asked for. */
  readonly version: string;
  readonly panic: boolean;
  /** Every zone name there is, permanent or runtime. */
  readonly zoneNames: readonly string[];
  /** Names in /sys/class/net. */
  readonly interfaces: readonly string[];
  /** Every service name there is. */
  readonly serviceNames: readonly string[];
  /** Names that were asked for and that the host does not know, or not in both configurations. */
  readonly missing: readonly NameMissing[];
  /** Definitions of the services that are enabled in, or asked of, the zones looked at. */
  readonly services: Readonly<Record<string, ServiceDefinition>>;
  /** Whether k3s runs here; null when it was not asked for. */
  readonly k3sActive: boolean | null;
  /** Rules of kube-proxy and the network plugin; null when they were not counted. */
  readonly kubeRules: number | null;
  /** Device → connection uuid and zone, for the devices NetworkManager manages; empty without it. */
  readonly networkManager: Readonly<
    Record<string, { readonly uuid: string; readonly zone: string }>
  >;
  /** Stray files below /etc/firewalld/zones that make a reload erase all zones (FW#1486). */
  readonly poison: readonly string[];
  /** What a reload would drop though it is no zone: `policy pol`, `ipset nodes`, whose running settings are not permanent. */
  readonly unsaved: readonly string[];
  /** Zones that policies are about, with the policy. */
  readonly policyZones: Readonly<Record<string, string>>;
  /** Raw replies by zone and configuration, for compare-and-swap: `runtime public` → text. */
  readonly raw: Readonly<Record<string, string>>;
  /** The SSH connection that the observation came by; null when there is none or it cannot be told. */
  readonly session: ControlLine | null;
  /** Policies for traffic to the host itself that an administrator or another package made. */
  readonly hostPolicies: readonly HostPolicy[];
  /** Some zone has an ingress priority (firewalld 2.0 and later): zones are not asked in the order of their names. */
  readonly prioritised: boolean;
  /** Other things worth a warning: panic, direct rules, ufw or nftables.service active, AllowZoneDrifting. */
  readonly oddities: readonly string[];
}

/** The line to the host as the host sees it: with a jump host or NAT, the last of them is the client. */
export interface ControlLine {
  readonly client: string;
  readonly server: string;
  /** The port sshd took the connection on. */
  readonly port: number;
  /** Where its packets come in: owners of the server's address, and the way back to the client. Empty: not known. */
  readonly interfaces: readonly string[];
  /** Interfaces with a NetworkManager profile, which decides their zone. */
  readonly profiled: readonly string[];
  /** Zone that ran for each of `interfaces` and `profiled` when it was looked at; left out: none. */
  readonly bound: Readonly<Record<string, string>>;
  /** The default zone when it was looked at. */
  readonly defaultZone: string;
}

/** A policy that has a say in what reaches the host itself. */
export interface HostPolicy {
  readonly name: string;
  /** Zones whose traffic it is about; `ANY` for all. */
  readonly from: readonly string[];
  readonly accepts: boolean;
  readonly denies: boolean;
}

/** What a firewalld service opens, includes followed. */
export interface ServiceDefinition {
  readonly ports: readonly string[];
  readonly protocols: readonly string[];
  /** It is limited to destination addresses: it opens nothing for sure. */
  readonly hasDestination: boolean;
}

/** What a task wants to know of firewalld. */
export interface FirewalldScope {
  /** Zones named by the task; the default zone is always looked at. */
  readonly zones: readonly string[];
  /**
   * Zones from which interfaces and sources are only taken away: with nothing bound to them, now and in the files,
   * there is nothing to take, and the daemon is not asked for the rest of their settings.
   */
  readonly idle?: readonly string[];
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  /** Services the task names. */
  readonly services: readonly string[];
  /** Names the task uses that the host must know, as `ipsets nodes`. */
  readonly names?: readonly string[];
  /** Look at every zone that has a file of its own in /etc, too. */
  readonly edited?: boolean;
  /** Ask for the definitions of the services enabled in the zones looked at. */
  readonly definitions: boolean;
  /** The task may need a reload (target, new or deleted zone): ask version, k3s, direct rules, poison files. */
  readonly mayReload: boolean;
  /** Look at everything: active zones' oddities, policies, panic, direct rules (verify, precheck). */
  readonly thorough: boolean;
  /** May go through firewall-offline-cmd when the daemon is down. */
  readonly offline: boolean;
}
