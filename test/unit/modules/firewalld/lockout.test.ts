import { expect } from 'chai';
import { Refusal, type Seen } from '../../../../src/model/module.ts';
import { firewalldPort } from '../../../../src/modules/firewalld/firewalld-port.ts';
import { firewalldZone } from '../../../../src/modules/firewalld/firewalld-zone.ts';
import { verdict } from '../../../../src/modules/firewalld/lockout.ts';
import type { PortParams } from '../../../../src/modules/firewalld/port-params.ts';
import type {
  ControlLine,
  FirewalldFacts,
  FirewalldState,
  Zone,
} from '../../../../src/modules/firewalld/state.ts';
import type { ZoneParams } from '../../../../src/modules/firewalld/zone-params.ts';
import { both, host, judge, portTask, zone, zoneTask } from '../../../helpers/firewalld.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;
type Zones = Readonly<Record<string, Zone>>;

const line = (more: Partial<ControlLine> = {}): ControlLine => ({
  client: '10.90.0.1',
  server: '10.90.0.11',
  port: 22,
  interfaces: ['eth0'],
  profiled: [],
  bound: {},
  defaultZone: 'public',
  ...more,
});

/** A host with sshd on a port, reached over eth0. */
const reached = (
  zones: Zones = {},
  session: Partial<ControlLine> = {},
  facts: Partial<FirewalldFacts> = {},
): Current =>
  host(
    { drop: both({ target: 'DROP' }), block: both({ target: '%%REJECT%%' }), ...zones },
    {
      session: line(session),
      ...facts,
    },
  );

const ssh = { services: ['ssh'] };
const onEth0 = { public: both({ ...ssh, interfaces: ['eth0'] }) };

type Given = Partial<ZoneParams> & { zone: string };

function refused(current: Current, task: Given): Refusal {
  const state = judge(firewalldZone, current, zoneTask(task));
  if (!(state instanceof Refusal)) throw new Error('not refused');
  expect(state.code).to.equal('LOCKOUT');
  return state;
}

function wanted(current: Current, task: Given): FirewalldState {
  const judged = judge(firewalldZone, current, zoneTask(task));
  if (judged instanceof Refusal) throw new Error(judged.message);
  return judged.state;
}

function warnings(current: Current, task: Given): readonly string[] {
  const judged = judge(firewalldZone, current, zoneTask(task), { guarded: true });
  if (judged instanceof Refusal) throw new Error(judged.message);
  return judged.warnings;
}

const connection = 'this would lock you out: a new SSH connection from 10.90.0.1 to port 22';
const both2 = '(runtime and permanent)';
const not = 'which does not accept it';

describe('the lock-out guard', () => {
  const ways: readonly (readonly [string, Current, Given, string])[] = [
    [
      'the interface in zone drop',
      reached(onEth0),
      { zone: 'drop', interfaces: ['eth0'] },
      `arrives on eth0, zone drop ${both2}, ${not}`,
    ],
    [
      'the interface in zone block',
      reached(onEth0),
      { zone: 'block', interfaces: ['eth0'] },
      `arrives on eth0, zone block ${both2}, ${not}`,
    ],
    [
      'the interface in a zone without ssh',
      reached({ ...onEth0, web: both({ ports: ['443/tcp'] }) }),
      { zone: 'web', interfaces: ['eth0'] },
      `arrives on eth0, zone web ${both2}, ${not}`,
    ],
    [
      'a new zone that holds the nodes and nothing else',
      reached(onEth0),
      { zone: 'nodes', sources: ['10.90.0.0/16'] },
      `meets zone nodes ${both2} by its source 10.90.0.0/16, ${not}`,
    ],
    [
      'the client bound to another zone',
      reached(onEth0),
      { zone: 'drop', sources: ['10.90.0.1'] },
      `meets zone drop ${both2} by its source 10.90.0.1, ${not}`,
    ],
    [
      'target DROP, where only the target let it in',
      reached({ public: both({ target: 'ACCEPT' }) }),
      { zone: 'public', target: 'DROP' },
      `arrives on eth0, the default zone public ${both2}, ${not}`,
    ],
    [
      'services that leave ssh out and are exclusive',
      reached(onEth0),
      { zone: 'public', services: ['https'], exclusive: true },
      `arrives on eth0, zone public ${both2}, ${not}`,
    ],
    [
      'the service ssh removed',
      reached(onEth0),
      { zone: 'public', remove: { services: ['ssh'] } },
      `arrives on eth0, zone public ${both2}, ${not}`,
    ],
    [
      'another default zone, the interface in none',
      reached(),
      { zone: 'drop', default: true },
      `arrives on eth0, the default zone drop ${both2}, ${not}`,
    ],
    [
      'a slip in permanent alone',
      reached(onEth0),
      { zone: 'drop', interfaces: ['eth0'], persist: 'permanent' },
      `arrives on eth0, zone drop (permanent), ${not}; it strikes at the next reload or reboot`,
    ],
    [
      'a slip in runtime alone',
      reached(onEth0),
      { zone: 'drop', interfaces: ['eth0'], persist: 'runtime' },
      `arrives on eth0, zone drop (runtime), ${not}`,
    ],
    [
      'a rich rule that rejects the client',
      reached(onEth0),
      {
        zone: 'public',
        rich_rules: ['rule family="ipv4" source address="10.90.0.0/24" reject'],
      },
      `arrives on eth0, zone public ${both2}, whose rich rule "rule family="ipv4" source address="10.90.0.0/24" reject" denies it`,
    ],
    [
      'the zone of the client deleted, its interface left to a default zone without ssh',
      reached({
        public: both({}),
        nodes: both({ ...ssh, interfaces: ['eth0'] }),
      }),
      { zone: 'nodes', state: 'absent' },
      `arrives on eth0, the default zone public ${both2}, ${not}`,
    ],
  ];
  for (const [title, current, task, message] of ways) {
    it(`refuses ${title}`, () => {
      expect(refused(current, task).message).to.equal(`${connection} ${message}`);
    });
  }

  it('refuses the service ssh removed while sshd is on 22, and not while it is on a port of its own', () => {
    const current = (port: number): Current =>
      reached({ public: both({ ...ssh, ports: ['2222/tcp'], interfaces: ['eth0'] }) }, { port });
    const task = { zone: 'public', remove: { services: ['ssh'] } };
    expect(refused(current(22), task).hint).to.equal(
      'open port 22 in zone public first (the ssh service, or the port), or leave the way in as it is; allow_lockout: true lets it pass',
    );
    expect(wanted(current(2222), task).zones['public']!.runtime!.services).to.deep.equal([]);
  });

  it('refuses port 2222 removed while sshd is there and the ssh service means 22', () => {
    const current = reached(
      { public: both({ ...ssh, ports: ['2222/tcp'], interfaces: ['eth0'] }) },
      { port: 2222 },
    );
    expect(refused(current, { zone: 'public', remove: { ports: ['2222/tcp'] } }).message).to.equal(
      `this would lock you out: a new SSH connection from 10.90.0.1 to port 2222 arrives on eth0, zone public ${both2}, ${not}`,
    );
    const closed = judge(
      firewalldPort,
      current,
      portTask({ zone: 'public', ports: '2222/tcp', state: 'closed' }),
    );
    expect(closed).to.have.property('code', 'LOCKOUT');
  });

  it('knows the ssh service by its definition: an administrator may have made it 2222', () => {
    const services = { ssh: { ports: ['2222/tcp'], protocols: [], hasDestination: false } };
    const task = { zone: 'public', remove: { services: ['ssh'] } };
    expect(refused(reached(onEth0, { port: 2222 }, { services }), task).message).to.include('2222');
  });

  it('refuses a narrower source that another zone wins by its name', () => {
    const current = reached({
      block: both({ sources: ['10.90.0.0/24'] }),
      work: both({ ...ssh, sources: ['10.90.0.1'] }),
    });
    // What is lost already cannot be lost again.
    expect(verdict(current.state, 'runtime', current.facts).kind).to.equal('lockout');
    expect(wanted(current, { zone: 'work', services: ['https'] })).to.be.an('object');
  });

  it('lets pass what the connection does not depend on', () => {
    for (const task of [
      { zone: 'drop', interfaces: ['eth1'] },
      { zone: 'drop', sources: ['10.91.0.0/16'] },
      { zone: 'public', remove: { ports: ['80/tcp'] } },
      { zone: 'trusted', interfaces: ['eth0'] },
      { zone: 'trusted', default: true },
      { zone: 'nodes', sources: ['10.90.0.0/16'], ports: ['22/tcp'] },
      { zone: 'nodes', sources: ['10.90.0.0/16'], protocols: ['tcp'] },
    ]) {
      expect(warnings(reached(onEth0), task).join()).to.not.match(/lock/);
    }
  });

  it('lets pass what is allowed, with a warning', () => {
    const task = { zone: 'drop', interfaces: ['eth0'], allow_lockout: true };
    expect(warnings(reached(onEth0), task)).to.deep.equal([
      `this locks you out, as allow_lockout permits: a new SSH connection from 10.90.0.1 to port 22 arrives on eth0, zone drop ${both2}, ${not}`,
    ]);
  });

  it('says nothing of a task that changes nothing', () => {
    const shut = reached({ drop: both({ target: 'DROP', interfaces: ['eth0'] }) });
    const task = { zone: 'drop', interfaces: ['eth0'] };
    expect(wanted(shut, task)).to.equal(shut.state);
    expect(warnings(shut, { ...task, allow_lockout: true })).to.deep.equal([]);
  });

  it('lets a connection from the host itself be', () => {
    const current = reached(onEth0, { client: '127.0.0.1', interfaces: [] });
    expect(warnings(current, { zone: 'drop', interfaces: ['eth0'] })).to.deep.equal([]);
  });

  it('counts only what will be loaded while the daemon is down', () => {
    const current = reached(
      { public: zone(null, { ...ssh, interfaces: ['eth0'] }) },
      {},
      { access: 'offline' },
    );
    expect(refused(current, { zone: 'public', remove: { services: ['ssh'] } }).message).to.include(
      '(permanent)',
    );
  });
});

describe('the way in of management sources', () => {
  const limited = {
    public: both({
      interfaces: ['eth0'],
      richRules: [
        'rule family="ipv4" source address="10.90.0.1" service name="ssh" accept',
        'rule family="ipv4" source address="10.8.0.0/24" service name="ssh" accept',
      ],
    }),
  };
  const task = {
    zone: 'public',
    remove: {
      rich_rules: ['rule family="ipv4" source address="10.8.0.0/24" service name="ssh" accept'],
    },
  };
  const told = (sources: readonly string[]) =>
    judge(firewalldZone, reached(limited), zoneTask(task), { sources });

  it('is kept as the own one is', () => {
    expect(told(['10.8.0.9'])).to.have.property(
      'message',
      `this would lock you out: a new SSH connection from management source 10.8.0.9 to port 22 arrives on eth0, zone public (runtime), which does not accept it`,
    );
  });

  it('cannot be lost where there was none', () => {
    expect(told(['10.7.0.9', '10.90.0.1'])).to.have.property('state');
  });
});

describe('what cannot be told about a lock-out', () => {
  const unknown = (why: string): string => `whether this locks you out cannot be told: ${why}`;
  const cases: readonly (readonly [string, Current, Given, readonly string[]])[] = [
    [
      'an ipset that is asked first',
      reached({ ...onEth0, nodes: both({ target: 'DROP' }) }),
      { zone: 'nodes', sources: ['ipset:admins'] },
      [unknown('an ipset or MAC address among the sources of zone nodes may hold 10.90.0.1')],
    ],
    [
      'an ipset of a zone that answers the same',
      reached(onEth0),
      { zone: 'nodes', sources: ['ipset:admins'], services: ['ssh'] },
      [],
    ],
    [
      'an interface that a wildcard of another zone holds too',
      reached({ ...onEth0, trusted: both({ target: 'ACCEPT', interfaces: ['eth+'] }) }),
      { zone: 'public', remove: { services: ['ssh'] } },
      [unknown('zones public and trusted both hold eth0, one of them by a name that ends with +')],
    ],
    [
      'one of two interfaces it may come in by, shut',
      reached(
        { ...onEth0, trusted: both({ target: 'ACCEPT', interfaces: ['eth1'] }) },
        { interfaces: ['eth0', 'eth1'] },
      ),
      { zone: 'drop', interfaces: ['eth0'] },
      [
        unknown(
          'new SSH connections may come in by eth1, or by eth0, whose zone drop does not let them in',
        ),
      ],
    ],
    [
      'an interface that is not known',
      reached(onEth0, { interfaces: [] }),
      { zone: 'drop', default: true },
      [unknown('it cannot be told which interface new SSH connections come in by')],
    ],
    [
      'an unknown interface, the change elsewhere',
      reached(onEth0, { interfaces: [] }),
      { zone: 'drop', interfaces: ['eth2'] },
      [],
    ],
    [
      'a policy that may let it in',
      reached(
        onEth0,
        {},
        {
          hostPolicies: [{ name: 'admins', from: ['ANY'], accepts: true, denies: false }],
        },
      ),
      { zone: 'drop', interfaces: ['eth0'] },
      [unknown('policy admins may accept what zone drop does not')],
    ],
    [
      'a policy of another zone',
      reached(
        onEth0,
        {},
        {
          hostPolicies: [{ name: 'guests', from: ['dmz'], accepts: true, denies: true }],
        },
      ),
      { zone: 'public', ports: ['80/tcp'] },
      [],
    ],
    [
      'a limited rich rule',
      reached({
        public: both({ ...ssh, richRules: ['rule service name="ssh" accept limit value="9/m"'] }),
      }),
      { zone: 'public', remove: { services: ['ssh'] } },
      [
        unknown(
          'perhaps the rich rule "rule service name="ssh" accept limit value="9/m"" lets it in',
        ),
      ],
    ],
    [
      'no connection at all, and a zone that shuts SSH out',
      host({ drop: both({ target: 'DROP' }), public: both({ ...ssh, interfaces: ['eth0'] }) }),
      { zone: 'drop', interfaces: ['eth0'] },
      [
        'new SSH connections are no longer let in on eth0 by zone drop (runtime) and on eth0 by zone drop (permanent); whether that locks you out cannot be told, as no SSH connection to this host is known',
      ],
    ],
  ];
  for (const [title, current, task, expected] of cases) {
    it(`${expected.length === 0 ? 'is nothing' : 'is a warning under a safeguard'}: ${title}`, () => {
      expect(warnings(current, task)).to.deep.equal(expected);
      if (!expected[0]?.startsWith('whether')) return;
      const refusal = refused(current, task);
      expect(refusal.message).to.equal(expected[0]);
      expect(refusal.hint).to.match(/^put `safeguard: 60s` on the task/);
    });
  }
});

describe('a lock-out where NetworkManager decides', () => {
  const managed = { profiled: ['eth0'], bound: { eth0: 'public' } };

  it('follows the default zone when the profile names no zone', () => {
    const runtimeOnly = { public: zone({ ...ssh, interfaces: ['eth0'] }, ssh) };
    expect(
      refused(reached(runtimeOnly, managed), { zone: 'drop', default: true }).message,
    ).to.equal(`${connection} arrives on eth0, the default zone drop ${both2}, ${not}`);
  });

  it('keeps the zone of the profile after a reboot, whatever the files say', () => {
    const zones = {
      public: zone({ services: ['ssh'] }, { services: ['ssh'] }),
      internal: zone({ ...ssh, interfaces: ['eth0'] }, ssh),
    };
    const current = reached(zones, { profiled: ['eth0'], bound: { eth0: 'internal' } });
    expect(warnings(current, { zone: 'public', remove: { services: ['ssh'] } })).to.deep.equal([]);
    expect(
      refused(current, { zone: 'internal', remove: { services: ['ssh'] } }).message,
    ).to.include(`zone internal ${both2}`);
  });
});

describe('firewalld_port and the lock-out guard', () => {
  const refusal = (current: Current, task: Partial<PortParams>): unknown =>
    judge(firewalldPort, current, portTask(task));

  it('lets the only rule for the client go no more than the port itself', () => {
    const sources = ['10.90.0.0/16'];
    const open = firewalldPort.desired(
      reached({ public: both({ interfaces: ['eth0'], ports: ['22/tcp'] }) }),
      portTask({ ports: '22/tcp', sources }),
    ) as FirewalldState;
    const limited = { ...reached(), state: open };
    const alone = firewalldPort.desired(
      limited,
      portTask({ ports: '22/tcp', state: 'closed', ignore_still_open: true }),
    );
    expect(alone).to.not.be.instanceOf(Refusal);
    const state = alone as FirewalldState;
    expect(
      refusal({ ...limited, state }, { ports: '22/tcp', sources, state: 'closed' }),
    ).to.have.property('code', 'LOCKOUT');
  });
});
