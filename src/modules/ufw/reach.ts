import { cidrContains, cidrsOverlap } from '../../lib/cidr.ts';
import type { Reach, Seen } from '../../model/module.ts';
import type { UfwFacts, UfwState } from './state.ts';

interface Way {
  readonly client: string;
  readonly server: string;
  readonly port: number;
}

/** Whether a new SSH connection gets in; `perhaps` where it cannot be told. */
function admits({ enabled, incoming, rules }: UfwState, way: Way): 'yes' | 'no' | 'perhaps' {
  if (!enabled) return 'yes';
  for (const [name, effect] of Object.entries(rules)) {
    const answer = judged(name, /^(allow|limit)/.test(effect), way);
    if (answer) return answer;
  }
  return incoming === 'allow' ? 'yes' : 'no';
}

const RULE =
  /^in (?:on (\S+) )?(?:proto (\S+) )?from (\S+)(?: port (\S+))? to (\S+)(?: port (\S+)| app (.+?))?( \(v6\))?$/;

/** What a rule says to a connection; nothing when it is about others. */
function judged(name: string, open: boolean, way: Way): 'yes' | 'no' | 'perhaps' | undefined {
  const found = RULE.exec(name);
  if (!found) return undefined;
  const [, link, proto = 'tcp', from = '', fromPort, to = '', toPort, app, six] = found;
  const meets =
    (six !== undefined) === way.client.includes(':') &&
    proto === 'tcp' &&
    covers(to, way.server) &&
    touches(from, way.client) &&
    (toPort === undefined || portIn(toPort, way.port));
  if (!meets) return undefined;
  // Which interface it comes by and which ports a profile has is not looked at.
  const sure = link === undefined && fromPort === undefined && covers(from, way.client);
  if (app !== undefined) return open && sure && /ssh/i.test(app) ? 'yes' : undefined;
  return sure ? (open ? 'yes' : 'no') : unsure(open, link);
}

/** A rule for others of the network lets none of ours in; one that shuts, or that is for an interface, may be about us. */
const unsure = (open: boolean, link: string | undefined): 'perhaps' | undefined =>
  !open || link !== undefined ? 'perhaps' : undefined;

const covers = (range: string, address: string): boolean =>
  range === 'any' || range === address || cidrContains(range, address);
const touches = (range: string, address: string): boolean =>
  range === 'any' || range === address || cidrsOverlap(range, address);

const portIn = (ports: string, port: number): boolean =>
  ports.split(',').some((one) => {
    const [from, to = from] = one.split(':').map(Number);
    return from !== undefined && to !== undefined && from <= port && port <= to;
  });

/** What a change does to the way in of the connection in use, and of the sources named. */
export function reachUfw(
  before: UfwState,
  { state: after, facts }: Seen<UfwState, UfwFacts>,
  sources: readonly string[],
): Reach {
  const { session } = facts;
  if (!session || before === after) return { kind: 'safe' };
  for (const client of [session.client, ...sources]) {
    const way = { ...session, client };
    const [was, is] = [admits(before, way), admits(after, way)];
    if (was === 'no' || is === 'yes' || (was === 'perhaps' && is === 'perhaps')) continue;
    if (is === 'perhaps') {
      return {
        kind: 'unknown',
        sentence: `rules of ufw for one interface decide whether ${client} still gets in to port ${session.port}`,
      };
    }
    return {
      kind: 'lockout',
      sentence: `ufw would keep out new SSH connections from ${client} to port ${session.port}`,
      hint: `allow port ${session.port} first (rule: allow, port: ${session.port}, proto: tcp), or leave the way in as it is`,
    };
  }
  return { kind: 'safe' };
}
