import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Stamped } from '../../src/model/event.ts';
import { withLab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';
import { folder, inventoryOf, orch, type Orched } from './orch.ts';

const SEGREGATED = 'playbooks/segregated.yml';

/** The zone files of a host, byte for byte; firewalld's own backups apart. */
const ZONE_FILES =
  'cd /etc/firewalld/zones && for f in *.xml; do [ -e "$f" ] || continue; echo "$f"; cat "$f"; done';

/** All that there is of the files below a folder. */
const tree = (path: string): string =>
  `cd ${path} && find . -printf '%p %M %U:%G %l\\n' | sort && find . -type f -exec sha256sum {} + | sort`;

describe('orch rollback of a run that ended, on real hosts', function () {
  this.timeout(120_000);
  const lab = withLab(3);
  const nodes = [1, 2, 3];
  let state: string;
  let inventory: string;
  beforeEach(() => {
    lab.reset(...nodes);
    state = folder({});
    inventory = inventoryOf(lab, 'deploy');
  });

  const run = (...args: readonly string[]): Promise<Orched> =>
    orch([...args], { ORCH_STATE_DIR: state });
  const runs = (): readonly string[] => readdirSync(join(state, 'runs')).sort();
  const journal = (name: string): string =>
    readFileSync(join(state, 'runs', name, 'events.ndjson'), 'utf8');
  const eventsIn = (name: string): readonly Stamped[] =>
    journal(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Stamped);
  /** What tasks changed, host by host. */
  const changesIn = (name: string): readonly unknown[] =>
    eventsIn(name)
      .flatMap((event) =>
        event.type === 'task-ended' && event.outcome.kind === 'changed'
          ? [{ host: event.host, task: event.task.name, changes: event.outcome.changes }]
          : [],
      )
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const ok = (done: Orched, exit = 0): Orched => {
    expect(done.exit, done.stdout + done.stderr).to.equal(exit);
    return done;
  };
  const zonesOf = () => nodes.map((node) => lab.firewall(node));
  const filesOf = () => nodes.map((node) => lab.shell(node, ZONE_FILES));

  it('takes long rich rules back, of which the journal keeps a hash', async () => {
    const before = zonesOf();
    const rule =
      'rule priority="-5" family="ipv4" source NOT address="10.9.0.0/16" port port="99" protocol="tcp" log prefix="from elsewhere" level="info" limit value="3/m" reject type="tcp-reset"';
    const task = `- hosts: node1\n  become: true\n  tasks:\n    - firewalld_zone:\n        zone: public\n        rich_rules: ['${rule}']\n`;
    const book = join(folder({ 'site.yml': task }), 'site.yml');
    ok(await run('run', book, '-i', inventory));
    expect(lab.shell(1, 'firewall-cmd --list-rich-rules').trim()).to.equal(rule);
    ok(await run('rollback', 'last', '--yes'));
    expect(compareFirewalls(before[0]!, lab.firewall(1))).to.deep.equal([]);
  });

  it('puts zones back, exactly as its check said, and has then nothing left to do', async () => {
    const [zones, files] = [zonesOf(), filesOf()];
    ok(await run('run', SEGREGATED, '-i', inventory));
    const [first = ''] = runs();
    expect(statSync(join(state, 'runs', first, 'events.ndjson')).mode & 0o777).to.equal(0o600);
    const changed = zonesOf();
    for (const node of nodes)
      expect(compareFirewalls(zones[node - 1]!, changed[node - 1]!)).to.not.deep.equal([]);

    const check = ok(await run('rollback', first, '--check', '--diff'));
    for (const port of ['443/tcp', '6379/tcp', '10.42.0.0/16'])
      expect(check.stdout).to.match(new RegExp(`-\\s.*${port}`));
    expect(zonesOf(), 'the check changed something').to.deep.equal(changed);

    ok(await run('rollback', first));
    for (const node of nodes)
      expect(compareFirewalls(zones[node - 1]!, lab.firewall(node))).to.deep.equal([]);
    expect(filesOf()).to.deep.equal(files);
    const [, checked = '', taken = ''] = runs();
    expect(changesIn(taken)).to.deep.equal(changesIn(checked));
    expect(changesIn(taken)).to.have.length(3);
    // as the shipped plays: the host would take it back itself, and one host goes first
    const guards = eventsIn(taken).flatMap((event) =>
      event.type === 'safeguard' && event.state === 'confirmed' ? event.host : [],
    );
    expect([...guards].sort()).to.deep.equal(['node1', 'node2', 'node3']);

    const again = ok(await run('rollback', first));
    expect(again.stdout)
      .to.match(/changed=0/)
      .and.not.match(/changed=[1-9]/);
    // a rollback is a run, too
    ok(await run('rollback', taken));
    for (const node of nodes)
      expect(compareFirewalls(changed[node - 1]!, lab.firewall(node))).to.deep.equal([]);
  });

  it('refuses a host that was changed since, says what differs, and goes on with the others', async () => {
    const zones = zonesOf();
    ok(await run('run', SEGREGATED, '-i', inventory));
    const [first = ''] = runs();
    // the one that would go first
    lab.shell(1, 'firewall-cmd --zone=public --add-port=9999/tcp >/dev/null');
    const changed = zonesOf();
    const check = ok(await run('rollback', first, '-C'), 2);
    expect(check.stdout).to.include('+9999/tcp');
    const done = ok(await run('rollback', first), 2);
    expect(done.stdout).to.match(/\[node1\].*\n.*\n.*CHANGED_SINCE: firewalld .*\+9999\/tcp/);
    expect(lab.firewall(1)).to.deep.equal(changed[0]);
    for (const node of [2, 3])
      expect(compareFirewalls(zones[node - 1]!, lab.firewall(node))).to.deep.equal([]);
    lab.shell(1, 'firewall-cmd --zone=public --remove-port=9999/tcp >/dev/null');
    ok(await run('rollback', first, '-l', 'node1'));
    expect(compareFirewalls(zones[0]!, lab.firewall(1))).to.deep.equal([]);
  });

  it('restores files byte for byte, with odd modes and links, and lists what it cannot', async () => {
    const make = `mkdir -p /srv/t/full && cd /srv/t && printf 'old\\nno newline' >odd && chown 12:34 odd && chmod 4751 odd
printf 'a\\0b\\377' >binary && chmod 0606 binary && printf gone >gone && chmod 0440 gone && printf end >end && chmod 0640 end
ln -s end link && ln -s nowhere loose && mkdir empty && chmod 0711 empty && : >full/x && chmod 1777 full`;
    for (const node of nodes) lab.shell(node, make);
    const before = nodes.map((node) => lab.shell(node, tree('/srv/t')));
    const book = folder({
      'site.yml': `- hosts: all
  become: true
  gather_facts: false
  tasks:
    - copy: { dest: /srv/t/odd, content: "new\\n", mode: "0600", owner: root, group: root }
    - copy: { dest: /srv/t/binary, content: "text\\n" }
    - file: { path: /srv/t/gone, state: absent }
    - copy: { dest: /srv/t/link, content: "through" }
    - file: { path: /srv/t/loose, state: absent }
    - file: { path: /srv/t/empty, state: absent }
    - file: { path: /srv/t/full, mode: "0750" }
    - file: { path: /srv/t/made/deep, state: directory }
    - copy: { dest: /srv/t/made/deep/file, content: "x {{ '{{' }} y" }
    - lineinfile: { path: /srv/t/odd, line: one more }
    - name: A mark
      command: touch /srv/mark
    - name: Another
      command: touch /srv/other
      undo: [{ command: rm /srv/other }]
`,
    });
    ok(await run('run', join(book, 'site.yml'), '-i', inventory));
    const done = ok(await run('rollback', 'last'));
    expect(done.stdout + done.stderr).to.match(
      /node1, node2, node3: "A mark" \(\S+site\.yml:\d+\) cannot be taken back: command has no way back/,
    );
    expect(nodes.map((node) => lab.shell(node, tree('/srv/t')))).to.deep.equal(before);
    for (const node of nodes) expect(lab.shell(node, 'ls /srv').split('\n')).to.include('mark');
    for (const node of nodes)
      expect(lab.shell(node, 'ls /srv').split('\n')).to.not.include('other');
  });

  it('puts back what other modules changed: accounts, jobs, parameters, names', async () => {
    const old = `printf '# old\\nnet.ipv4.tcp_syncookies = 1\\n' >/etc/sysctl.d/91-old.conf
chmod 600 /etc/sysctl.d/91-old.conf; chown 3:4 /etc/sysctl.d/91-old.conf
mkdir -p /etc/cron.d; printf '#Ansible: old\\n1 * * * * root true\\n' >/etc/cron.d/old; chmod 640 /etc/cron.d/old`;
    // what the tools of shadow keep for themselves apart
    const look = `find /etc -printf '%p %M %U:%G %l\\n' | grep -v -e '-$' -e 'pwd.lock' | sort
find /etc -type f ! -name '*-' ! -path '/etc/ssl/*' -exec sha256sum {} + | sort; uname -n; cat /proc/sys/net/ipv4/ip_forward`;
    lab.shell(1, old);
    const before = lab.shell(1, look);
    const book = folder({
      'site.yml': `- hosts: node1
  become: true
  gather_facts: false
  tasks:
    - hostname: { name: renamed }
    - cron: { name: new, job: /bin/true, cron_file: new, user: root }
    - cron: { name: old, cron_file: old, state: absent }
    - sysctl: { name: net.ipv4.ip_forward, value: "1", sysctl_file: /etc/sysctl.d/90-x.conf }
    - sysctl: { name: net.ipv4.tcp_syncookies, state: absent, sysctl_file: /etc/sysctl.d/91-old.conf, reload: false }
    - group: { name: crew, gid: 4321 }
    - user: { name: bob, uid: 4322, group: crew, groups: [adm], shell: /bin/sh }
    - user: { name: games, comment: changed }
    - timezone: { name: Europe/Berlin }
    - mount: { path: /mnt/x, src: tmpfs, fstype: tmpfs, state: present }
    - replace: { path: /etc/login.defs, regexp: "^UMASK.*", replace: "UMASK 077" }
    - ini_file: { path: /etc/x.ini, section: a, option: b, value: c, mode: "0640" }
    - blockinfile: { path: /etc/hosts, block: "192.0.2.4 five" }
`,
    });
    ok(await run('run', join(book, 'site.yml'), '-i', inventory));
    const [first = ''] = runs();
    const check = ok(await run('rollback', first, '-C'));
    const done = ok(await run('rollback', first));
    expect(lab.shell(1, look)).to.equal(before);
    const recap = (text: string): string => /^node1 .*$/m.exec(text)?.[0] ?? '';
    expect(recap(done.stdout))
      .to.equal(recap(check.stdout))
      .and.match(/changed=(9|1[0-9]) /);
  });

  it('keeps no secret, and says what it cannot restore for that', async () => {
    for (const node of nodes)
      lab.shell(node, 'printf "password: former-word-1\\n" >/srv/own; printf plain >/srv/hidden');
    const book = folder({
      'site.yml': `- hosts: all
  become: true
  gather_facts: false
  tasks:
    - copy: { dest: /srv/vaulted, content: "key {{ ansible_become_password }}\\n" }
    - copy: { dest: /srv/own, content: "new\\n" }
    - copy: { dest: /srv/hidden, content: "seen-by-nobody\\n" }
      no_log: true
    - copy: { dest: /srv/open, content: "fine\\n" }
`,
    });
    const secret = ['-e', 'ansible_become_password=not-asked-for-9'];
    ok(await run('run', join(book, 'site.yml'), '-i', inventory, ...secret));
    const [first = ''] = runs();
    for (const word of ['not-asked-for-9', 'former-word-1', 'seen-by-nobody'])
      expect(journal(first)).to.not.include(word);
    const done = ok(await run('rollback', first));
    const said = done.stdout + done.stderr;
    expect(said).to.match(/file:\/srv\/vaulted .*cannot be taken back: a secret is in it/);
    expect(said).to.match(/file:\/srv\/own .*cannot be taken back: .*sounds like a secret/);
    expect(said).to.match(/file:\/srv\/hidden .*cannot be taken back: no_log hides it/);
    expect(lab.shell(1, 'ls /srv')).to.not.include('open');
  });

  it('comes to the same end when it is killed and said again', async () => {
    const zones = zonesOf();
    ok(await run('run', SEGREGATED, '-i', inventory));
    const [first = ''] = runs();
    const child = spawn(
      process.execPath,
      ['dist/main.js', 'rollback', first, '--confirm-timeout', '10s'],
      {
        env: { ...process.env, ORCH_STATE_DIR: state },
        stdio: 'ignore',
      },
    );
    // killed in the middle: when the first change is armed
    for (let tries = 0; tries < 400; tries++) {
      const second = runs()[1];
      if (second !== undefined && journal(second).includes('"state":"armed"')) break;
      await sleep(10);
    }
    child.kill('SIGKILL');
    expect(journal(runs()[1] ?? '')).to.not.include('run-ended');
    await sleep(12_000); // the host takes back what was armed
    const done = await run('rollback', first);
    // what a host took back is told by the next run that comes to it
    expect([0, 12], done.stdout + done.stderr).to.include(done.exit);
    for (const node of nodes)
      expect(compareFirewalls(zones[node - 1]!, lab.firewall(node))).to.deep.equal([]);
  });
});
