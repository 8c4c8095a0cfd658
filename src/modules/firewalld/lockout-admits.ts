import { noPorts, portSet, sharedPorts } from '../../lib/port-set.ts';
import { type Clause, clausesOf, forwardsOf, NOTHING, type Services } from './lockout-clauses.ts';
import type { Port } from './ports.ts';
import type { ZoneSettings } from './state.ts';

/** Whether a zone lets a new connection in, and the clause that decides. */
export interface Admission {
  readonly answer: 'yes' | 'no' | 'perhaps';
  readonly why: string;
}

/** Whether a zone lets in a new connection from an address to a port. Without an address only what holds for everybody is sure. */
export function admits(
  settings: ZoneSettings,
  services: Services,
  port: Port,
  from: string | undefined,
): Admission {
  const asked = portSet([port]);
  const about = ({ ports }: Pick<Clause, 'ports'>): boolean => !noPorts(sharedPorts(ports, asked));
  const away = forwardsOf(settings, from).find(about)?.text;
  if (away !== undefined) {
    const why = away.startsWith('rule') ? away : `port ${port.low} is forwarded (${away})`;
    return { answer: 'perhaps', why };
  }
  const doubts: Clause[] = [];
  for (const clause of clausesOf(settings, services, from).filter(about)) {
    if (!clause.sure) {
      doubts.push(clause);
      continue;
    }
    const other = doubts.find(({ lets }) => lets !== clause.lets);
    if (other) return { answer: 'perhaps', why: other.why };
    return { answer: clause.lets ? 'yes' : 'no', why: clause.why };
  }
  return { answer: 'no', why: NOTHING };
}
