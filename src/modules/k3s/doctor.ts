import type { FromSchema } from 'json-schema-to-ts';
import type { Inspection, InspectModule, ParamsSchema, Seen } from '../../model/module.ts';
import { type DoctorFacts, k3sNetwork } from './doctor-observe.ts';
import { configFindings } from './doctor-config.ts';
import { overlayFindings } from './doctor-overlay.ts';
import type { K3sState } from './state.ts';
import { nodeIp, viewOf } from './view.ts';

const params = {
  type: 'object',
  description:
    'Looks at what K3s needs of a host and at what it made of it: default route, addresses, kernel, the VXLAN interface, routes to the other nodes, service rules, NetworkManager. Before K3s runs, only what it needs is looked at. Changes nothing.',
  properties: {
    internal_interface: {
      type: 'string',
      description:
        'Interface of the network between the nodes. Left out: that of flannel-iface, or of the default route.',
    },
    external_interface: {
      type: 'string',
      description: 'Interface towards the outside; left out when there is only one.',
    },
    role: {
      enum: ['server', 'agent', 'auto'],
      default: 'auto',
      description: 'What the host is. auto: by the unit that is installed.',
    },
    nodes: {
      type: 'integer',
      minimum: 1,
      description: 'How many nodes the cluster has: there must be a route to each other one.',
    },
    pod_cidr: { type: 'string', default: '10.42.0.0/16', description: 'Network of the pods.' },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of `k3s_doctor`, defaults filled in. */
export type DoctorParams = FromSchema<typeof params>;

/** What is wrong with the network of a K3s node, each thing with its cure. */
export const k3sDoctor: InspectModule<
  DoctorParams,
  Readonly<Record<string, never>>,
  K3sState,
  DoctorFacts
> = {
  kind: 'inspect',
  name: 'k3s_doctor',
  params,
  example: `- name: The network of this node is well
  k3s_doctor:
    internal_interface: eth1
    external_interface: eth0
    nodes: 3
`,
  resource: k3sNetwork,
  scope: () => ({}),
  inspect,
};

function inspect(seen: Seen<K3sState, DoctorFacts>, given: DoctorParams): Inspection {
  const { facts } = seen;
  const view = viewOf(facts, seen.state);
  const role = given.role === 'auto' ? facts.units[0]?.role : given.role;
  const runs = facts.startedAt !== null || [...facts.network.units.values()].includes('active');
  const config = configFindings({ facts, view, role, params: given });
  const overlay = runs ? overlayFindings({ facts, view, params: given }) : NOTHING;
  const notes = runs ? [] : ['K3s does not run here: only what it needs of the host was looked at'];
  return {
    findings: [...config.findings, ...overlay.findings],
    warnings: [...config.warnings, ...overlay.warnings],
    notes,
    data: {
      running: runs,
      role: role ?? 'unknown',
      node_ip: nodeIp(view, facts) ?? '',
      default_interfaces: facts.defaultInterfaces,
      kube_chains: facts.network.kube,
      node: Object.fromEntries(facts.network.node ?? []),
    },
  };
}

const NOTHING = { findings: [], warnings: [] } as const;
