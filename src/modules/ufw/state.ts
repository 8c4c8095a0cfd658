/** What ufw is set to do, whether it runs or not: rules hold for both. */
export interface UfwState {
  readonly enabled: boolean;
  readonly incoming: Policy;
  readonly outgoing: Policy;
  readonly routed: Policy;
  readonly logging: string;
  /** What each rule does (`allow`, `deny, logged`), by what it is about: `in proto tcp from any to any port 22 (v6)`. */
  readonly rules: Readonly<Record<string, string>>;
  /** Asked for; what a host shows is 0. */
  readonly reloads: number;
  readonly resets: number;
}

/** What happens to what no rule is about. */
export type Policy = 'allow' | 'deny' | 'reject';

/** What informs about ufw but is not managed. */
export interface UfwFacts {
  /** Rules for IPv6 are made too. */
  readonly ipv6: boolean;
  /** Ports of the names that tasks use: `22/tcp`. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** Rules tasks are about, with the words that ufw takes for them. */
  readonly asked: readonly Asked[];
  /** The SSH connection the observation came by. */
  readonly session: {
    readonly client: string;
    readonly server: string;
    readonly port: number;
  } | null;
}

/** A rule that a task is about. */
export interface Asked {
  readonly wish: RuleWish;
  readonly insert?: number;
}

/** A rule as a task writes it. */
export interface RuleWish {
  readonly action: 'allow' | 'deny' | 'reject' | 'limit';
  readonly log: boolean;
  readonly route: boolean;
  readonly direction: 'in' | 'out';
  readonly interfaceIn?: string;
  readonly interfaceOut?: string;
  /** `any`, an address or a network. */
  readonly from: string;
  readonly fromPort?: string;
  readonly to: string;
  readonly toPort?: string;
  readonly proto: string;
  /** A profile of /etc/ufw/applications.d instead of ports. */
  readonly app?: string;
  readonly comment?: string;
}

/** What a task is about. */
export interface UfwScope {
  readonly asked?: Asked;
}
