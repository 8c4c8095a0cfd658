import { expect } from 'chai';
import { join } from 'node:path';
import { withLab } from '../lab/lab.ts';
import { folder, told, type Told } from './orch.ts';

const BOOK = 'playbooks/k3s-flags.yml';
const FILE = '/etc/rancher/k3s/config.yaml.d/50-orch-network.yaml';

/**
 * What stands for K3s here: a process of its name, a `systemctl` that starts it anew and notes that it did, a `k3s kubectl` that
 * answers as long as the process is there. With `debug: true` among its flags it does not start. The commands are the real ones.
 */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>/run/systemctl.log
[ "$1" = restart ] || exit 0
[ ! -e /run/k3s.pid ] || kill "$(cat /run/k3s.pid)" 2>/dev/null
rm -f /run/k3s.pid
if grep -qs '^debug: true' ${FILE}; then echo 'Job for k3s.service failed' >&2; exit 1; fi
setsid sh -c 'echo $$ >/run/k3s.pid; exec /usr/local/bin/k3s-server 1000000' </dev/null >/dev/null 2>&1 &
n=0; while [ ! -e /run/k3s.pid ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
`;
const K3S = `#!/bin/sh
[ -e /run/k3s.pid ] && [ -e "/proc/$(cat /run/k3s.pid)" ] || { echo 'connection refused' >&2; exit 1; }
case "$*" in
  'kubectl get --raw /readyz') echo ok ;;
  'kubectl get nodes -l node-role.kubernetes.io/control-plane=true -o jsonpath='*) cat /run/servers ;;
  'kubectl wait --for=condition=Ready node/'*) echo 'condition met' ;;
  *) echo "no such question: $*" >&2; exit 1 ;;
esac
`;

describe('k3s-flags.yml rolls through servers, with a stand-in for K3s', function () {
  this.timeout(240_000);
  const lab = withLab(3);
  const hosts = [1, 2, 3];
  let inventory = '';
  const run = (...more: string[]): Promise<Told> =>
    told(['run', BOOK, '-i', inventory, '-e', 'patience=2', ...more]);
  const allServers = (): string =>
    lab
      .inventory()
      .replace(/\n *agents:\n *hosts:/, '')
      .replace(/^( *)servers:/m, '$1agents: {}\n$1servers:');
  const restarts = (host: number): number =>
    Number(lab.shell(host, 'grep -c "^restart k3s$" /run/systemctl.log 2>/dev/null || :'));
  const file = (host: number): string => lab.shell(host, `cat ${FILE} 2>/dev/null || :`);
  const servers = (host: number, text: string): void => lab.write(host, '/run/servers', text);
  const faults = (done: Told): string =>
    done
      .all('task-ended')
      .flatMap(({ host, outcome }) =>
        outcome.kind === 'failed' ? [`${host}: ${outcome.fault?.message ?? ''}`] : [],
      )
      .join('\n');

  before(() => {
    for (const host of hosts) {
      lab.write(host, '/usr/local/bin/systemctl', SYSTEMCTL, '755');
      lab.write(host, '/usr/local/bin/k3s', K3S, '755');
      lab.shell(host, 'cp "$(command -v sleep)" /usr/local/bin/k3s-server');
      servers(host, 'node1=True\nnode2=True\nnode3=True\n');
    }
    inventory = join(folder({ 'lab.yml': allServers() }), 'lab.yml');
  });
  // A process of that name is seen from outside the host, too.
  after(() => {
    for (const host of hosts)
      lab.shell(host, '[ ! -e /run/k3s.pid ] || kill "$(cat /run/k3s.pid)"');
  });

  it('K1 writes and restarts nothing where K3s does not run', async () => {
    const done = await run();
    expect(done.exit, done.stdout + done.stderr).to.equal(0);
    for (const host of hosts) {
      expect(file(host)).to.contain('flannel-iface: eth1');
      expect(restarts(host)).to.equal(0);
    }
  });

  it('restarts each server once when its flags change, and none the second time', async () => {
    for (const host of hosts) lab.shell(host, 'systemctl restart k3s');
    const done = await run('-e', '{"flags": {"node-label": ["a=b"]}}');
    expect(done.exit, done.stdout + done.stderr).to.equal(0);
    for (const host of hosts) {
      expect(restarts(host)).to.equal(2);
      expect(file(host)).to.contain('a=b');
    }
    const again = await run('-e', '{"flags": {"node-label": ["a=b"]}}');
    expect(again.exit, again.stdout + again.stderr).to.equal(0);
    for (const host of hosts) expect(restarts(host)).to.equal(2);
  });

  it('K11 refuses servers that differ in flannel-backend, before anything is written', async () => {
    lab.write(3, '/etc/rancher/k3s/config.yaml', 'flannel-backend: host-gw\n');
    const old = hosts.map(file);
    const done = await run('-e', '{"flags": {"node-label": ["c=d"]}}');
    expect(done.exit).to.equal(2);
    expect(faults(done)).to.match(/Servers differ in flannel-backend: .*node3 has host-gw/);
    expect(hosts.map(file)).to.deep.equal(old);
    lab.shell(3, 'rm /etc/rancher/k3s/config.yaml');
  });

  it('K18 does not begin where another server is not Ready: etcd would lose its quorum', async () => {
    servers(1, 'node1=True\nnode2=True\nnode3=False\n');
    const old = hosts.map(file);
    const done = await run('-e', '{"flags": {"node-label": ["e=f"]}}');
    expect(done.exit).to.equal(2);
    expect(faults(done)).to.contain('quorum').and.contain('node3=False');
    expect(hosts.map(file)).to.deep.equal(old);
    for (const host of hosts) expect(restarts(host)).to.equal(2);
    servers(1, 'node1=True\nnode2=True\nnode3=True\n');
  });

  it('K17 puts the old flags back on the second server, leaves the third alone, and fails', async () => {
    const old = hosts.map(file);
    // The second server alone is told what K3s does not start with.
    const text = allServers().replace(/(node2: \{)/, '$1 flags: { debug: true },');
    const done = await told([
      ...['run', BOOK, '-e', 'patience=2', '-i', join(folder({ 'lab.yml': text }), 'lab.yml')],
    ]);
    expect(done.exit, done.stdout).to.equal(2);
    expect(faults(done)).to.contain('did not come back on node2');
    expect(hosts.map(file)).to.deep.equal(old);
    expect(restarts(1)).to.equal(2);
    expect(restarts(3)).to.equal(2);
    expect(restarts(2)).to.equal(4);
    expect(lab.shell(2, 'k3s kubectl get --raw /readyz')).to.equal('ok\n');
  });
});
