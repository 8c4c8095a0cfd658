/** What a page of docs/library says that a playbook does not say itself. */
export interface Remarks {
  /** How it disturbs what runs. */
  readonly disruption: string;
  /** Where it departs from the networking guide: what the guide has, what is done here, why. */
  readonly deviations: readonly (readonly [string, string, string])[];
}

const READS = 'None: it only looks.';
const FIREWALL: Remarks['deviations'] = [
  [
    'one `firewall-cmd` a rule, then `--reload`',
    'one batch, no reload',
    'A reload drops what K3s put into the firewall, and on firewalld before 2.0 all iptables rules.',
  ],
  [
    'commands add, never remove',
    "the other guide's settings are taken back",
    'Else changing from shared to segregated leaves etcd open to the outside.',
  ],
  [
    '10250/tcp beside 10000-30000/tcp',
    'the range covers it',
    'firewalld merges overlapping ports; adding it again is no change.',
  ],
  [
    'SSH is never mentioned',
    'services stay, a change that locks SSH out is refused',
    'The interface you come by may be the one that moves.',
  ],
];

/** Remarks by file of playbooks/. */
export const REMARKS: Readonly<Record<string, Remarks>> = {
  'segregated.yml': {
    disruption:
      'Zones are changed while they run, without a reload: established connections stay, new ones meet the new rules.',
    deviations: [
      ...FIREWALL,
      [
        'K3s opens the internal ports itself',
        'the zone `trusted` does',
        '`flannel-iface` only chooses the interface of the overlay.',
      ],
      [
        'pod and service networks are sources of `trusted`',
        'the same; with `strict` the interfaces `cni0` and `flannel.1` instead (they stay there when strict is left out again)',
        'A source lets everyone in who can send packets with such an address to the external interface.',
      ],
      [
        '`trusted` shown with services `ssh mdns`, `public` with `cockpit`',
        'not required',
        'Defaults of distributions; `trusted` accepts everything.',
      ],
    ],
  },
  'shared.yml': {
    disruption:
      'Zones are changed while they run, without a reload: established connections stay, new ones meet the new rules.',
    deviations: [
      ...FIREWALL,
      [
        'the pod network is a source of `public`',
        'the same, with `forward: true`',
        'Without forwarding in the zone pods reach nothing (firewalld 0.9).',
      ],
      [
        'inter-node ports open to everyone',
        'the same; with `strict` to `node_subnets` only, etcd and the like on servers only, Longhorn only when asked for, pods in `trusted`',
        'K3s warns of VXLAN open to the world; etcd and kubelet are no better there.',
      ],
      [
        '9093 and 8086 in a table, opened by no command',
        'closed, unless `open_application_ports`',
        'Traffic inside the cluster.',
      ],
    ],
  },
  'verify.yml': {
    disruption: READS,
    deviations: [
      [
        'expected output lists ports under `protocols:`',
        'judged by coverage',
        'firewalld does not print that; `protocols: tcp` would open every TCP port, and is a finding.',
      ],
      [
        'nothing is said of ports that must be closed',
        'segregated: ports between nodes that the external zone lists are findings, and so is a zone that accepts everything',
        'etcd and kubelet left open to the outside by an older setup look like nothing at all.',
      ],
      [
        'services `ssh mdns` and `cockpit`, interface `eth2` expected',
        'not required, more is allowed',
        'Defaults of distributions.',
      ],
    ],
  },
  'precheck.yml': {
    disruption: READS,
    deviations: [
      [
        'the installer looks at the default zone',
        'both views: the default zone, and the zone that packets between nodes meet',
        'Segregated networks contradict it by design.',
      ],
      [
        'all inter-node ports on all nodes',
        'those that the roles of the table need: etcd and 6443 on servers',
        'What nobody asks for need not be open; a gap on an agent would be no gap.',
      ],
      [
        '5001/tcp (Spegel) from all nodes to servers',
        'the same; with the embedded registry of K3s give the rows `guide_ports.by_option` names for it as well',
        'K3s documents it, and 6443/tcp, between all nodes then.',
      ],
    ],
  },
  'connectivity.yml': {
    disruption:
      'None on what runs. It knocks at ports; with `proof=true` it listens on free ones for a minute.',
    deviations: [
      [
        '"test basic connectivity between nodes", with no command',
        'every node knocks at every port of the tables on every other one; of 10000-30000 a sample, and says so',
        'A ping passes where ports are closed, and 20 001 ports of each pair are more than one needs.',
      ],
      [
        '8472/udp like the others',
        'refused or answered by the listener of `proof=true`: it got through; silence: "says nothing", no finding',
        'UDP does not answer by itself, and the VXLAN of a running K3s never does.',
      ],
    ],
  },
  'doctor.yml': {
    disruption: READS,
    deviations: [
      [
        'routes of the service network are present',
        'the rules of the services are looked at',
        'There is no such route: addresses of services are translated.',
      ],
    ],
  },
  'dummy-route.yml': {
    disruption:
      'A new link and a default route where there was none: what has no route now hangs, where it was refused at once.',
    deviations: [
      [
        'four commands',
        'kept over a reboot by whoever owns networking',
        "The guide's route is gone after a reboot.",
      ],
      [
        'metric 1000',
        'the same, refused where a real default route has a higher one',
        'On plain systemd-networkd a route of DHCP has 1024: the dummy would take its place. Give `dummy_metric=4096`.',
      ],
      [
        'no word of `node-ip` and `flannel-iface`',
        'k3s-flags.yml sets them; where K3s is there without them, the route is refused',
        'Every dummy has the same address, and K3s would take it for the node.',
      ],
    ],
  },
  'k3s-flags.yml': {
    disruption:
      'K3s is restarted where it runs with other flags, servers one at a time, then a quarter of the agents at a time; its containers go on.',
    deviations: [
      [
        '`--node-external-ip` without `--advertise-address`',
        '`advertise-address` is the internal address',
        'K3s would advertise its API at the public address, which the firewall closes.',
      ],
      [
        'flags on the command line of the installer',
        'a configuration file',
        'The installer forgets options that are not given again.',
      ],
    ],
  },
  'kernel.yml': {
    disruption: 'None: modules are loaded and parameters set while everything runs.',
    deviations: [
      ['nothing', 'modules and parameters that K3s needs', 'They hold before it is there.'],
    ],
  },
  'harden-nm.yml': {
    disruption: 'NetworkManager reads its configuration anew; connections stay.',
    deviations: [
      ['nothing', 'NetworkManager leaves the pod network alone', 'It may take addresses from it.'],
    ],
  },
  'rollback.yml': {
    disruption:
      'Zones are changed while they run, without a reload. Nodes and pods no longer reach each other afterwards: K3s must be off, or not needed.',
    deviations: [
      ['no way back', 'all it set is taken back', 'To try something one must be able to end it.'],
    ],
  },
  'reload-safe.yml': {
    disruption:
      'A reload of firewalld, one host at a time: what only runs is dropped, and before firewalld 2.0 perhaps the rules of K3s, which are then waited for. K3s is restarted where they do not come back.',
    deviations: [
      [
        '`firewall-cmd --reload` behind the commands',
        'not needed, for nothing here is set in the permanent configuration alone',
        'If it must be: with the rules of K3s counted before and behind.',
      ],
    ],
  },
  'site.yml': {
    disruption: 'That of the playbooks it imports.',
    deviations: [],
  },
};
