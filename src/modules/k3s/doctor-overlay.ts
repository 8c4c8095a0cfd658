import { cidrContains } from '../../lib/cidr.ts';
import type { Finding } from '../../model/module.ts';
import type { Diagnosis } from './doctor-config.ts';
import type { DoctorParams } from './doctor.ts';
import type { DoctorFacts } from './doctor-observe.ts';
import { nodeIp, type View } from './view.ts';

interface Patient {
  readonly facts: DoctorFacts;
  readonly view: View;
  readonly params: DoctorParams;
}

/** What a running K3s made of the network: the VXLAN interface, routes to other nodes, service rules, the node object. */
export const overlayFindings = (patient: Patient): Diagnosis => ({
  findings: [
    ...(usesVxlan(patient) ? [...flannelInterface(patient), ...peerRoutes(patient)] : []),
    ...serviceRules(patient),
    ...nodeObject(patient),
  ],
  warnings: hostPorts(patient),
});

const usesVxlan = ({ view }: Patient): boolean =>
  (view.value('flannel-backend')?.[0] ?? 'vxlan') === 'vxlan';

/** `ip -d` of a VXLAN link: `vxlan id 1 local 10.0.0.1 dev eth1 srcport 0 0 dstport 8472 ...`. */
function flannelInterface({ facts, view, params }: Patient): readonly Finding[] {
  const { flannel } = facts.network;
  if (flannel === '') {
    return [
      {
        message: 'there is no interface flannel.1: pods of different nodes do not reach each other',
        cure: 'journalctl -u k3s -u k3s-agent -g flannel; look for a missing kernel module (vxlan) or a wrong flannel-iface',
      },
    ];
  }
  const found: Finding[] = [];
  if (!/[<,]UP[,>]/.test(flannel)) {
    found.push({ message: 'flannel.1 is down', cure: 'ip link set flannel.1 up, or restart K3s' });
  }
  const local = /\blocal (\S+)/.exec(flannel)?.[1];
  const device = /\bdev (\S+)/.exec(flannel)?.[1];
  const port = /\bdstport (\d+)/.exec(flannel)?.[1];
  const wanted = nodeIp(view, facts)?.split(',')[0];
  const wantedDevice = params.internal_interface ?? view.value('flannel-iface')?.[0];
  if (local !== undefined && wanted !== undefined && local !== wanted) {
    found.push({
      message: `flannel.1 sends from ${local}, the address of this node is ${wanted}: other nodes do not find it`,
      cure: 'set node-ip and flannel-iface alike, then restart K3s',
    });
  }
  if (device !== undefined && wantedDevice !== undefined && device !== wantedDevice) {
    found.push({
      message: `flannel.1 sends through ${device}, not through ${wantedDevice}`,
      cure: 'set flannel-iface: orch run playbooks/k3s-flags.yml, then restart K3s',
    });
  }
  if (port !== undefined && port !== '8472') {
    found.push({
      message: `flannel.1 uses port ${port}/udp: the guide opens 8472/udp`,
      cure: `open ${port}/udp between the nodes, or take the port out of the flannel configuration`,
    });
  }
  return found;
}

/** One route through flannel.1 for each other node. */
function peerRoutes({ facts, params }: Patient): readonly Finding[] {
  if (params.nodes === undefined || facts.network.flannel === '') return [];
  const pods = params.pod_cidr.split(',').map((network) => network.trim());
  const routes = facts.network.routes.filter((route) => {
    const [to = ''] = route.split(' ');
    return / dev flannel\.1\b/.test(route) && pods.some((network) => cidrContains(network, to));
  });
  const wanted = params.nodes - 1;
  if (routes.length >= wanted) return [];
  return [
    {
      message: `${routes.length} of ${wanted} other nodes have a route through flannel.1 here`,
      cure: 'are all nodes Ready (k3s kubectl get nodes)? each brings its route when it joins; restart K3s on this one',
    },
  ];
}

/** ClusterIPs are DNATed, so there is no route for the service network: these chains are what makes it work. */
function serviceRules({ facts: { network } }: Patient): readonly Finding[] {
  if (network.kube !== 0) return [];
  return [
    {
      message:
        'there are no KUBE- chains: services are not reached (a firewalld reload before 2.0 flushes them)',
      cure: 'restart K3s on this node; do not reload firewalld while it runs',
    },
  ];
}

function hostPorts({ facts: { network } }: Patient): readonly string[] {
  return network.hostport === 0 && network.kube > 0
    ? [
        'there are no CNI-HOSTPORT chains: right when no pod uses host ports (servicelb does), else those pods must restart',
      ]
    : [];
}

function nodeObject({ facts, view }: Patient): readonly Finding[] {
  const { node } = facts.network;
  const internal = node?.get('InternalIP');
  if (internal === undefined) return [];
  const wanted = nodeIp(view, facts)?.split(',')[0];
  if (internal.startsWith('203.0.113.')) {
    return [
      {
        message: `the cluster knows this node as ${internal}, the address of the dummy interface, which every node has`,
        cure: 'set node-ip and flannel-iface: orch run playbooks/k3s-flags.yml, then restart K3s',
      },
    ];
  }
  return wanted === undefined || internal === wanted
    ? []
    : [
        {
          message: `the cluster knows this node as ${internal}, its address should be ${wanted}`,
          cure: 'restart K3s so that it takes the configured node-ip',
        },
      ];
}
