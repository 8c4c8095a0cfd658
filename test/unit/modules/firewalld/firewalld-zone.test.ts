import { expect } from 'chai';
import { Refusal, type Seen } from '../../../../src/model/module.ts';
import { Unknown } from '../../../../src/model/value.ts';
import { firewalldZone } from '../../../../src/modules/firewalld/firewalld-zone.ts';
import type { FirewalldFacts, FirewalldState } from '../../../../src/modules/firewalld/state.ts';
import type { ZoneParams } from '../../../../src/modules/firewalld/zone-params.ts';
import { both, host, settings, zone, zoneTask } from '../../../helpers/firewalld.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;
type Task = Partial<ZoneParams>;

function wanted(current: Current, task: Task): FirewalldState {
  const state = firewalldZone.desired(current, zoneTask(task));
  if (state instanceof Refusal) throw new Error(state.message);
  const again = firewalldZone.desired({ ...current, state }, zoneTask(task));
  expect(again, 'a second run').to.deep.equal(state);
  return state;
}

function refused(current: Current, task: Task): Refusal {
  const state = firewalldZone.desired(current, zoneTask(task));
  if (!(state instanceof Refusal)) throw new Error('it is not refused');
  return state;
}

const told = (current: Current, task: Task) =>
  firewalldZone.result!(
    current.state,
    { ...current, state: wanted(current, task) },
    zoneTask(task),
  );

const problems = (task: object) => firewalldZone.problems!(task);

describe('firewalld_zone', () => {
  it('Z1 binds an interface that is in no zone, in both configurations', () => {
    const { zones } = wanted(host(), { zone: 'public', interfaces: ['eth0'] });
    expect(zones['public']!.runtime!.interfaces).to.deep.equal(['eth0']);
    expect(zones['public']!.permanent!.interfaces).to.deep.equal(['eth0']);
  });

  it('Z2 moves an interface out of the zone that has it, in both configurations', () => {
    const current = host({ public: both({ interfaces: ['eth0', 'eth1'] }) });
    const { zones } = wanted(current, { zone: 'trusted', interfaces: ['eth1'] });
    expect(zones['public']).to.deep.equal(both({ interfaces: ['eth0'] }));
    expect(zones['trusted']).to.deep.equal(both({ target: 'ACCEPT', interfaces: ['eth1'] }));
  });

  it('Z3 refuses to take an interface when move is false, naming its owner', () => {
    const current = host({ public: both({ interfaces: ['eth1'] }) });
    expect(
      refused(current, { zone: 'trusted', interfaces: ['eth1'], move: false }).message,
    ).to.equal('eth1 is bound to zone public; move: false forbids taking it (zone trusted)');
  });

  it('Z4 changes permanent only where runtime is right already', () => {
    const running = { target: 'ACCEPT', interfaces: ['eth1'] } as const;
    const current = host({ trusted: zone(running, { target: 'ACCEPT' }) });
    const { zones } = wanted(current, { zone: 'trusted', interfaces: ['eth1'] });
    expect(zones['trusted']!.runtime).to.equal(current.state.zones['trusted']!.runtime);
    expect(zones['trusted']!.permanent!.interfaces).to.deep.equal(['eth1']);
  });

  it('Z5 moves sources in both configurations', () => {
    const current = host({ public: both({ sources: ['10.42.0.0/16'] }) });
    const { zones } = wanted(current, { zone: 'trusted', sources: ['10.42.0.0/16'] });
    expect(zones['public']).to.deep.equal(both());
    expect(zones['trusted']).to.deep.equal(both({ target: 'ACCEPT', sources: ['10.42.0.0/16'] }));
  });

  it('Z6 knows a source by its network, not by its spelling', () => {
    const current = host({ trusted: both({ sources: ['10.42.0.0/16'] }) });
    expect(wanted(current, { zone: 'trusted', sources: ['10.42.7.9/16'] })).to.deep.equal(
      current.state,
    );
  });

  it('Z7 refuses sources that overlap another zone', () => {
    const current = host({ public: both({ sources: ['10.42.5.0/24'] }) });
    const refusal = refused(current, { zone: 'trusted', sources: ['10.42.0.0/16'] });
    expect(refusal.message).to.equal(
      'sources 10.42.0.0/16 (zone trusted) and 10.42.5.0/24 (zone public) overlap; firewalld would silently use public for the overlap',
    );
    expect(refusal.hint).to.include(
      'firewalld_zone: {zone: public, remove: {sources: [10.42.5.0/24]}}',
    );
  });

  it('Z8 writes permanent only while the daemon is down, and says so', () => {
    const down = host(
      { public: zone(null, {}), trusted: zone(null, { target: 'ACCEPT' }) },
      { access: 'offline' },
    );
    const { zones } = wanted(down, { zone: 'trusted', interfaces: ['eth1'] });
    expect(zones['trusted']).to.deep.equal(zone(null, { target: 'ACCEPT', interfaces: ['eth1'] }));
    expect(told(down, { zone: 'trusted', interfaces: ['eth1'] }).warnings).to.deep.equal([
      'firewalld is not running: only its permanent configuration is kept, which takes effect when it starts; start it: systemctl enable --now firewalld',
    ]);
    expect(refused(down, { zone: 'trusted', persist: 'runtime' }).message).to.equal(
      'firewalld is not running: there is no runtime configuration to change',
    );
    expect(refused(down, { zone: 'trusted', offline: 'never' }).message).to.equal(
      'firewalld is not running, and offline: never was given',
    );
  });

  it('Z11 makes a new zone that the next task sees', () => {
    const current = host({ nodes: zone(null, null) });
    const task = { zone: 'nodes', ports: ['6443/tcp'] };
    const state = wanted(current, task);
    const made = { ports: ['6443/tcp'], forward: false };
    expect(state.zones['nodes']).to.deep.equal(both(made));
    const next = wanted({ ...current, state }, { zone: 'nodes', ports: ['443/tcp'] });
    expect(next.zones['nodes']).to.deep.equal(both({ ...made, ports: ['443/tcp', '6443/tcp'] }));
    expect(refused(current, { ...task, reload: 'never' }).message).to.equal(
      'zone nodes is new, which needs a reload; reload: never was given',
    );
    expect(refused(current, { ...task, persist: 'runtime' }).message).to.equal(
      'zone nodes does not exist, and a new zone cannot live in runtime alone',
    );
  });

  it('makes new zones without forwarding where firewalld has none', () => {
    const old = settings({ forward: null });
    const current = host({ public: { runtime: old, permanent: old } });
    expect(wanted(current, { zone: 'nodes' }).zones['nodes']!.permanent!.forward).to.equal(null);
  });

  it('Z12 refuses to delete a zone that firewalld ships', () => {
    expect(refused(host(), { zone: 'trusted', state: 'absent' }).message).to.equal(
      'BUILTIN_ZONE: zone trusted comes with firewalld and cannot be deleted',
    );
  });

  it('deletes a zone of the user, unless it is the default zone', () => {
    const current = host({ nodes: both() });
    const { zones } = wanted(current, { zone: 'nodes', state: 'absent' });
    expect(zones['nodes']).to.deep.equal({ runtime: null, permanent: null });
    expect(
      refused(host({ nodes: both() }, {}, 'nodes'), { zone: 'nodes', state: 'absent' }).message,
    ).to.equal('zone nodes is the default zone and cannot be deleted');
    expect(wanted(host(), { zone: 'gone', state: 'absent' })).to.deep.equal(host().state);
  });

  it('Z13 leaves extra interfaces alone and tells of them, unless the list is exclusive', () => {
    const current = host({ public: both({ interfaces: ['eth0', 'eth2'] }) });
    const task = { zone: 'public', interfaces: ['eth0'] };
    expect(wanted(current, task)).to.deep.equal(current.state);
    expect(told(current, task).notes).to.deep.equal([
      'zone public also has interfaces eth2 (not named here, left alone)',
    ]);
    for (const exclusive of [true, ['interfaces' as const]]) {
      expect(wanted(current, { ...task, exclusive }).zones['public']).to.deep.equal(
        both({ interfaces: ['eth0'] }),
      );
    }
  });

  it('Z18 refuses a port among the protocols, at its place', () => {
    expect(problems({ zone: 'public', protocols: ['gre', '8472/udp'] })).to.deep.equal([
      {
        pointer: '/protocols/1',
        message: '"8472/udp" is a port, not a protocol: put it under ports:',
        hint: 'protocols are names such as gre or esp',
      },
    ]);
    expect(problems({ zone: 'public', protocols: ['2379-2380/tcp'] })[0]!.message).to.equal(
      '"2379-2380/tcp" is a port range, not a protocol: put it under ports:',
    );
  });

  it('Z19 finds the target right already', () => {
    const current = host();
    const task = { zone: 'trusted', target: 'ACCEPT', reload: 'never' } as const;
    expect(wanted(current, task)).to.deep.equal(current.state);
  });

  it('refuses to change the target without a reload', () => {
    expect(refused(host(), { zone: 'public', target: 'DROP', reload: 'never' }).message).to.equal(
      'target cannot change without reload; reload: never was given',
    );
    expect(
      wanted(host(), { zone: 'public', target: 'REJECT', persist: 'permanent', reload: 'never' })
        .zones['public']!.permanent!.target,
    ).to.equal('%%REJECT%%');
  });

  it('refuses an interface that does not exist, naming those that do', () => {
    const current = host({}, { interfaces: ['lo', 'enp2s0', 'enp1s0'] });
    const task = { zone: 'public', interfaces: ['enp1s0f'] };
    expect(refused(current, task).message).to.equal(
      'interface enp1s0f does not exist on this host; it has: enp1s0, enp2s0, lo. Did you mean "enp1s0"?',
    );
    expect(
      wanted(current, { ...task, check_interfaces: false }).zones['public']!.runtime!.interfaces,
    ).to.deep.equal(['enp1s0f']);
    expect(
      wanted(current, { zone: 'public', interfaces: ['vlan+'] }).zones['public']!.runtime!
        .interfaces,
    ).to.deep.equal(['vlan+']);
  });

  it('refuses a service that does not exist', () => {
    const current = host({}, { missing: [{ kind: 'services', name: 'htps', only: undefined }] });
    expect(refused(current, { zone: 'public', services: ['htps'] }).message).to.match(
      /^firewalld on this host has no service "htps"\. Did you mean "https?"\?$/,
    );
  });

  it('refuses names that the host does not know, at the entry that has them', () => {
    const current = host(
      {},
      {
        missing: [
          { kind: 'ipsets', name: 'nodes', only: undefined },
          { kind: 'ipsets', name: 'new', only: 'permanent' },
          { kind: 'protocols', name: 'tpc', only: undefined },
          { kind: 'services', name: 'mine', only: undefined },
        ],
      },
    );
    const zone = 'public';
    const sources = refused(current, { zone, sources: ['10.0.0.0/8', 'ipset:nodes'] });
    expect(sources.message).to.equal('firewalld on this host has no ipset "nodes".');
    expect(sources.pointer).to.equal('/sources/1');
    expect(sources.code).to.equal('NOT_ON_HOST');
    expect(refused(current, { zone, sources: ['ipset:new'] }).message).to.equal(
      'ipset "new" is in the permanent configuration only, and does not run yet',
    );
    wanted(current, { zone, sources: ['ipset:new'], persist: 'permanent' });
    wanted(current, { zone, remove: { sources: ['ipset:nodes'], protocols: ['tpc'] } });
    expect(refused(current, { zone, protocols: ['gre', 'tpc'] }).pointer).to.equal('/protocols/1');
    const rule = refused(current, {
      zone,
      rich_rules: ['rule service name=ssh accept', 'rule service name=mine accept'],
    });
    expect(rule.message).to.match(/^firewalld on this host has no service "mine"/);
    expect(rule.pointer).to.equal('/rich_rules/1');
  });

  it('refuses forward where firewalld has none', () => {
    const old = settings({ forward: null });
    const current = host(
      { public: { runtime: old, permanent: old }, trusted: { runtime: old, permanent: old } },
      { version: '0.8.2' },
    );
    expect(refused(current, { zone: 'public', forward: true }).message).to.equal(
      'forward needs firewalld 0.9.0, the host has 0.8.2',
    );
  });

  it('removes what is named under remove, and only that', () => {
    const current = host({
      public: both({
        sources: ['10.42.0.0/16', '192.0.2.0/24'],
        ports: ['10000-30000/tcp', '443/tcp', '6443/tcp'],
        services: ['ssh'],
      }),
    });
    const state = wanted(current, {
      zone: 'public',
      ports: ['443/tcp'],
      remove: {
        sources: ['10.42.7.7/16'],
        ports: ['6443/tcp', '443/tcp', '10250/tcp', '10000-30000/tcp', '8472/udp'],
      },
    });
    expect(state.zones['public']).to.deep.equal(
      both({ sources: ['192.0.2.0/24'], ports: ['443/tcp'], services: ['ssh'] }),
    );
  });

  it('cuts a range that holds a port to be removed', () => {
    const current = host({ public: both({ ports: ['10000-30000/tcp'] }) });
    expect(
      wanted(current, { zone: 'public', remove: { ports: ['10250/tcp'] } }).zones['public']!
        .runtime!.ports,
    ).to.deep.equal(['10000-10249/tcp', '10251-30000/tcp']);
  });

  it('writes rich rules in the spelling of the daemon', () => {
    const spelled = 'rule family="ipv4" source address="10.0.0.0/24" service name="ssh" accept';
    const current = host({ public: both({ richRules: [spelled] }) });
    const task = {
      zone: 'public',
      rich_rules: ['rule service name=ssh source address=10.0.0.0/24 family=ipv4 accept'],
    };
    expect(wanted(current, task)).to.deep.equal(current.state);
  });

  it('makes a zone the default one', () => {
    expect(wanted(host(), { zone: 'trusted', default: true }).defaultZone).to.equal('trusted');
    expect(refused(host(), { zone: 'public', default: false }).message).to.equal(
      'zone public is the default zone; there must be one',
    );
    expect(
      refused(host(), { zone: 'nodes', default: true, persist: 'permanent' }).message,
    ).to.equal('zone nodes does not run yet and cannot be the default zone');
  });

  it('takes the words of ansible.posix and says how it read them', () => {
    const current = host({ public: both({ services: ['https', 'ssh'] }) });
    const task = { zone: 'public', service: 'https', permanent: true, state: 'disabled' } as const;
    const { zones } = wanted(current, task);
    expect(zones['public']).to.deep.equal(
      zone({ services: ['https', 'ssh'] }, { services: ['ssh'] }),
    );
    expect(told(current, task).notes).to.include.members([
      'permanent and immediate: read as persist: permanent',
      'state: disabled is read as remove: of what is named',
      'zone public: services https only in runtime',
    ]);
  });

  it('warns when a protocol opens everything', () => {
    const task = { zone: 'public', remove: { services: ['ssh'] }, protocols: ['tcp'] };
    expect(told(host(), task).warnings).to.deep.equal([
      'all tcp is open in zone public: its protocols hold tcp',
    ]);
  });

  it('tells which range covers a port', () => {
    const current = host({ public: both({ ports: ['10000-30000/tcp'] }) });
    expect(told(current, { zone: 'public', ports: ['10250/tcp'] }).notes).to.include(
      '10250/tcp: covered by 10000-30000/tcp',
    );
  });

  const faults: readonly (readonly [object, string, string])[] = [
    [
      { zone: 'k3s-cluster-internal' },
      '/zone',
      'zone name "k3s-cluster-internal" has 20 characters, firewalld allows 17',
    ],
    [{ zone: 'a.b' }, '/zone', '"a.b" is no zone name'],
    [{ zone: 'public', interfaces: ['eth*'] }, '/interfaces/0', '"eth*" is no interface name'],
    [
      { zone: 'public', interfaces: ['a-very-long-name'] },
      '/interfaces/0',
      'interface name "a-very-long-name" has 16 characters, Linux allows 15',
    ],
    [
      { zone: 'public', sources: ['10.42.0.0/40'] },
      '/sources/0',
      '"10.42.0.0/40" is no address, network, MAC address or ipset',
    ],
    [{ zone: 'public', ports: ['443/tcp', 80] }, '/ports/1', '"80" has no protocol'],
    [
      { zone: 'public', remove: { ports: [{ ports: '9/tpc', why: 'x' }] } },
      '/remove/ports/0/ports',
      '"9/tpc": tpc has no ports',
    ],
    [{ zone: 'public', services: ['443/tcp'] }, '/services/0', '"443/tcp" is no service name'],
    [
      { zone: 'x', state: 'absent', ports: [] },
      '/state',
      'state: absent deletes the whole zone, yet entries are named',
    ],
    [
      { zone: 'x', exclusive: ['ports'] },
      '/exclusive/0',
      'exclusive names ports, but no ports are given',
    ],
  ];
  for (const [task, pointer, message] of faults) {
    it(`refuses ${JSON.stringify(task)}`, () => {
      expect(problems(task)[0]).to.deep.include({ pointer, message });
    });
  }

  it('leaves values that are not known yet alone', () => {
    const later = new Unknown('a template');
    expect(
      problems({ zone: later, ports: later, interfaces: [later], protocols: later, state: later }),
    ).to.deep.equal([]);
  });

  it('asks for reload facts only where a reload may be needed', () => {
    expect(firewalldZone.scope(zoneTask({ zone: 'public' })).mayReload).to.be.false;
    expect(firewalldZone.scope(zoneTask({ zone: 'public', target: 'DROP' })).mayReload).to.be.true;
    expect(
      firewalldZone.scope(zoneTask({ zone: 'nodes', sources: ['10.0.0.9/32'] })),
    ).to.deep.equal({
      zones: ['nodes'],
      interfaces: [],
      sources: ['10.0.0.9'],
      services: [],
      definitions: true,
      mayReload: true,
      thorough: false,
      offline: true,
    });
  });

  it('is about the default zone of the host when none is named', () => {
    const { zones } = wanted(host(), { service: 'http' });
    expect(zones['public']!.permanent!.services).to.include('http');
    expect(told(host(), { service: 'http' }).data).to.have.property('zone', 'public');
    expect(firewalldZone.scope(zoneTask({ service: 'http' }))).to.deep.include({
      zones: [],
      mayReload: false,
    });
    expect(problems({ state: 'absent' })).to.deep.include.members([
      { pointer: '/state', message: 'state: absent without a zone', hint: 'name it: zone: NAME' },
    ]);
    expect(problems({ default: true })).to.have.length(1);
  });

  it('turns back with state: disabled what ansible.posix turns on with enabled', () => {
    const on = host({ public: both({ masquerade: true, target: 'DROP' }) });
    const off = wanted(on, { zone: 'public', state: 'disabled', masquerade: true, target: 'DROP' });
    expect(off.zones['public']).to.deep.equal(both({ masquerade: false, target: 'default' }));
    const again = wanted(host(), { zone: 'public', state: 'disabled', masquerade: false });
    expect(again.zones['public']!.runtime!.masquerade).to.equal(true);
    expect(problems({ zone: 'public', state: 'disabled' })).to.have.length(1);
    expect(problems({ zone: 'public', state: 'disabled', forward: true })).to.deep.equal([]);
  });
});
