import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told, type Told } from '../integration/orch.ts';

/** Seconds the host waits in every case. */
const TIMER = 10;
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Case {
  readonly title: string;
  /** Done on the host before, as an administrator may have done. */
  readonly before?: string;
  readonly tasks: string;
  /** What a plain check says: refused as a lock-out, refused for another reason, or only that a way back is wanted. */
  readonly foretold: 'lock-out' | 'cannot be told' | 'refused' | 'wants an undo';
  /** How the host gets back. */
  readonly by?: 'prediction';
}

const zone = (text: string): string => `    - firewalld_zone: { ${text} }\n`;
const port = (text: string): string => `    - firewalld_port: { ${text} }\n`;
const command = (run: string, undo: string): string =>
  `    - shell: ${JSON.stringify(run)}\n      undo:\n        - shell: ${JSON.stringify(undo)}\n`;

/** Starts a run of node1 and kills orch as soon as the host has its undo. */
async function killedOnceArmed(playbook: string, inventory: string): Promise<void> {
  const args = ['run', playbook, '--allow-lockout', '-i', inventory, '-l', 'node1'];
  const child = spawn(
    process.execPath,
    [join(root, 'dist/main.js'), ...args, '--output', 'ndjson'],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ORCH_STATE_DIR: folder({}) } },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (bytes: Buffer) => {
      if (bytes.toString().includes('"armed"')) resolve();
    });
    child.once('exit', () => reject(new Error('orch ended before the host had an undo')));
  });
  child.kill('SIGKILL');
}

/** CLIENT stands for the address the host sees. The first fourteen are those of the design. */
const CASES: readonly Case[] = [
  {
    title: 'the service ssh is removed',
    tasks: zone('zone: public, remove: { services: [ssh] }'),
    foretold: 'lock-out',
  },
  {
    title: 'the interface goes to zone drop',
    tasks: zone('zone: drop, interfaces: [eth0]'),
    foretold: 'lock-out',
  },
  {
    title: 'target DROP, where only the target let it in',
    before:
      'firewall-cmd -q --permanent --zone=public --set-target=ACCEPT; firewall-cmd -q --permanent --remove-service=ssh; firewall-cmd -q --reload',
    tasks: zone('zone: public, target: DROP'),
    foretold: 'lock-out',
  },
  {
    title: 'a source binding captures the client',
    tasks: zone('zone: drop, sources: ["CLIENT/32"]'),
    foretold: 'lock-out',
  },
  {
    title: 'a reload loads permanent settings without ssh',
    before: 'firewall-cmd -q --permanent --remove-service=ssh',
    tasks: command('firewall-cmd --reload', 'firewall-cmd --zone=public --add-service=ssh'),
    foretold: 'wants an undo',
  },
  {
    title: 'a default route through nowhere wins',
    tasks: command(
      'ip link add orch9 type dummy; ip link set orch9 up; ip route add 0.0.0.0/1 dev orch9; ip route add CLIENT/32 dev orch9',
      'ip link del orch9',
    ),
    foretold: 'wants an undo',
  },
  {
    title: 'a route shadows the network of the client',
    tasks: command('ip route add blackhole CLIENT/32', 'ip route del blackhole CLIENT/32'),
    foretold: 'wants an undo',
  },
  {
    title: 'the address of the interface is deleted',
    tasks: command(
      'ip addr del SERVER dev eth0',
      'ip addr add SERVER dev eth0; ip route replace default via CLIENT',
    ),
    foretold: 'wants an undo',
  },
  {
    title: 'panic mode',
    tasks: command('firewall-cmd --panic-on', 'firewall-cmd --panic-off'),
    foretold: 'wants an undo',
  },
  {
    title: 'only the permanent settings shut it out',
    tasks: zone('zone: drop, interfaces: [eth0], persist: permanent'),
    foretold: 'lock-out',
    by: 'prediction',
  },
  {
    title: 'services that leave ssh out, exclusive',
    tasks: zone('zone: public, services: [dhcpv6-client], exclusive: true'),
    foretold: 'lock-out',
  },
  {
    title: 'another default zone',
    tasks: zone('zone: block, default: true'),
    foretold: 'lock-out',
  },
  {
    title: 'a new, empty zone takes the network of the client',
    tasks: zone('zone: nodes, sources: ["CLIENT/24"]'),
    foretold: 'lock-out',
  },
  {
    title: 'a rich rule rejects the client',
    tasks: zone(
      `zone: public, rich_rules: ['rule family="ipv4" source address="CLIENT" service name="ssh" reject']`,
    ),
    foretold: 'lock-out',
  },
  {
    title: 'a list of ports that leaves the port of sshd out, exclusive',
    before:
      'firewall-cmd -q --add-port=22/tcp; firewall-cmd -q --permanent --add-port=22/tcp; firewall-cmd -q --remove-service=ssh; firewall-cmd -q --permanent --remove-service=ssh',
    tasks: port('ports: [80/tcp], exclusive: true'),
    foretold: 'lock-out',
  },
  {
    title: 'a port is closed that only a list opens',
    before:
      'firewall-cmd -q --add-port=22/tcp; firewall-cmd -q --permanent --add-port=22/tcp; firewall-cmd -q --remove-service=ssh; firewall-cmd -q --permanent --remove-service=ssh',
    tasks: port('ports: [22/tcp], state: closed'),
    foretold: 'lock-out',
  },
  {
    title: 'an ipset that holds the client is bound to zone drop',
    before:
      'firewall-cmd -q --permanent --new-ipset=admins --type=hash:ip; firewall-cmd -q --permanent --ipset=admins --add-entry=CLIENT; firewall-cmd -q --reload',
    tasks: zone('zone: drop, sources: ["ipset:admins"]'),
    foretold: 'cannot be told',
  },
  {
    title: 'the interface goes to a zone of its own without ssh',
    tasks: zone('zone: web, ports: [443/tcp], interfaces: [eth0]'),
    foretold: 'lock-out',
  },
  {
    title: 'a link that leads nowhere takes the network of the client',
    tasks: `    - dummy_route: { state: present, name: orch9, link: bridge, persist: none, address: "{{ 'CLIENT' | regex_replace('1$', '2') }}/29", gateway: "{{ 'CLIENT' | regex_replace('1$', '3') }}" }\n`,
    foretold: 'lock-out',
  },
  {
    title: 'the link goes down',
    tasks: command(
      'ip link set eth0 down',
      'ip link set eth0 up; ip route replace default via CLIENT',
    ),
    foretold: 'wants an undo',
  },
  {
    title: 'sshd is stopped',
    tasks: command('pkill -o -x sshd', '/usr/sbin/sshd'),
    foretold: 'wants an undo',
  },
];

describe('lock-outs', function () {
  this.timeout(180_000);
  const lab = withLab(2);
  const rows: string[] = [];

  const options = (): string[] => [
    ...[
      'BatchMode=yes',
      'ConnectTimeout=2',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
    ].flatMap((o) => ['-o', o]),
    ...['-i', lab.keyFile()],
  ];
  const reachable = (host = 1): boolean =>
    spawnSync('ssh', [...options(), `root@${lab.address(host)}`, 'true']).status === 0;
  const state = (host = 1): string =>
    lab.shell(
      host,
      `firewall-cmd --list-all-zones; echo ---; firewall-cmd --permanent --list-all-zones; echo ---; firewall-cmd --query-panic || true
      ip -d addr | sed 's/@if[0-9]*//; s/ tentative//'; ip route; ls /etc/firewalld /etc/firewalld/zones; cat /etc/firewalld/firewalld.conf; for f in /etc/firewalld/zones/*; do [ ! -e "$f" ] || { echo "$f"; cat "$f"; }; done`,
    );
  const left = (host = 1): string =>
    lab.shell(
      host,
      'find /run/orch /var/lib/orch /etc/local.d -mindepth 1 2>/dev/null || true; for p in /proc/[0-9]*/cmdline; do tr "\\0" " " <$p; echo; done | grep "^sh /run/orch" || true',
    );
  const client = (host = 1): string =>
    lab.shell(host, 'ip -4 route show default').split(' ')[2] ?? '';
  const server = (host = 1): string =>
    /inet (\S+)/.exec(lab.shell(host, 'ip -4 addr show dev eth0'))?.[1] ?? '';
  const filled = (text: string, host = 1): string =>
    text.replaceAll('CLIENT', client(host)).replaceAll('SERVER', server(host));
  const book = (tasks: string, safeguard: string, hosts = 'all'): string =>
    join(
      folder({
        'book.yml': `- hosts: ${hosts}\n  become: true\n  gather_facts: false\n${safeguard}  tasks:\n${tasks}`,
      }),
      'book.yml',
    );
  const guard = `  safeguard: ${TIMER}s\n`;
  const codes = (run: Told): readonly string[] =>
    run.all('task-ended').flatMap(({ outcome }) => outcome.fault?.code ?? []);

  after(() => {
    const width = Math.max(...rows.map((row) => row.indexOf('|')));
    console.log(
      `\n${rows.map((row) => `  ${row.slice(0, row.indexOf('|')).padEnd(width)}${row.slice(row.indexOf('|'))}`).join('\n')}`,
    );
  });

  for (const [i, one] of CASES.entries()) {
    it(`${i + 1}: ${one.title}`, async () => {
      lab.reset(1);
      if (one.before) lab.shell(1, filled(one.before));
      const tasks = filled(one.tasks);
      const inventory = inventoryOf(lab, 'deploy');
      const only = ['-i', inventory, '-l', 'node1'];
      const before = state();

      if (one.foretold === 'wants an undo') {
        const bare = tasks.replace(/ {6}undo:\n.*\n/, '');
        const refused = await told(['check', book(bare, guard), ...only]);
        expect(refused.exit, refused.stderr).to.equal(5);
        expect(refused.stderr).to.include('has no `undo`');
      } else {
        const check = await told(['check', book(tasks, ''), ...only]);
        expect(check.exit, check.stdout + check.stderr).to.equal(14);
        expect(codes(check)).to.include('LOCKOUT');
      }
      expect(state(), 'a check changes nothing').to.equal(before);

      const start = Date.now();
      const run = await told(['run', book(tasks, guard), '--allow-lockout', ...only]);
      const ended = (Date.now() - start) / 1000;
      const said = [
        ...run.all('task-ended').flatMap(({ outcome }) => outcome.message ?? []),
        ...run.all('warned').map(({ message }) => message),
      ].join('\n');
      expect(run.exit, said + run.stderr).to.equal(12);
      expect(said).to.match(/rolled back: /);
      expect(reachable()).to.equal(true);
      expect(state()).to.equal(before);
      expect(left().trim()).to.equal('');
      const back = run.all('safeguard').find(({ state: s }) => s === 'rolled-back');
      const armed = run.all('safeguard').find(({ state: s }) => s === 'armed');
      const seconds = armed && back ? (Date.parse(back.at) - Date.parse(armed.at)) / 1000 : 0;
      if (armed) expect(seconds).to.be.lessThan(TIMER + 10);
      rows.push(
        `${i + 1} ${one.title}| ${one.foretold} | ${armed ? `back after ${seconds.toFixed(1)} s` : 'not begun'} | equal | ${ended.toFixed(0)} s`,
      );
    });
  }

  it('the control node dies between change and confirmation', async () => {
    lab.reset(1);
    const before = state();
    const tasks = zone('zone: drop, interfaces: [eth0]');
    const inventory = inventoryOf(lab, 'deploy');
    await killedOnceArmed(book(tasks, guard), inventory);
    const start = Date.now();
    expect(reachable()).to.equal(false);
    while (!reachable() && Date.now() - start < 30_000);
    const seconds = (Date.now() - start) / 1000;
    expect(seconds).to.be.lessThan(TIMER + 10);
    expect(state()).to.equal(before);
    rows.push(`11 the control node dies| | back after ${seconds.toFixed(1)} s | equal |`);
    const next = await told([
      'run',
      book(port('ports: [8080/tcp]'), guard),
      '-i',
      inventory,
      '-l',
      'node1',
    ]);
    // It makes its change, and says what the host had to do meanwhile.
    expect(next.exit, next.stderr).to.equal(12);
    expect(next.stdout).to.match(/rolled back: a change was not confirmed in time/);
  });

  it('one of two hosts is not confirmed', async () => {
    lab.reset(1, 2);
    const before = [state(1), state(2)];
    const tasks = zone('zone: "{{ to }}", interfaces: [eth0]');
    const inventory = inventoryOf(lab, 'deploy');
    const play = book(
      tasks,
      `${guard}  vars: { to: "{{ 'drop' if inventory_hostname == 'node1' else 'home' }}" }\n`,
    );
    const run = await told(['run', play, '--allow-lockout', '-i', inventory]);
    expect(run.exit, run.stdout + run.stderr).to.equal(12);
    expect([reachable(1), reachable(2)]).to.deep.equal([true, true]);
    expect(state(1)).to.equal(before[0]);
    expect(lab.firewall(2).permanent['home']?.['interfaces']).to.deep.equal(['eth0']);
    rows.push('14 one of two hosts is not confirmed| | one back, one kept | equal |');
  });

  it('the host reboots while unconfirmed, with a change that has no running layer', async () => {
    lab.reset(1);
    const before = state();
    const inventory = inventoryOf(lab, 'deploy');
    const tasks = zone('zone: block, default: true') + command('sleep 30', 'true');
    await killedOnceArmed(book(tasks, '  safeguard: 60s\n'), inventory);
    expect(state()).to.not.equal(before);
    lab.reboot(1);
    const start = Date.now();
    while (state() !== before && Date.now() - start < 30_000) spawnSync('sleep', ['0.5']);
    expect(state()).to.equal(before);
    expect(reachable()).to.equal(true);
    rows.push(
      `13 the host reboots while unconfirmed| | back ${((Date.now() - start) / 1000).toFixed(1)} s after boot | equal |`,
    );
  });
});
