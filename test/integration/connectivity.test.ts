import { expect } from 'chai';
import type { Value } from '../../src/model/value.ts';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told, type Told } from './orch.ts';
import { join } from 'node:path';

const BOOK = 'playbooks/connectivity.yml';

interface Cell {
  readonly peer: string;
  readonly ports: string;
  readonly result: string;
  readonly verdict: string;
}

/** What each host said of each other, per task: `node1 > node2 6443/tcp`. */
function cells(run: Told, title: string): ReadonlyMap<string, Cell> {
  const found = new Map<string, Cell>();
  for (const { host, outcome } of run.all('task-ended')) {
    const matrix = outcome.data?.['matrix'] as
      | { title: string; cells: readonly Cell[] }
      | undefined;
    if (matrix?.title !== title) continue;
    for (const cell of matrix.cells) found.set(`${host} > ${cell.peer} ${cell.ports}`, cell);
  }
  return found;
}

const results = (all: ReadonlyMap<string, Cell>): readonly string[] =>
  [...new Set([...all.values()].map(({ result }) => result))].sort();

describe('connectivity.yml on real hosts', function () {
  this.timeout(180_000);
  const lab = withLab(3);
  let inventory: string;
  /** The same hosts with their external addresses told. */
  let outside: string;
  before(() => {
    inventory = inventoryOf(lab);
    const text = lab
      .inventory()
      .replace(/ansible_host: ([\d.]+)/g, 'ansible_host: $1, external_address: $1');
    outside = join(folder({ 'lab.yml': text }), 'lab.yml');
  });

  it('finds every gap of fresh hosts, and exits with 2', async () => {
    for (const host of [1, 2, 3]) lab.reset(host);
    const run = await told(['run', BOOK, '-i', inventory]);
    expect(run.exit, run.stderr).to.equal(2);
    expect(results(cells(run, 'internal'))).to.deep.equal(['rejected']);
    const findings = run.all('task-ended').flatMap(({ outcome }) => outcome.findings);
    // Agents are wanted on other ports than servers: what is alike is told once.
    expect(findings).to.have.length(1 + 2 + 2);
  });

  it('finds nothing after segregated.yml: one handshake, one trip, in check mode too', async () => {
    expect((await told(['run', 'playbooks/segregated.yml', '-i', inventory])).exit).to.equal(0);
    for (const verb of ['run', 'check']) {
      const run = await told([verb, BOOK, '-i', inventory]);
      expect(run.exit, run.stderr).to.equal(0);
      expect(results(cells(run, 'internal'))).to.deep.equal(['refused']);
      for (const { trips } of run.all('host-ended')) expect(trips).to.equal(1);
    }
  });

  it('proves with listeners that it got through, UDP as well, and leaves none behind', async () => {
    const run = await told([
      'run',
      BOOK,
      '-i',
      inventory,
      '-e',
      'proof=true',
      '-e',
      'listen_seconds=15',
    ]);
    expect(run.exit, run.stderr).to.equal(0);
    expect(results(cells(run, 'internal'))).to.deep.equal(['proven']);
    const listener = run
      .all('task-ended')
      .find(({ task }) => task.module === 'connectivity_listener');
    const heard = listener?.outcome.data as { listening: readonly Value[] } | undefined;
    expect(heard?.listening).to.include('8472/udp');
    for (const host of [1, 2, 3])
      lab.shell(
        host,
        'for i in $(seq 160); do ss -Hlntu | grep -q ":10250 " || exit 0; sleep 0.5; done; exit 1',
      );
  });

  it('finds one closed port, one wrong zone and a port open to the outside, each on its host', async () => {
    lab.shell(2, 'firewall-cmd -q --zone=public --change-interface=eth1');
    lab.shell(
      2,
      'firewall-cmd -q --zone=public --add-port=2379-2380/tcp --add-port=6443/tcp --add-port=8472/udp --add-port=5001/tcp --add-port=9500-9503/tcp --add-port=8500-8504/tcp --add-port=10000-30000/tcp --add-port=3260/tcp',
    );
    const closed = '-e {"closed_ports": ["6443/tcp", "2049/tcp"]}';
    const run = await told(['run', BOOK, '-i', outside, ...closed.split(/ (?=\{)/)]);
    expect(run.exit, run.stderr).to.equal(2);
    const inside = [...cells(run, 'internal')].filter(([, { verdict }]) => verdict !== 'through');
    expect(inside.map(([key, { result }]) => `${key} ${result}`)).to.have.members([
      'node1 > node2 2049/tcp rejected',
      'node3 > node2 2049/tcp rejected',
    ]);
    const open = [...cells(run, 'external')].filter(([, { verdict }]) => verdict === 'through');
    expect(open.map(([key]) => key)).to.have.members([
      'node1 > node2 6443/tcp',
      'node3 > node2 6443/tcp',
    ]);
  });
});
