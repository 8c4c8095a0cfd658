import { expect } from 'chai';
import { join } from 'node:path';
import { probeScript } from '../../src/modules/connectivity/probe-script.ts';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told, type Told } from './orch.ts';

const BOOK = 'playbooks/connectivity.yml';
const NODES = [1, 2, 3, 4];

interface Cell {
  readonly peer: string;
  readonly ports: string;
  readonly result: string;
  readonly verdict: string;
  readonly tried: number;
  readonly of: number;
}

/** `node1 > node2 6443/tcp` → what came of it. */
function cellsOf(run: Told, title = 'internal'): ReadonlyMap<string, Cell> {
  const found = new Map<string, Cell>();
  for (const { host, outcome } of run.all('task-ended')) {
    const matrix = outcome.data?.['matrix'] as { title: string; cells: Cell[] } | undefined;
    if (matrix?.title === title)
      for (const cell of matrix.cells) found.set(`${host} > ${cell.peer} ${cell.ports}`, cell);
  }
  return found;
}

/** Ports of the guide that an agent tries on an agent: kubelet, the three ranges (one sampled), iSCSI and NFS. */
const TCP_TO_AGENT = 1 + 4 + 5 + 8 + 1 + 1;
/** And on a server: the API and the registry besides. */
const TCP_TO_SERVER = TCP_TO_AGENT + 2;

describe('connectivity.yml, counted', function () {
  this.timeout(240_000);
  const lab = withLab(NODES.length, { count: true });
  let inventory = '';
  let outside = '';

  /** Counts what arrives on the internal network, before any firewall. */
  const countKnocks = (host: number): string =>
    lab.shell(
      host,
      `nft delete table inet knocks 2>/dev/null || true
       nft 'table inet knocks { chain first { type filter hook prerouting priority -400;
         iifname "eth1" tcp flags & (syn|ack) == syn counter
         iifname "eth1" udp dport 8472 counter; }; }'`,
    );
  const knocks = (host: number): readonly number[] =>
    [...lab.shell(host, 'nft list table inet knocks').matchAll(/counter packets (\d+)/g)].map(
      ([, count]) => Number(count),
    );
  const address = (host: number): string =>
    lab.shell(host, `ip -4 -o addr show eth1 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'`).trim();
  const findings = (run: Told): readonly string[] =>
    run
      .all('task-ended')
      .flatMap(({ host, outcome }) => outcome.findings.map(({ message }) => `${host}: ${message}`));

  before(async () => {
    inventory = inventoryOf(lab);
    const text = lab
      .inventory()
      .replace(/ansible_host: ([\d.]+)/g, 'ansible_host: $1, external_address: $1');
    outside = join(folder({ 'lab.yml': text }), 'lab.yml');
    const run = await told(['run', 'playbooks/segregated.yml', '-i', inventory]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
  });

  it('is one login, one command and one turn for each host, and one knock at each port of each peer', async () => {
    for (const host of NODES) countKnocks(host);
    for (const host of NODES) lab.countFromHere(host);
    const run = await told(['run', BOOK, '-i', inventory]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    const processes = NODES.map((host) => {
      const { logins, sessions, turns, processes: count } = lab.counts(host);
      expect({ logins, sessions, turns }).to.deep.equal({ logins: 1, sessions: 1, turns: 1 });
      return count;
    });
    // One thread for each peer; the rest is sshd, the counter, the shell and one python.
    for (const count of processes) expect(count).to.be.at.most(12 + NODES.length - 1);

    const agents = NODES.length - 1;
    expect(knocks(1)).to.deep.equal([agents * TCP_TO_SERVER, agents]);
    for (const host of NODES.slice(1))
      expect(knocks(host)).to.deep.equal([agents * TCP_TO_AGENT, agents]);

    const cells = [...cellsOf(run).values()];
    expect(cells).to.have.length(agents * 9 + agents * NODES.length * 7 - agents * 7);
    expect(cells.reduce((sum, { tried }) => sum + tried, 0)).to.equal(
      agents * (TCP_TO_SERVER + 1) + agents * agents * (TCP_TO_AGENT + 1),
    );
    expect(new Set(cells.map(({ result }) => result))).to.deep.equal(new Set(['refused']));
    expect(
      new Set(cells.filter(({ tried, of }) => tried < of).map(({ ports }) => ports)),
    ).to.deep.equal(new Set(['10000-30000/tcp']));
  });

  it('tries every port of the three tables when asked, one turn for each network', async () => {
    for (const host of NODES) lab.countFromHere(host);
    const all = {
      inter_node_ports: '{{ guide_ports.inter_node + guide_ports.application }}',
      external_ports: '{{ guide_ports.external }}',
    };
    const run = await told(['run', BOOK, '-i', outside, '-e', JSON.stringify(all)]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    for (const host of NODES) expect(lab.counts(host)).to.include({ logins: 1, turns: 2 });
    const tried = (title: string): ReadonlySet<string> =>
      new Set([...cellsOf(run, title).values()].map(({ ports }) => ports));
    for (const port of ['6379/tcp', '9093/tcp', '9095/tcp', '8086/tcp'])
      expect([...tried('internal')]).to.include(port);
    expect([...tried('external')]).to.have.members([
      ...['443/tcp', '9095/tcp', '6379/tcp', '8125/tcp', '8125/udp'],
    ]);
  });

  it('tells open, refused, rejected, silence and a missing route apart, each as it is', async () => {
    lab.shell(
      3,
      `setsid python3 -c 'import socket,time
s=socket.socket(); s.setsockopt(1,2,1); s.bind(("",3260)); s.listen(); time.sleep(600)' >/dev/null 2>&1 </dev/null &
       for i in $(seq 50); do ss -Hlnt | grep -q ":3260 " && exit 0; sleep 0.1; done; exit 1`,
    );
    lab.shell(
      2,
      `firewall-cmd -q --zone=trusted --add-rich-rule='rule port port="9501" protocol="tcp" reject'
       firewall-cmd -q --zone=trusted --add-rich-rule='rule family="ipv4" source address="${address(1)}" port port="8500" protocol="tcp" reject type="tcp-reset"'
       nft 'table inet shut { chain first { type filter hook input priority -300;
         iifname "eth1" tcp dport 2049 drop
         iifname "eth1" udp dport 8472 drop; }; }'`,
    );
    lab.shell(
      4,
      `nft 'table inet kept { chain first { type filter hook output priority 0;
         ip daddr ${address(1)} udp dport 8472 drop; }; }'`,
    );
    const run = await told(['run', BOOK, '-i', inventory]);
    expect(run.exit, run.stderr).to.equal(2);
    const cells = cellsOf(run);
    const of = (key: string): string => `${cells.get(key)?.result} ${cells.get(key)?.verdict}`;
    expect(of('node1 > node3 3260/tcp')).to.equal('open through');
    expect(of('node1 > node4 3260/tcp')).to.equal('refused through');
    expect(of('node1 > node2 9500-9503/tcp')).to.equal('rejected stopped');
    // A forged reset looks like a host that lets it in.
    expect(of('node1 > node2 8500-8504/tcp')).to.equal('refused through');
    expect(of('node1 > node2 2049/tcp')).to.equal('timeout stopped');
    expect(of('node4 > node1 8472/udp')).to.equal('denied_local stopped');
    expect(of('node2 > node1 8472/udp')).to.equal('refused through');
    // Silence over UDP says nothing: a warning, no finding.
    expect(of('node1 > node2 8472/udp')).to.equal('timeout unclear');
    expect(of('node1 > node3 8472/udp')).to.equal('refused through');
    expect(findings(run).filter((one) => one.includes('8472/udp'))).to.have.length(1);
    const warned = run.all('task-ended').flatMap(({ outcome }) => outcome.warnings);
    expect(warned.join('\n')).to.match(/node2 8472\/udp: no answer, which for UDP says nothing/);
    // Only the one of the four that is rejected is named.
    expect(findings(run)).to.include(
      `node1: node2 (${address(2)}) cannot be reached on 9500-9503/tcp (Longhorn management API, of it 9501/tcp rejected): rejected: a firewall says no, or nobody has that address`,
    );
  });

  it('proves what came through, finds the lost UDP too, and nothing listens afterwards', async () => {
    const before = NODES.map((host) => lab.shell(host, 'ss -Hlntu | wc -l').trim());
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
    expect(run.exit, run.stderr).to.equal(2);
    const cells = cellsOf(run);
    expect(cells.get('node1 > node3 8472/udp')?.result).to.equal('proven');
    // Somebody else listens on that port: it is left alone, and is open.
    expect(cells.get('node1 > node3 3260/tcp')?.result).to.equal('open');
    expect(cells.get('node1 > node2 8472/udp')).to.include({
      result: 'timeout',
      verdict: 'stopped',
    });
    expect(findings(run).join('\n')).to.match(/node1: node2 .* on .*8472\/udp/);
    // In the place of our own listener a forged reset is seen through.
    expect(cells.get('node1 > node2 8500-8504/tcp')).to.include({
      result: 'rejected',
      verdict: 'stopped',
    });
    expect(cells.get('node3 > node2 8500-8504/tcp')).to.include({ result: 'proven' });
    for (const [i, host] of NODES.entries())
      lab.shell(
        host,
        `for i in $(seq 160); do [ "$(ss -Hlntu | wc -l)" = ${before[i]} ] && exit 0; sleep 0.5; done; ss -Hlntup; exit 1`,
      );
  });

  it('says of a host without a way to the others that it has no route', async () => {
    const away = lab.shell(4, 'ip -4 route show dev eth1').trim().split(/\s/)[0] ?? '';
    lab.shell(
      4,
      `ip route del ${away} dev eth1; while ip route del default 2>/dev/null; do :; done`,
    );
    const run = await told(['run', BOOK, '-i', inventory, '-l', 'node4']);
    expect(run.exit, run.stderr).to.equal(2);
    // Though limited to one host, it knocks at all the others.
    const cells = cellsOf(run);
    expect([...cells.values()].map(({ peer }) => peer)).to.include.members([
      'node1',
      'node2',
      'node3',
    ]);
    for (const { result, verdict } of cells.values())
      expect({ result, verdict }).to.deep.equal({ result: 'unreachable', verdict: 'stopped' });
    expect(findings(run).join()).to.match(/no route to that network from here/);
  });

  it('tells an address that nobody has from a firewall that rejects', () => {
    const nobody = address(1).replace(/\.\d+$/, '.250');
    const { text } = probeScript([{ address: nobody, nonce: '', ports: ['22/tcp', '80/tcp'] }], 4);
    const said = lab.exec(1, ['sh'], text).stdout.trim().split('\n').slice(1);
    expect(said.sort()).to.deep.equal([`${nobody} 22/tcp timeout`, `${nobody} 80/tcp timeout`]);
  });

  it('tries more ports than a process may have files open, with python and with bash', () => {
    const targets = Array.from({ length: 60 }, (_, i) => ({
      address: `127.0.1.${i + 1}`,
      nonce: '',
      ports: Array.from({ length: 27 }, (_, p) => `${40_000 + p}/tcp`),
    }));
    const { text } = probeScript(targets, 2.5);
    const noPython = text.replace('command -v "$p"', 'false');
    for (const [script, tool] of [
      [`ulimit -n 300; ${text}`, 'python3'],
      [noPython, 'bash'],
    ] as const) {
      const [first, ...lines] = lab.exec(1, ['sh'], script).stdout.trim().split('\n');
      expect(first).to.equal(`tool ${tool}`);
      expect(lines).to.have.length(60 * 27);
      expect(new Set(lines.map((line) => line.split(' ')[2]))).to.deep.equal(new Set(['refused']));
    }
  });

  it('does not pass where nobody says which addresses the nodes have', async () => {
    const text = lab.inventory().replace(/internal_address: [\d.]+/g, 'note: none');
    const run = await told(['run', BOOK, '-i', join(folder({ 'lab.yml': text }), 'lab.yml')]);
    expect(run.exit).to.equal(2);
    expect(run.stdout).to.include('internal_address is not set in the inventory for node2');
  });
});
