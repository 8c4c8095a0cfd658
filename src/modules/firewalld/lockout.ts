import { cidrContains } from '../../lib/cidr.ts';
import { admits, type Admission } from './lockout-admits.ts';
import { meets, mayDiffer } from './lockout-meets.ts';
import type { Port } from './ports.ts';
import type { ControlLine, FirewalldFacts, FirewalldState } from './state.ts';
import { type Config, settingsIn } from './zone-edit.ts';

/** Whether a new SSH connection like the one in use would get in. */
export type Verdict =
  | { readonly kind: 'safe' }
  | { readonly kind: 'lockout'; readonly ways: readonly Way[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** A zone that new connections meet when they come in by an interface, and its answer to them. */
export interface Way extends Admission {
  readonly device: string | undefined;
  readonly zone: string;
  /** `source 10.0.0.0/8`, `interface eth0` or `default zone`. */
  readonly by: string;
}

/** What a prediction needs to know besides the state. */
export type Known = Pick<
  FirewalldFacts,
  'session' | 'services' | 'hostPolicies' | 'networkManager' | 'prioritised'
>;

/**
 * Whether a new connection like the one in use would be let in: by the first source zone that holds the client, else
 * by the zone of each interface its packets may come in by, else by the default zone. Permanent means after a
 * reload or reboot. firewalld lets in what comes from the host itself before it asks any zone.
 */
export function verdict(state: FirewalldState, config: Config, known: Known): Verdict {
  const { session } = known;
  if (!session) return { kind: 'unknown', why: 'no SSH connection to this host is known' };
  if (fromItself(session)) return { kind: 'safe' };
  const ways = waysIn(state, config, known);
  const shut = ways.filter(({ answer }) => answer === 'no');
  if (shut.length > 0) {
    const other = ways.find(({ answer }) => answer !== 'no');
    return other ? { kind: 'unknown', why: either(shut, other) } : { kind: 'lockout', ways: shut };
  }
  const open = ways.find(({ answer }) => answer === 'perhaps');
  return open ? { kind: 'unknown', why: open.why } : { kind: 'safe' };
}

/** With routes that differ for the two directions nobody can tell by which interface the packets of a client come. */
const either = ([shut]: readonly Way[], open: Way): string =>
  `new SSH connections may come in by ${open.device ?? 'an interface'}, or by ${shut?.device ?? 'one'}, whose zone ${shut?.zone ?? ''} does not let them in`;

/** How new connections like the one in use come in, one way for each interface they may come by. */
export function waysIn(state: FirewalldState, config: Config, known: Known): readonly Way[] {
  const { session } = known;
  if (!session) return [];
  const line = { ...known, session };
  if (session.interfaces.length > 0) {
    return session.interfaces.map((device) => way(state, config, line, device));
  }
  const only = way(state, config, line, undefined);
  if (only.by.startsWith('source ')) return [only];
  const why = 'it cannot be told which interface new SSH connections come in by';
  return [{ ...only, answer: 'perhaps', why }];
}

type Line = Known & { readonly session: ControlLine };

function way(state: FirewalldState, config: Config, line: Line, device: string | undefined): Way {
  const met = meets(state, config, { ...line, ...line.session }, device);
  const zones = [...met.perhaps, ...met.rivals, met.zone];
  const asked = zones.map((zone) => asks(state, config, line, zone));
  const sure = asked.at(-1) ?? { answer: 'perhaps', why: 'no zone is known' };
  const other = asked.find(({ answer }) => answer !== sure.answer);
  const found = { device, zone: met.zone, by: met.by };
  if (sure.answer === 'perhaps' || !other) return { ...found, ...sure };
  const zone = zones[asked.indexOf(other)] ?? '';
  return { ...found, answer: 'perhaps', why: mayDiffer(met, zone, line.session.client, device) };
}

/** The answer of a zone, unless a policy may say otherwise. */
function asks(
  state: FirewalldState,
  config: Config,
  { session, services, hostPolicies }: Line,
  zone: string,
): Admission {
  const settings = settingsIn(state, zone, config);
  if (!settings) return { answer: 'perhaps', why: `zone ${zone} is not there in ${config}` };
  const port: Port = { low: session.port, high: session.port, proto: 'tcp' };
  const { answer, why } = admits(settings, services, port, session.client);
  const policy = hostPolicies.find(
    ({ from, accepts, denies }) =>
      (from.includes('ANY') || from.includes(zone)) && (answer === 'yes' ? denies : accepts),
  );
  if (answer === 'perhaps' || !policy) return { answer, why };
  const may =
    answer === 'yes' ? `deny what zone ${zone} accepts` : `accept what zone ${zone} does not`;
  return { answer: 'perhaps', why: `policy ${policy.name} may ${may}` };
}

const fromItself = ({ client, server }: ControlLine): boolean =>
  client === server || client === '::1' || cidrContains('127.0.0.0/8', client);
