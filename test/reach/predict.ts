import { validateParams } from '../../src/load/validate-params.ts';
import { Refusal, type Plan, type Seen } from '../../src/model/module.ts';
import { OrchError } from '../../src/lib/errors.ts';
import { firewalldPort } from '../../src/modules/firewalld/firewalld-port.ts';
import { firewalldZone } from '../../src/modules/firewalld/firewalld-zone.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import type {
  FirewalldFacts,
  FirewalldScope,
  FirewalldState,
  ZoneSettings,
} from '../../src/modules/firewalld/state.ts';
import type { PortParams } from '../../src/modules/firewalld/port-params.ts';
import type { DummyRouteParams } from '../../src/modules/routes/dummy-params.ts';
import { dummyRoute } from '../../src/modules/routes/dummy-route.ts';
import { routes } from '../../src/modules/routes/resource.ts';
import type { RoutesFacts, RoutesState } from '../../src/modules/routes/state.ts';
import type { Value } from '../../src/model/value.ts';
import type { ZoneParams } from '../../src/modules/firewalld/zone-params.ts';
import type { Zones } from '../lab/read-firewall.ts';
import type { MadeTask } from './sequences.ts';

/** What orch looks at for all the tasks there may be. */
const SCOPE: FirewalldScope = {
  zones: [
    ...['public', 'home', 'work', 'dmz', 'internal', 'external', 'trusted', 'drop', 'block'],
    'web',
  ],
  interfaces: ['eth0', 'eth1'],
  sources: [],
  services: ['ssh', 'http', 'https', 'dhcpv6-client', 'dns', 'cockpit', 'samba', 'mdns'],
  definitions: true,
  mayReload: true,
  thorough: true,
  offline: false,
};

/** orch's look at firewalld. */
export const look = firewalld.observe([SCOPE]);

/** orch's look at routes. */
export const lookAtRoutes = routes.observe([{ name: 'orch0', always: true }]);

/** What is known of a host. */
export interface Known {
  readonly firewall: Seen<FirewalldState, FirewalldFacts>;
  readonly routes: Seen<RoutesState, RoutesFacts>;
}

/** What orch makes of the tasks: those it takes, the state it foresees, and how it would get there. */
export interface Foreseen {
  readonly taken: readonly MadeTask[];
  /** Why tasks were not taken. */
  readonly refused: readonly string[];
  readonly state: FirewalldState;
  readonly links: RoutesState;
  readonly plans: readonly Plan[];
}

/** Folds the tasks over what was seen; a task that a module refuses, or that no plan leads to, is left out. */
export function foresee({ firewall, routes: net }: Known, tasks: readonly MadeTask[]): Foreseen {
  let { state } = firewall;
  let { state: links } = net;
  const taken: MadeTask[] = [];
  const refused: string[] = [];
  for (const task of tasks) {
    try {
      const params = paramsOf(task);
      if (task.module === 'dummy_route') {
        const given = params as unknown as DummyRouteParams;
        const next = sure(dummyRoute.desired({ state: links, facts: net.facts }, given));
        routes.plan(net, next);
        links = next;
      } else {
        const next = sure(desired({ state, facts: firewall.facts }, task.module, params));
        firewalld.plan(firewall, next);
        state = next;
      }
      taken.push(task);
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      refused.push(error.message);
    }
  }
  const plans = [
    ...(state === firewall.state ? [] : [firewalld.plan(firewall, state)]),
    ...(links === net.state ? [] : [routes.plan(net, links)]),
  ];
  return { taken, refused, state, links, plans };
}

function sure<T>(next: T | Refusal): T {
  if (next instanceof Refusal) throw new OrchError('REFUSED', next.message);
  return next;
}

function paramsOf({ module, args }: MadeTask): Value {
  const { params, problems } = validateParams(module, args);
  if (problems[0])
    throw new Error(`a task that cannot be: ${JSON.stringify(args)}: ${problems[0].message}`);
  const known = {
    firewalld_zone: firewalldZone,
    firewalld_port: firewalldPort,
    dummy_route: dummyRoute,
  };
  const [bad] = known[module].problems?.(params) ?? [];
  if (bad) throw new OrchError('ARGUMENT_INVALID', bad.message);
  return params;
}

const desired = (
  now: Known['firewall'],
  module: 'firewalld_zone' | 'firewalld_port',
  params: Value,
): FirewalldState | Refusal =>
  module === 'firewalld_zone'
    ? firewalldZone.desired(now, params as unknown as ZoneParams)
    : firewalldPort.desired(now, params as unknown as PortParams);

/** One layer of a state in the words of `firewall-cmd --list-all-zones`. */
export function asListed(state: FirewalldState, config: 'runtime' | 'permanent'): Zones {
  const zones = Object.entries(state.zones).flatMap(([name, zone]) => {
    const settings = zone[config];
    return settings ? [[name, rows(settings)] as const] : [];
  });
  return Object.fromEntries(zones);
}

const rows = (zone: ZoneSettings): Zones[string] => ({
  target: [zone.target],
  interfaces: zone.interfaces,
  sources: zone.sources,
  services: zone.services,
  ports: zone.ports,
  protocols: zone.protocols,
  'source-ports': zone.sourcePorts,
  'forward-ports': zone.forwardPorts,
  'icmp-blocks': zone.icmpBlocks,
  'rich rules': zone.richRules,
  forward: [zone.forward === true ? 'yes' : 'no'],
  masquerade: [zone.masquerade ? 'yes' : 'no'],
  'icmp-block-inversion': [zone.icmpBlockInversion ? 'yes' : 'no'],
});
