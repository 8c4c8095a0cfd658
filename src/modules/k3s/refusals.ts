import { Refusal } from '../../model/module.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { inSubnet, parseIpv4 } from '../routes/ipv4.ts';
import { DANGERS, FLAGS } from './flag-table.ts';
import { isEntries } from './merge.ts';
import { listAddresses } from './preset.ts';
import type { K3sFacts } from './state.ts';
import { type View, nodeIp } from './view.ts';

/** A change as the refusals judge it. */
export interface Proposal {
  readonly facts: K3sFacts;
  readonly before: View;
  readonly after: View;
  /** Flags the task sets or removes, without `+`. */
  readonly touched: readonly string[];
  readonly role: 'server' | 'agent' | undefined;
  readonly segregated: boolean;
  /** Flags whose dangers the operator accepts. */
  readonly force: readonly string[];
}

/** The first reason not to write the change; nothing when it is safe. */
export function refusalOf(proposal: Proposal): Refusal | undefined {
  for (const check of [
    unreadableFile,
    serverFlagOnAgent,
    commandLineWins,
    missingInterface,
    foreignNodeIp,
    publicApi,
    externalFlannel,
    dummyAddress,
    etcdPeer,
    danger,
  ]) {
    const refusal = check(proposal);
    if (refusal) return refusal;
  }
  return undefined;
}

const flagRefusal = (key: string, message: string, hint: string): Refusal =>
  new Refusal(message, { pointer: `/flags/${key}`, hint });

function unreadableFile({ facts }: Proposal): Refusal | undefined {
  for (const { path, entries } of facts.files) {
    if (isEntries(entries)) continue;
    return new Refusal(`${path}:${entries.line} is not understood: ${entries.what}`, {
      hint: 'Mend the file on the host first: K3s would not start with it, or orch cannot tell what it says.',
    });
  }
  return undefined;
}

function serverFlagOnAgent({ touched, role }: Proposal): Refusal | undefined {
  const key = touched.find((name) => FLAGS.get(name)?.on === 'server');
  if (key === undefined || role === 'server') return undefined;
  if (role === undefined) {
    return new Refusal(
      `${key} is a flag of servers, and whether this host is one cannot be seen: K3s is not installed yet`,
      { pointer: '/role', hint: 'Set role: server or role: agent.' },
    );
  }
  return flagRefusal(
    key,
    `${key} is a flag of servers: this agent would skip it`,
    'Give it to the servers only.',
  );
}

function commandLineWins({ facts, touched, after }: Proposal): Refusal | undefined {
  for (const { path, flags } of facts.units) {
    for (const { key, value } of flags) {
      if (!touched.includes(key)) continue;
      const wanted = after.merged.get(key)?.values;
      if (wanted?.includes(value) === true || wanted === undefined) continue;
      return flagRefusal(
        key,
        `ExecStart in ${path} has --${key}=${value}, which wins over every file: the value asked for would have no effect`,
        `Take --${key} out of the unit (install again without it), then run this again.`,
      );
    }
  }
  return undefined;
}

function missingInterface({ facts, touched, after }: Proposal): Refusal | undefined {
  const [name] = touched.includes('flannel-iface')
    ? (after.merged.get('flannel-iface')?.values ?? [])
    : [];
  if (name === undefined || facts.interfaces.includes(name)) return undefined;
  return flagRefusal(
    'flannel-iface',
    `this host has no interface ${name}; it has ${facts.interfaces.join(', ')}.${didYouMean(name, facts.interfaces)}`,
    'K3s does not start without it: name an interface that exists.',
  );
}

function foreignNodeIp({ facts, touched, after }: Proposal): Refusal | undefined {
  if (!touched.includes('node-ip')) return undefined;
  const wrong = after
    .value('node-ip')
    ?.find((ip) => !facts.addresses.some(({ address }) => address === ip));
  if (wrong === undefined) return undefined;
  return flagRefusal(
    'node-ip',
    `node-ip ${wrong} is on no interface of this host, which has ${listAddresses(facts.addresses)}`,
    'K3s would crash in a loop ("failed to find interface with specified node ip"): use an address of the host.',
  );
}

/** advertise-address defaults to node-external-ip before node-ip (k3s pkg/cli/server/server.go). */
function publicApi({ facts, after, role, force, touched }: Proposal): Refusal | undefined {
  const external = after.value('node-external-ip')?.[0];
  const isTouched = touched.includes('node-external-ip') || touched.includes('advertise-address');
  if (role !== 'server' || external === undefined || !isTouched || after.value('advertise-address'))
    return undefined;
  if (force.includes('advertise-address')) return undefined;
  const outside = facts.addresses.find(({ address }) => address === external);
  const own = parseIpv4(nodeIp(after, facts) ?? '');
  const start = parseIpv4(external);
  if (outside && own !== undefined && start !== undefined) {
    if (inSubnet(own, { address: start, prefix: outside.prefix })) return undefined;
  }
  return flagRefusal(
    'node-external-ip',
    `the API would be advertised at ${external}, because advertise-address is not set and follows node-external-ip: agents and pods would be sent there`,
    'Set advertise-address to the internal address (preset: segregated does), or force: [advertise-address].',
  );
}

function externalFlannel({ after, segregated }: Proposal): Refusal | undefined {
  const found = after.merged.get('flannel-external-ip');
  if (!segregated || after.value('flannel-external-ip')?.[0] !== 'true') return undefined;
  return new Refusal(
    `flannel-external-ip is true in ${found?.file ?? 'the unit of K3s'}: traffic between nodes would go over the external network`,
    { pointer: '/preset', hint: 'Take it out there, or do not use preset: segregated.' },
  );
}

function dummyAddress({ facts, after }: Proposal): Refusal | undefined {
  if (after.value('node-ip') ?? after.value('flannel-iface')) return undefined;
  const isDummy = (name: string): boolean =>
    name.startsWith('dummy') ||
    facts.addresses.some((a) => a.interface === name && a.address.startsWith('203.0.113.'));
  const [first] = facts.defaultInterfaces;
  if (first === undefined || !facts.defaultInterfaces.every(isDummy)) return undefined;
  const address = facts.addresses.find((a) => a.interface === first)?.address ?? 'its address';
  return new Refusal(
    `the only default route goes through ${first}: without node-ip and flannel-iface K3s takes ${address} for the address of this node`,
    { pointer: '/flags', hint: 'Set node-ip and flannel-iface, or a preset.' },
  );
}

function etcdPeer({ facts, before, after, force, touched }: Proposal): Refusal | undefined {
  if (!facts.hasEtcd || !touched.includes('node-ip') || force.includes('node-ip')) return undefined;
  const is = nodeIp(before, facts);
  const wanted = nodeIp(after, facts);
  if (is === wanted) return undefined;
  return flagRefusal(
    'node-ip',
    `node-ip would change from ${is ?? 'what K3s chose itself'} to ${wanted ?? 'what K3s chooses itself'} on a server with embedded etcd: its peers know the old address (k3s issue 5991)`,
    'Remove the server from the cluster and let it join again, or set force: [node-ip].',
  );
}

const DEFAULTS: Readonly<Record<string, string>> = {
  'cluster-cidr': '10.42.0.0/16',
  'service-cidr': '10.43.0.0/16',
  'cluster-dns': '10.43.0.10',
  'cluster-domain': 'cluster.local',
  'flannel-backend': 'vxlan',
  'https-listen-port': '6443',
  'with-node-id': 'false',
};

function danger({ facts, before, after, force, touched }: Proposal): Refusal | undefined {
  if (!facts.hasData) return undefined;
  for (const [key, why] of DANGERS) {
    if (!touched.includes(key) || force.includes(key)) continue;
    const is = before.value(key)?.join(',') ?? DEFAULTS[key];
    const wanted = after.value(key)?.join(',') ?? DEFAULTS[key];
    if (is === wanted) continue;
    return flagRefusal(
      key,
      `${key} would change from ${is ?? 'its default'} to ${wanted ?? 'its default'} on a server that has data: ${why}`,
      `Leave it as it is. Only if you know what you do: force: [${key}].`,
    );
  }
  return undefined;
}
