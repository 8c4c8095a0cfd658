import { expect } from 'chai';
import { Refusal, type Seen } from '../../../../src/model/module.ts';
import { Unknown } from '../../../../src/model/value.ts';
import { firewalldPort } from '../../../../src/modules/firewalld/firewalld-port.ts';
import type { PortParams } from '../../../../src/modules/firewalld/port-params.ts';
import type {
  ControlLine,
  FirewalldFacts,
  FirewalldState,
} from '../../../../src/modules/firewalld/state.ts';
import { both, host, judge, portTask, zone } from '../../../helpers/firewalld.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;
type Task = Partial<PortParams>;

function wanted(current: Current, task: Task): FirewalldState {
  const state = firewalldPort.desired(current, portTask(task));
  if (state instanceof Refusal) throw new Error(state.message);
  const again = firewalldPort.desired({ ...current, state }, portTask(task));
  expect(again, 'a second run').to.deep.equal(state);
  return state;
}

function refused(current: Current, task: Task): Refusal {
  const state = firewalldPort.desired(current, portTask(task));
  if (!(state instanceof Refusal)) throw new Error('it is not refused');
  return state;
}

const told = (current: Current, task: Task) =>
  firewalldPort.result!(
    current.state,
    { ...current, state: wanted(current, task) },
    portTask(task),
  );

/** A host whose public zone lists these ports in both configurations. */
const listing = (...ports: string[]) => host({ public: both({ ports }) });
const listed = (state: FirewalldState, name = 'public') => {
  const { runtime, permanent } = state.zones[name]!;
  expect(runtime!.ports).to.deep.equal(permanent!.ports);
  return runtime!.ports;
};

/** The shared guide, in its order. */
const GUIDE = [
  '2379-2380/tcp',
  '6443/tcp',
  '8472/udp',
  '10250/tcp',
  '5001/tcp',
  '9500-9503/tcp',
  '8500-8504/tcp',
  '10000-30000/tcp',
  '3260/tcp',
  '2049/tcp',
  '80/tcp',
  '443/tcp',
  '9095/tcp',
  '6379/tcp',
  '8125/tcp',
  '8125/udp',
];

describe('firewalld_port', () => {
  it('P1 lists 15 entries for the 16 ports of the shared guide', () => {
    const ports = listed(wanted(listing(), { ports: GUIDE }));
    expect(ports).to.deep.equal(GUIDE.filter((port) => port !== '10250/tcp').sort());
    expect(told(listing(), { ports: GUIDE }).notes).to.deep.equal([
      '10250/tcp: covered by 10000-30000/tcp',
    ]);
  });

  it('P1 comes to the same list when each port is a task of its own', () => {
    const last = GUIDE.reduce(
      (current, port) => ({ ...current, state: wanted(current, { ports: [port] }) }),
      listing(),
    );
    expect(listed(last.state)).to.deep.equal(listed(wanted(listing(), { ports: GUIDE })));
  });

  it('P2 finds a port open inside a listed range, and says which', () => {
    const current = listing('10000-30000/tcp');
    expect(wanted(current, { ports: ['10250/tcp'] })).to.equal(current.state);
    expect(told(current, { ports: ['10250/tcp'] }).notes).to.deep.equal([
      '10250/tcp: covered by 10000-30000/tcp',
    ]);
  });

  it('P3 opens a range around a listed port', () => {
    expect(listed(wanted(listing('10250/tcp'), { ports: ['10000-30000/tcp'] }))).to.deep.equal([
      '10000-30000/tcp',
    ]);
  });

  it('P4 is satisfied by the union of ranges', () => {
    const current = listing('400-442/tcp', '443/tcp', '444-500/tcp');
    expect(wanted(current, { ports: ['400-500/tcp'] })).to.equal(current.state);
  });

  it('P5 does not merge what only touches', () => {
    expect(listed(wanted(listing('400-600/tcp'), { ports: ['601/tcp'] }))).to.deep.equal([
      '400-600/tcp',
      '601/tcp',
    ]);
  });

  it('P6 refuses to close a part of a range, naming the range', () => {
    const refusal = refused(listing('400-600/tcp'), { ports: ['443/tcp'], state: 'closed' });
    expect(refusal.message).to.equal(
      '443/tcp is part of the listed range 400-600/tcp in zone public (runtime)',
    );
    expect(refusal.hint).to.include('split: true');
  });

  it('P7 cuts the range when split is asked for', () => {
    const task: Task = { ports: ['443/tcp'], state: 'closed', split: true };
    expect(listed(wanted(listing('400-600/tcp'), task))).to.deep.equal([
      '400-442/tcp',
      '444-600/tcp',
    ]);
  });

  it('P8 cuts across the edge of a range', () => {
    const task: Task = { ports: ['390-410/tcp'], state: 'closed', split: true };
    expect(listed(wanted(listing('400-600/tcp'), task))).to.deep.equal(['411-600/tcp']);
  });

  it('P9 counts a port of an enabled service as open, unless told not to', () => {
    const current = host({ public: both({ services: ['https'] }) });
    expect(wanted(current, { ports: ['443/tcp'] })).to.equal(current.state);
    expect(told(current, { ports: ['443/tcp'] }).notes).to.deep.equal([
      '443/tcp: open by service https',
    ]);
    for (const task of [{ services_count: false }, { match: 'exact' as const }]) {
      expect(listed(wanted(current, { ports: ['443/tcp'], ...task }))).to.deep.equal(['443/tcp']);
    }
  });

  it('P10 refuses to call a port closed that a service keeps open', () => {
    const current = host({ public: both({ services: ['https'], ports: ['443/tcp'] }) });
    const task: Task = { ports: ['443/tcp'], state: 'closed' };
    expect(refused(current, task).message).to.equal(
      '443/tcp would stay open in zone public (runtime): still_open_by service https',
    );
    const { data } = told(current, { ...task, ignore_still_open: true });
    expect(data['still_open_by']).to.deep.equal(['service https']);
    expect(listed(wanted(current, { ...task, ignore_still_open: true }))).to.deep.equal([]);
  });

  it('P11 is satisfied by a zone that accepts everything', () => {
    const current = host();
    const task = { zone: 'trusted', ports: ['6443/tcp'] };
    expect(wanted(current, task)).to.equal(current.state);
    expect(told(current, task).notes).to.deep.equal([
      'zone trusted accepts everything; ports there have no effect',
    ]);
    expect(listed(wanted(current, { ...task, match: 'exact' }), 'trusted')).to.deep.equal([
      '6443/tcp',
    ]);
    expect(refused(current, { ...task, state: 'closed' }).message).to.include(
      'still_open_by target ACCEPT',
    );
  });

  it('P12 changes permanent only where the port runs already', () => {
    const current = host({ public: zone({ ports: ['80/tcp'] }, {}) });
    const { public: after } = wanted(current, { ports: ['80/tcp'] }).zones;
    expect(after!.runtime).to.equal(current.state.zones['public']!.runtime);
    expect(after!.permanent!.ports).to.deep.equal(['80/tcp']);
  });

  it('P13 keeps protocols apart', () => {
    expect(listed(wanted(listing(), { ports: ['8125/tcp', '8125/udp'] }))).to.deep.equal([
      '8125/tcp',
      '8125/udp',
    ]);
  });

  it('P14 lowers the case of a protocol with a warning', () => {
    expect(listed(wanted(listing(), { ports: ['80/TCP'] }))).to.deep.equal(['80/tcp']);
    expect(told(listing(), { ports: ['80/TCP'] }).warnings).to.deep.equal([
      '"80/TCP" is read as 80/tcp: protocols are written small',
    ]);
  });

  it('P15 writes nothing when one of many ports is bad', () => {
    const ports = [...GUIDE.slice(0, 15), 'abc/tcp'];
    expect(firewalldPort.problems!({ ports })).to.have.length(1);
    expect(firewalldPort.problems!({ ports })[0]!.pointer).to.equal('/ports/15');
    expect(refused(listing(), { ports }).message).to.equal(
      '"abc/tcp" names a port instead of numbering it',
    );
  });

  it('P16 leaves a list alone whose ranges overlap but cover the port', () => {
    const current = listing('400-500/tcp', '443/tcp');
    expect(wanted(current, { ports: ['443/tcp'] })).to.equal(current.state);
  });

  it('P17 refuses an exclusive list that shuts the session out', () => {
    const session: ControlLine = {
      client: '10.90.0.1',
      server: '10.90.0.11',
      port: 22,
      interfaces: ['eth0'],
      profiled: [],
      bound: {},
      defaultZone: 'public',
    };
    const { state, facts } = listing('22/tcp', '80/tcp');
    const current = { state, facts: { ...facts, session } };
    const task = { ports: ['80/tcp'], exclusive: true };
    const refusal = judge(firewalldPort, current, portTask(task)) as Refusal;
    expect(refusal.code).to.equal('LOCKOUT');
    expect(refusal.message).to.equal(
      'this would lock you out: a new SSH connection from 10.90.0.1 to port 22 arrives on eth0, the default zone public (runtime and permanent), which does not accept it',
    );
    const allowed = judge(firewalldPort, current, portTask({ ...task, allow_lockout: true }));
    expect(allowed).to.have.property('warnings').with.length(1);
    const other = { state, facts: { ...facts, session: { ...session, port: 80 } } };
    expect(judge(firewalldPort, other, portTask(task))).to.deep.include({ warnings: [] });
  });

  it('P18 refuses a timeout, naming the command to use', () => {
    const [problem] = firewalldPort.problems!({ ports: ['80/tcp'], timeout: '30s' });
    expect(problem).to.deep.include({
      pointer: '/timeout',
      hint: 'run it as a command: firewall-cmd --add-port=80/tcp --timeout=30s',
    });
  });

  it('P19 refuses a zone that does not exist, naming those that do', () => {
    expect(refused(host(), { ports: ['80/tcp'], zone: 'publik' }).message).to.equal(
      'INVALID_ZONE: firewalld on this host has no zone "publik"; it has: block, drop, public, trusted. Did you mean "public"?',
    );
  });

  it('P20 finds a port open by a protocol entry, with a warning', () => {
    const current = host({ public: both({ protocols: ['tcp'] }) });
    expect(wanted(current, { ports: ['80/tcp'] })).to.equal(current.state);
    expect(told(current, { ports: ['80/tcp'] }).warnings).to.deep.equal([
      'all tcp is open in zone public: its protocols hold tcp',
    ]);
  });

  it('leaves nothing else in the list when it is exclusive', () => {
    const current = listing('10000-30000/tcp', '53/udp', '80/tcp');
    const task = { ports: ['80/tcp', '10250/tcp'], exclusive: true };
    expect(listed(wanted(current, task))).to.deep.equal(['10250/tcp', '80/tcp']);
  });

  it('takes rows of a table and {port, proto}', () => {
    const rows = [
      { ports: '8472/udp', from: 'node', to: 'node', why: 'Flannel VXLAN' },
      { ports: ['8125/tcp', '8125/udp'], why: 'Telegraf' },
      { port: 443, proto: 'tcp' },
      { port: '2379-2380', proto: 'tcp' },
    ];
    expect(listed(wanted(listing(), { ports: rows }))).to.deep.equal([
      '2379-2380/tcp',
      '443/tcp',
      '8125/tcp',
      '8125/udp',
      '8472/udp',
    ]);
    expect(firewalldPort.problems!({ ports: [{ why: 'x' }, { port: 80 }] })).to.have.length(2);
  });

  it('opens ports to some sources by one rich rule each, and takes them back', () => {
    const task = { ports: ['2379-2380/tcp'], sources: ['10.0.0.7/24', '2001:db8::/64'] };
    const state = wanted(listing(), task);
    const rules = [
      'rule family="ipv4" source address="10.0.0.0/24" port port="2379-2380" protocol="tcp" accept',
      'rule family="ipv6" source address="2001:db8::/64" port port="2379-2380" protocol="tcp" accept',
    ];
    expect(state.zones['public']).to.deep.equal(both({ richRules: rules }));
    expect(
      wanted({ ...listing(), state }, { ...task, state: 'closed' }).zones['public'],
    ).to.deep.equal(both());
  });

  it('warns when a port limited to sources is open to everyone', () => {
    expect(
      told(listing('443/tcp'), { ports: ['443/tcp'], sources: ['10.0.0.0/24'] }).warnings,
    ).to.deep.equal([
      '443/tcp is open to everyone in zone public: limiting its sources has no effect',
    ]);
  });

  it('uses the default zone of the host when none is named', () => {
    const current = host({ nodes: both() }, {}, 'nodes');
    expect(listed(wanted(current, { port: '80/tcp' }), 'nodes')).to.deep.equal(['80/tcp']);
  });

  it('writes permanent only while the daemon is down', () => {
    const down = host({ public: zone(null, {}) }, { access: 'offline' });
    expect(wanted(down, { ports: ['80/tcp'] }).zones['public']).to.deep.equal(
      zone(null, { ports: ['80/tcp'] }),
    );
    expect(refused(down, { ports: ['80/tcp'], persist: 'runtime' }).message).to.equal(
      'firewalld is not running: there is no runtime configuration to change',
    );
  });

  it('refuses a zone that exists in one configuration only', () => {
    const current = host({ nodes: zone(null, {}) });
    expect(refused(current, { zone: 'nodes', ports: ['80/tcp'] }).message).to.equal(
      'zone nodes exists in the permanent configuration only',
    );
  });

  const faults: readonly (readonly [object, string])[] = [
    [{}, ''],
    [{ ports: ['80/tcp'], state: 'closed', exclusive: true }, '/exclusive'],
    [{ ports: ['80/tcp'], sources: ['10.0.0.0/24'], exclusive: true }, '/exclusive'],
    [{ ports: ['80/tcp'], sources: [] }, '/sources'],
    [{ ports: ['80/tcp'], sources: ['nodes'] }, '/sources/0'],
    [{ ports: 'http/tcp' }, '/ports'],
    [{ port: 80 }, '/port'],
    [{ ports: ['80/tcp'], zone: 'k3s-cluster-internal' }, '/zone'],
  ];
  for (const [task, pointer] of faults) {
    it(`refuses ${JSON.stringify(task)}`, () => {
      expect(firewalldPort.problems!(task).map((p) => p.pointer)).to.deep.equal([pointer]);
    });
  }

  it('leaves values that are not known yet alone', () => {
    const later = new Unknown('a template');
    expect(firewalldPort.problems!({ ports: later, sources: [later], state: later })).to.deep.equal(
      [],
    );
  });
});
