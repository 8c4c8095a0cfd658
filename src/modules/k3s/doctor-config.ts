import type { Finding } from '../../model/module.ts';
import type { DoctorParams } from './doctor.ts';
import type { DoctorFacts } from './doctor-observe.ts';
import { isEntries } from './merge.ts';
import { listAddresses } from './preset.ts';
import { nodeIp, type View } from './view.ts';
import { configIsNewer } from './state.ts';

/** What an examination gives. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

interface Patient {
  readonly facts: DoctorFacts;
  readonly view: View;
  readonly role: 'server' | 'agent' | undefined;
  readonly params: DoctorParams;
}

/** What K3s needs of the host, and what it is told: asked before it is installed, and after. */
export function configFindings(patient: Patient): Diagnosis {
  const found = [
    unreadable,
    defaultRoute,
    dummyOnly,
    interfaces,
    interfacesDown,
    foreignNodeIp,
    wrongNic,
    publicApi,
    kernel,
    managedByNetworkManager,
    failedUnit,
  ].flatMap((examine) => examine(patient));
  return { findings: found, warnings: warnings(patient) };
}

function unreadable({ facts }: Patient): readonly Finding[] {
  return facts.files.flatMap(({ path, entries }) =>
    isEntries(entries)
      ? []
      : [
          {
            message: `${path}:${entries.line} is not understood: ${entries.what}`,
            cure: 'mend the file: K3s does not start with it',
          },
        ],
  );
}

function defaultRoute({ facts }: Patient): readonly Finding[] {
  if (facts.defaultInterfaces.length > 0) return [];
  return [
    {
      message:
        'there is no default route: K3s cannot find the address of this node, and services are not reached',
      cure: 'orch run playbooks/dummy-route.yml, or set the default gateway',
    },
  ];
}

const isDummy = (name: string, facts: DoctorFacts): boolean =>
  name.startsWith('dummy') ||
  facts.addresses.some((a) => a.interface === name && a.address.startsWith('203.0.113.'));

/** K3s takes the address of the first default route; every dummy has the same one. */
function dummyOnly({ facts, view }: Patient): readonly Finding[] {
  const [first] = facts.defaultInterfaces;
  if (first === undefined || !facts.defaultInterfaces.every((name) => isDummy(name, facts)))
    return [];
  if (view.value('node-ip') ?? view.value('flannel-iface')) return [];
  return [
    {
      message: `the only default route goes through ${first}, and neither node-ip nor flannel-iface is set: K3s takes the same address on every node`,
      cure: 'orch run playbooks/k3s-flags.yml sets both',
    },
  ];
}

function interfaces({ facts, params, view }: Patient): readonly Finding[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['internal_interface', params.internal_interface],
    ['external_interface', params.external_interface],
    ['flannel-iface', view.value('flannel-iface')?.[0]],
  ];
  return named.flatMap(([what, name]) =>
    name === undefined || facts.interfaces.includes(name)
      ? []
      : [
          {
            message: `${what} is ${name}, which this host does not have; it has ${facts.interfaces.join(', ')}`,
            cure:
              what === 'flannel-iface'
                ? 'correct flannel-iface: K3s does not start with it'
                : `correct ${what} in the inventory`,
          },
        ],
  );
}

/** Its address stays on an interface that is down, so that all else looks well. */
function interfacesDown({ facts, params }: Patient): readonly Finding[] {
  return [params.internal_interface, params.external_interface].flatMap((name) => {
    const state = name === undefined ? undefined : facts.network.down.get(name);
    if (name === undefined || state === undefined) return [];
    return [
      {
        message: `${name} is ${state === 'down' ? 'down' : `${state}: what it is on is down`}: nothing gets in or out there`,
        cure: `ip link set ${name} up; where it stays down, its cable or its other end`,
      },
    ];
  });
}

function foreignNodeIp({ facts, view }: Patient): readonly Finding[] {
  return (view.value('node-ip') ?? []).flatMap((address) =>
    facts.addresses.some((a) => a.address === address)
      ? []
      : [
          {
            message: `node-ip is ${address}, which is on no interface of this host (${listAddresses(facts.addresses)})`,
            cure: 'set node-ip to the internal address: orch run playbooks/k3s-flags.yml',
          },
        ],
  );
}

function wrongNic({ facts, params, view }: Patient): readonly Finding[] {
  const wanted = params.internal_interface;
  const told = view.value('node-ip') ?? view.value('flannel-iface');
  if (wanted === undefined || (told === undefined && !facts.installed)) return [];
  const address = nodeIp(view, facts)?.split(',')[0];
  const found: Finding[] = [];
  const on = facts.addresses.find((a) => a.address === address)?.interface;
  if (on !== undefined && on !== wanted) {
    found.push({
      message: `the address of this node is ${address ?? ''} on ${on}, not on ${wanted}: nodes talk over the wrong network`,
      cure: 'set node-ip and flannel-iface: orch run playbooks/k3s-flags.yml, then restart K3s',
    });
  }
  const device = view.value('flannel-iface')?.[0];
  if (device !== undefined && device !== wanted) {
    found.push({
      message: `flannel-iface is ${device}, not ${wanted}: pods talk over the wrong network`,
      cure: 'set flannel-iface: orch run playbooks/k3s-flags.yml, then restart K3s',
    });
  }
  return found;
}

function publicApi({ role, view, params }: Patient): readonly Finding[] {
  const external = view.value('node-external-ip')?.[0];
  if (role === 'agent' || external === undefined || view.value('advertise-address')) return [];
  if (params.external_interface === undefined) return [];
  return [
    {
      message: `the API server is advertised at ${external}: node-external-ip is set and advertise-address is not`,
      cure: 'set advertise-address to the internal address: orch run playbooks/k3s-flags.yml',
    },
  ];
}

function kernel({ facts: { network, installed } }: Patient): readonly Finding[] {
  if (!installed) return [];
  const forward = network.sysctls.get('net.ipv4.ip_forward');
  const bridge = network.sysctls.get('net.bridge.bridge-nf-call-iptables');
  return [
    ...(forward === '0'
      ? [
          {
            message: 'net.ipv4.ip_forward is 0: pods reach nothing outside their node',
            cure: 'sysctl -w net.ipv4.ip_forward=1, and keep it in /etc/sysctl.d',
          },
        ]
      : []),
    ...(bridge === '0'
      ? [
          {
            message:
              'net.bridge.bridge-nf-call-iptables is 0: services do not work between pods of one node',
            cure: 'sysctl -w net.bridge.bridge-nf-call-iptables=1, and keep it in /etc/sysctl.d',
          },
        ]
      : []),
  ];
}

function managedByNetworkManager({ facts: { network } }: Patient): readonly Finding[] {
  return [
    ...(network.managed.length > 0
      ? [
          {
            message: `NetworkManager manages ${network.managed.join(', ')}: it may take addresses and zones from them`,
            cure: 'orch run playbooks/harden-nm.yml',
          },
        ]
      : []),
    ...(network.cloudSetup
      ? [
          {
            message: 'nm-cloud-setup is enabled: its routing rules break the pod network',
            cure: 'systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service, then reboot',
          },
        ]
      : []),
  ];
}

function failedUnit({ facts: { network } }: Patient): readonly Finding[] {
  return [...network.units].flatMap(([unit, state]) =>
    state === 'active' || state === 'activating'
      ? []
      : [{ message: `${unit}.service is ${state}`, cure: `journalctl -u ${unit} -n 50` }],
  );
}

function warnings({ facts }: Patient): readonly string[] {
  return configIsNewer(facts)
    ? ['the configuration is newer than the running K3s: it takes effect at the next restart']
    : [];
}
