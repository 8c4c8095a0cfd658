import { expect } from 'chai';
import { compileValidate } from '../../src/load/schema/compile.ts';
import { type AnyModule, Refusal } from '../../src/model/module.ts';
import type { Value } from '../../src/model/value.ts';
import { firewalldPort } from '../../src/modules/firewalld/firewalld-port.ts';
import { firewalldZone } from '../../src/modules/firewalld/firewalld-zone.ts';
import type { PortParams } from '../../src/modules/firewalld/port-params.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import type { FirewalldState } from '../../src/modules/firewalld/state.ts';
import type { ZoneParams } from '../../src/modules/firewalld/zone-params.ts';
import { apply, onHost, resetHost, said } from './firewalld-host.ts';

type Task = { readonly zone: Value } | { readonly port: Value };

const validate = compileValidate(
  new Map([firewalldZone, firewalldPort].map((one) => [one.name, one as AnyModule])),
);

function checked(name: string, args: Value): unknown {
  const { params, problems } = validate(name, args);
  expect(problems).to.deep.equal([]);
  return params;
}

/** Brings the tasks about in one observation and one plan; gives what the host then shows. */
function bring(...tasks: readonly Task[]): FirewalldState {
  const folds = tasks.map((task) => {
    if ('zone' in task) {
      const params = checked('firewalld_zone', task.zone) as ZoneParams;
      return { scope: firewalldZone.scope(params), desired: firewalldZone.desired, params };
    }
    const params = checked('firewalld_port', task.port) as PortParams;
    return { scope: firewalldPort.scope(params), desired: firewalldPort.desired, params };
  });
  const probe = firewalld.observe(folds.map(({ scope }) => scope));
  const look = () => probe.parse(onHost(probe.script.text));
  const fold = (seen: ReturnType<typeof look>): FirewalldState =>
    folds.reduce((state, { desired, params }) => {
      const next = desired({ ...seen, state }, params as ZoneParams & PortParams);
      if (next instanceof Refusal) throw new Error(next.message);
      return next;
    }, seen.state);
  const before = look();
  const wanted = fold(before);
  const { exits, stderr } = apply(firewalld.plan(before, wanted));
  expect(exits, stderr).to.deep.equal([0]);
  const after = look();
  // A zone that lost all it held and that no task names is not looked at again.
  for (const [name, zone] of Object.entries(after.state.zones)) {
    expect(zone, `what the host shows of ${name}`).to.deep.equal(wanted.zones[name]);
  }
  expect(fold(after), 'a second run').to.deep.equal(after.state);
  return after.state;
}

describe('firewalld_zone and firewalld_port on a real firewalld', function () {
  this.timeout(60_000);
  before(resetHost);
  after(resetHost);

  it('spell rich rules as the daemon does', () => {
    const { zones } = bring(
      {
        port: {
          zone: 'public',
          ports: ['2379-2380/tcp', '9/udp'],
          sources: ['10.0.0.7/24', '2001:0db8::/64', 'aa:bb:cc:dd:ee:ff'],
        },
      },
      {
        zone: {
          zone: 'public',
          rich_rules: [
            'rule service name=https family=ipv4 source not address=10.9.0.0/16 log prefix=x level=info limit value=3/minute accept',
            'rule protocol value=gre accept',
            'rule family=ipv4 source address=10.0.0.5/24 drop',
          ],
        },
      },
    );
    expect(zones['public']!.runtime!.richRules).to.have.length(9);
  });

  it('make a zone with everything in it, change it and delete it', () => {
    const made = bring(
      {
        zone: {
          zone: 'nodes',
          sources: ['10.66.1.1/16', 'AA:bb:cc:dd:ee:00', '2001:DB8:0::7/64', '10.77.0.1/32'],
          services: ['ssh'],
          ports: ['7946/tcp', '7946/udp'],
          protocols: ['gre'],
          target: 'DROP',
          masquerade: true,
          icmp_block_inversion: true,
        },
      },
      { port: { zone: 'nodes', ports: ['22/tcp', '443/tcp'] } },
    );
    expect(made.zones['nodes']!.runtime!.ports).to.deep.equal(['443/tcp', '7946/tcp', '7946/udp']);
    const changed = bring(
      { port: { zone: 'nodes', ports: ['7946/tcp'], state: 'closed' } },
      { zone: { zone: 'nodes', forward: true, target: 'REJECT', exclusive: true, sources: [] } },
    );
    expect(changed.zones['nodes']!.permanent).to.deep.include({
      target: '%%REJECT%%',
      forward: true,
      sources: [],
    });
    const gone = bring({ zone: { zone: 'nodes', state: 'absent' } });
    expect(gone.zones['nodes']).to.deep.equal({ runtime: null, permanent: null });
  });

  it('foresee that a reload brings up a zone that did not run, and hold back one that is permanent only', () => {
    said('firewall-cmd -q --permanent --new-zone=asleep');
    const { zones } = bring(
      { zone: { zone: 'work', target: 'DROP' } },
      { zone: { zone: 'later', services: ['ssh'], persist: 'permanent' } },
    );
    expect(zones['asleep']?.runtime).to.deep.equal(zones['asleep']?.permanent);
    expect(zones['later']?.runtime).to.equal(null);
    expect(said('firewall-cmd --get-zones')).to.include('asleep').and.not.include('later');
    expect(said('firewall-cmd --permanent --zone=later --list-services')).to.equal('ssh');
    bring(...['asleep', 'later'].map((zone) => ({ zone: { zone, state: 'absent' } })));
  });

  it('make another zone the default zone, and what only runs elsewhere runs on', () => {
    said('firewall-cmd -q --zone=work --add-port=9/tcp');
    const wanted = { zone: 'dmz', default: true, ports: ['10/tcp'], persist: 'runtime' };
    const { defaultZone, zones } = bring({ zone: wanted });
    expect(defaultZone).to.equal('dmz');
    expect(said('firewall-cmd --get-default-zone')).to.equal('dmz');
    expect(said('firewall-cmd --zone=work --list-ports')).to.equal('9/tcp');
    expect(said('firewall-cmd --zone=dmz --list-ports')).to.equal('10/tcp');
    expect(said('firewall-cmd --permanent --zone=dmz --list-ports')).to.equal('');
    expect(zones['dmz']?.runtime?.ports).to.deep.equal(['10/tcp']);
    bring({ zone: { zone: 'public', default: true } });
    expect(said('firewall-cmd --zone=work --list-ports')).to.equal('9/tcp');
    said('firewall-cmd -q --reload');
  });

  it('move sources and interfaces from one layout to the other and back', () => {
    const pods = ['10.42.0.0/16', '10.43.0.0/16'];
    const shared: Task = { zone: { zone: 'public', sources: pods, interfaces: ['eth1'] } };
    const segregated: Task = { zone: { zone: 'trusted', sources: pods, interfaces: ['eth1'] } };
    for (const [task, name] of [
      [shared, 'public'],
      [segregated, 'trusted'],
      [shared, 'public'],
    ] as const) {
      const { zones } = bring(task);
      const holders = Object.entries(zones).filter(([, zone]) =>
        [zone.runtime, zone.permanent].some((one) => one?.sources.includes('10.42.0.0/16')),
      );
      expect(holders.map(([zone]) => zone)).to.deep.equal([name]);
    }
  });
});
