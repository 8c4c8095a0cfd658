import { expect } from 'chai';
import fc from 'fast-check';
import {
  close,
  coalesce,
  covered,
  formatPort,
  open,
  type Port,
  readPorts,
  writePorts,
} from '../../src/modules/firewalld/ports.ts';
import { look, resetHost, said } from './firewalld-host.ts';

interface Op {
  readonly verb: 'add' | 'remove';
  readonly port: Port;
}

/** Few numbers, so that ranges touch, overlap and hold one another. */
const port: fc.Arbitrary<Port> = fc
  .tuple(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 12 }),
    fc.constantFrom('tcp', 'udp'),
  )
  .map(([low, more, proto]) => ({ low, high: low + more, proto: proto }));

const sequence: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.record({ verb: fc.constantFrom<Op['verb']>('add', 'add', 'remove'), port }),
  { minLength: 1, maxLength: 6 },
);

/** What firewalld makes of one operation, said with the algebra the modules use. */
function predict(list: readonly Port[], { verb, port: want }: Op): readonly Port[] {
  if (verb === 'add') {
    const merged = coalesce([...list, want]);
    if (!covered([want], list)) {
      expect(writePorts(open(list, [want])), 'open').to.deep.equal(writePorts(merged));
    }
    return merged;
  }
  const inside = list.some((range) => covered([want], [range]));
  return inside ? close(list, [want]).list : list;
}

const PRELUDE = `D=org.fedoraproject.FirewallD1 P=/org/fedoraproject/FirewallD1
b() { busctl --system --timeout=15 call $D "$@" >/dev/null 2>&1; }
p() { o=$(busctl --system call $D $P/config $D.config getZoneByName s "$1"); o=\${o#o \\"}; echo "\${o%\\"}"; }`;

const script = (zone: string, ops: readonly Op[]): string =>
  [
    `z=$(p ${zone})`,
    ...ops.map(({ verb, port: at }) => {
      const [range = '', proto = ''] = formatPort(at).split('/');
      return verb === 'add'
        ? `b $P $D.zone addPort sssi ${zone} ${range} ${proto} 0; b $z $D.config.zone addPort ss ${range} ${proto}`
        : `b $P $D.zone removePort sss ${zone} ${range} ${proto}; b $z $D.config.zone removePort ss ${range} ${proto}`;
    }),
  ].join('\n');

describe('ports as firewalld itself adds and removes them', function () {
  this.timeout(600_000);
  before(resetHost);
  after(resetHost);

  it('P21 foresees the port lists of 207 random sequences, running and permanent', () => {
    const zones = look().facts.zoneNames;
    const least = Number(process.env['ORCH_PORT_SEQUENCES'] ?? 200);
    const count = Math.ceil(least / zones.length) * zones.length;
    const sequences = fc.sample(sequence, { numRuns: count, seed: 21 });
    expect(sequences.length).to.be.at.least(least);
    let model = new Map<string, readonly Port[]>();
    for (const zone of zones) model.set(zone, readPorts(portsOf(zone)));
    for (let at = 0; at < count; at += zones.length) {
      const round = zones.map((zone, i) => ({ zone, ops: sequences[at + i] ?? [] }));
      model = new Map(
        round.map(({ zone, ops }) => [zone, ops.reduce(predict, model.get(zone) ?? [])]),
      );
      said([PRELUDE, ...round.map(({ zone, ops }) => script(zone, ops)), 'true'].join('\n'));
      const running = listed('');
      const permanent = listed('--permanent');
      for (const { zone, ops } of round) {
        const wanted = writePorts(model.get(zone) ?? []);
        const done = `${zone} after ${JSON.stringify(ops)}`;
        expect(running.get(zone), `running ${done}`).to.deep.equal(wanted);
        expect(permanent.get(zone), `permanent ${done}`).to.deep.equal(wanted);
      }
    }
  });
});

const portsOf = (zone: string): readonly string[] =>
  said(`firewall-cmd --zone=${zone} --list-ports`).split(' ').filter(Boolean);

/** The ports of all zones, from firewall-cmd's own listing. */
function listed(option: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const block of said(`firewall-cmd ${option} --list-all-zones`).split('\n\n')) {
    const zone = /^\w+/.exec(block.trim())?.[0] ?? '';
    const ports = /^ {2}ports: (.*)$/m.exec(block)?.[1] ?? '';
    found.set(zone, ports.split(' ').filter(Boolean).sort());
  }
  return found;
}
