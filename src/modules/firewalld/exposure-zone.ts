import {
  ALL_PORTS,
  joinPorts,
  NO_PORTS,
  noPorts,
  type PortSet,
  samePorts,
  sharedPorts,
  withoutPorts,
} from '../../lib/port-set.ts';
import type { Cell, Unsure } from '../../model/exposure.ts';
import { clausesOf, forwardsOf } from './lockout-clauses.ts';
import type { FirewalldFacts, ZoneSettings } from './state.ts';

/** What one address reaches: no port is both open and unsure, and each is unsure for one reason. */
export type Lets = Pick<Cell, 'open' | 'unsure'>;

/** Nothing gets in. */
export const NOTHING_LET: Lets = { open: NO_PORTS, unsure: [] };

/** What a zone lets in from an address, where it cannot be told, and why; a policy may say otherwise. */
export function zoneLets(
  settings: ZoneSettings | null,
  zone: string,
  { services, hostPolicies }: Pick<FirewalldFacts, 'services' | 'hostPolicies'>,
  address: string,
): Lets {
  if (!settings) return doubtful([{ ports: ALL_PORTS, why: `zone ${zone} is not known` }]);
  const own = byClauses(settings, services, address);
  return hostPolicies
    .filter(({ from }) => from.includes('ANY') || from.includes(zone))
    .reduce<Lets>((lets, { name, accepts, denies }) => {
      const shut = withoutPorts(ALL_PORTS, joinPorts(lets.open, unsureOf(lets)));
      return doubtful(
        [
          ...lets.unsure,
          ...(denies
            ? [{ ports: lets.open, why: `policy ${name} may deny what zone ${zone} accepts` }]
            : []),
          ...(accepts
            ? [{ ports: shut, why: `policy ${name} may accept what zone ${zone} does not` }]
            : []),
        ],
        lets.open,
      );
    }, own);
}

/** The clauses in their order: each decides what none before it decided, unless one that is not sure says otherwise. */
function byClauses(
  settings: ZoneSettings,
  services: FirewalldFacts['services'],
  address: string,
): Lets {
  const unsure: Unsure[] = forwardsOf(settings, address).map(({ text, ports }) => ({
    ports,
    why: text.startsWith('rule') ? text : `it is forwarded (${text})`,
  }));
  let left = withoutPorts(ALL_PORTS, unsureOf({ unsure }));
  let open = NO_PORTS;
  const doubts: { readonly lets: boolean; readonly ports: PortSet; readonly why: string }[] = [];
  for (const { lets, sure, ports, why } of clausesOf(settings, services, address)) {
    if (!sure) {
      doubts.push({ lets, ports, why });
      continue;
    }
    let decided = sharedPorts(left, ports);
    if (noPorts(decided)) continue;
    left = withoutPorts(left, decided);
    for (const doubt of doubts.filter((one) => one.lets !== lets)) {
      const both = sharedPorts(decided, doubt.ports);
      if (noPorts(both)) continue;
      unsure.push({ ports: both, why: doubt.why });
      decided = withoutPorts(decided, both);
    }
    if (lets) open = joinPorts(open, decided);
  }
  return doubtful(unsure, open);
}

/** What either of two zones lets in, where it cannot be told which of them is asked. */
export function eitherLets(a: Lets, b: Lets, why: string): Lets {
  const open = sharedPorts(a.open, b.open);
  const may = joinPorts(joinPorts(a.open, b.open), joinPorts(unsureOf(a), unsureOf(b)));
  const unknown = [...a.unsure, ...b.unsure];
  const rest = withoutPorts(may, unsureOf({ unsure: unknown }));
  return doubtful([...unknown, { ports: withoutPorts(rest, open), why }], open);
}

/** Reasons without ports are left out, and a port has the first of its reasons only; what is unsure is not open. */
function doubtful(reasons: readonly Unsure[], open: PortSet = NO_PORTS): Lets {
  const unsure: Unsure[] = [];
  let told = NO_PORTS;
  for (const { ports, why } of reasons) {
    const fresh = withoutPorts(ports, told);
    if (noPorts(fresh)) continue;
    told = joinPorts(told, fresh);
    const at = unsure.findIndex((one) => one.why === why);
    const before = unsure[at];
    if (before) unsure[at] = { why, ports: joinPorts(before.ports, fresh) };
    else unsure.push({ ports: fresh, why });
  }
  return { open: withoutPorts(open, told), unsure };
}

const unsureOf = ({ unsure }: Pick<Lets, 'unsure'>): PortSet =>
  unsure.reduce((all, { ports }) => joinPorts(all, ports), NO_PORTS);

/** Whether two addresses reach the same. */
export const sameLets = (a: Lets, b: Lets): boolean =>
  samePorts(a.open, b.open) &&
  a.unsure.length === b.unsure.length &&
  a.unsure.every(({ ports, why }) =>
    b.unsure.some((other) => other.why === why && samePorts(other.ports, ports)),
  );
