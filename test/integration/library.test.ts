import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { withLab } from '../lab/lab.ts';
import { inventoryOf, orch, told, type Told } from './orch.ts';

/** What a run or check says is changed, by host: the values before and after, place by place. */
const changesOf = (run: Told): readonly string[] =>
  run
    .all('task-ended')
    .flatMap(({ host, task, outcome }) =>
      outcome.changes.map((change) => `${host} ${task.name} ${JSON.stringify(change)}`),
    )
    .sort();

const told3 = (verb: 'run' | 'check', book: string, inventory: string, more: readonly string[]) =>
  told([verb, `playbooks/${book}`, '-i', inventory, ...more]);

/** Check, run, run again: what was foreseen is what was made, and the second run has nothing to do. */
async function foreseenMadeAndDone(
  book: string,
  inventory: string,
  more: readonly string[] = [],
): Promise<Told> {
  const check = await told3('check', book, inventory, more);
  expect(check.exit, check.stdout + check.stderr).to.equal(0);
  const run = await told3('run', book, inventory, more);
  expect(run.exit, run.stdout + run.stderr).to.equal(0);
  expect(changesOf(run), 'nothing was done').to.not.deep.equal([]);
  expect(changesOf(check)).to.deep.equal(changesOf(run));
  // What cannot be foreseen (a handler that is a command) changes nothing in the run.
  const changed = (one: Told): unknown =>
    Object.entries(one.totals).map(([host, totals]) => [host, totals.changed, totals.failed]);
  expect(changed(check)).to.deep.equal(changed(run));
  const again = await told3('run', book, inventory, more);
  expect(again.exit, again.stdout + again.stderr).to.equal(0);
  for (const { changed } of Object.values(again.totals)) expect(changed).to.equal(0);
  const last = await told3('check', book, inventory, [...more, '--detailed-exitcode']);
  expect(last.exit).to.equal(0);
  return run;
}

describe('playbooks of the library, each alone', function () {
  this.timeout(180_000);
  const lab = withLab(3);
  const nodes = [1, 2, 3];
  let inventory = '';
  beforeEach(() => {
    lab.reset(...nodes);
    inventory = inventoryOf(lab);
  });

  describe('harden-nm.yml', () => {
    const FILE = '/etc/NetworkManager/conf.d/90-orch-k3s.conf';

    it('writes what was foreseen where NetworkManager is, also where its command is not, and nothing elsewhere', async () => {
      for (const host of [1, 2])
        lab.shell(host, 'rm -rf /etc/NetworkManager; mkdir -p /etc/NetworkManager/conf.d');
      lab.shell(3, 'rm -rf /etc/NetworkManager');
      const run = await foreseenMadeAndDone('harden-nm.yml', inventory);
      for (const host of [1, 2])
        expect(lab.shell(host, `stat -c '%a %U' ${FILE}; cat ${FILE}`)).to.match(
          /^644 root\n[^]*\[keyfile\]\nunmanaged-devices=interface-name:cni\*;interface-name:flannel\*;interface-name:veth\*\n$/,
        );
      expect(lab.exec(3, ['ls', '/etc/NetworkManager']).exit).to.not.equal(0);
      expect(run.totals['node3']).to.include({ changed: 0, failed: 0 });
    });

    it('puts a file that was edited back, and says what it takes out', async () => {
      lab.write(1, FILE, '[keyfile]\nunmanaged-devices=interface-name:veth*\n');
      const run = await foreseenMadeAndDone('harden-nm.yml', inventory, ['-l', 'node1']);
      expect(changesOf(run).join()).to.include('unmanaged-devices=interface-name:veth*');
    });
  });

  describe('kernel.yml', () => {
    // Hosts of the lab have the machine's kernel: a module that is part of it, and parameters of their own network.
    const PARTS = [
      '-e',
      '{"kernel_modules": ["overlay"], "kernel_settings": {"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "2"}}',
    ];
    const said = (host: number): string =>
      lab.shell(
        host,
        'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/rp_filter; grep -v "^#" /etc/sysctl.d/90-orch-k3s.conf',
      );

    it('makes what was foreseen: in the running kernel and in the file for the next boot', async () => {
      for (const host of nodes)
        lab.shell(
          host,
          'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter',
        );
      await foreseenMadeAndDone('kernel.yml', inventory, PARTS);
      for (const host of nodes)
        expect(said(host).replaceAll(' ', '').split('\n')).to.include.members([
          ...['1', '2', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=2'],
        ]);
    });

    it('sets again what somebody set at run time alone', async () => {
      expect((await told3('run', 'kernel.yml', inventory, PARTS)).exit).to.equal(0);
      lab.shell(2, 'echo 0 >/proc/sys/net/ipv4/ip_forward');
      const run = await foreseenMadeAndDone('kernel.yml', inventory, PARTS);
      expect(Object.values(run.totals).map(({ changed }) => changed)).to.deep.equal([0, 1, 0]);
      expect(said(2)).to.match(/^1\n2\n/);
    });

    it('names a module and a parameter that the kernel does not have, in check too', async () => {
      for (const verb of ['check', 'run'] as const) {
        const modules = ['-e', '{"kernel_modules": ["br_netfliter"], "kernel_settings": {}}'];
        const module = await told3(verb, 'kernel.yml', inventory, modules);
        expect(module.exit, module.stdout).to.equal(2);
        expect(module.stdout).to.include('br_netfliter');
        const settings = [
          '-e',
          '{"kernel_modules": [], "kernel_settings": {"net.ipv4.ip_foreward": "1"}}',
        ];
        const setting = await told3(verb, 'kernel.yml', inventory, settings);
        expect(setting.exit, setting.stdout).to.equal(2);
        expect(setting.stdout).to.include('net.ipv4.ip_foreward');
      }
      for (const host of nodes)
        expect(
          lab.shell(host, 'ls /etc/sysctl.d /etc/modules-load.d 2>/dev/null || :'),
        ).to.not.match(/orch|fliter/);
    });
  });

  describe('precheck.yml and connectivity.yml', () => {
    it('change nothing, and are the same in check', async () => {
      for (const book of ['precheck.yml', 'connectivity.yml']) {
        const before = nodes.map((host) => lab.firewall(host));
        const check = await told3('check', book, inventory, []);
        const run = await told3('run', book, inventory, []);
        expect([check.exit, run.exit]).to.deep.equal([2, 2]);
        const findings = (one: Told): unknown =>
          one
            .all('task-ended')
            .flatMap(({ host, outcome }) => outcome.findings.map(({ message }) => [host, message]))
            .sort();
        expect(findings(check)).to.deep.equal(findings(run));
        expect(nodes.map((host) => lab.firewall(host))).to.deep.equal(before);
      }
    });
  });
});

describe('dummy-route.yml on hosts without a default route', function () {
  this.timeout(180_000);
  const lab = withLab(2, { defaultRoute: false });

  it('makes the route that was foreseen, once; takes it away when a real one is there', async () => {
    const inventory = inventoryOf(lab);
    // The kernel of the lab may have no dummy links: a bridge carries the route as well.
    const more = ['-e', 'dummy_link=bridge'];
    await foreseenMadeAndDone('dummy-route.yml', inventory, more);
    for (const host of [1, 2])
      expect(lab.shell(host, 'ip -4 route show default')).to.match(
        /^default via 203\.0\.113\.255 dev dummy0 (proto \S+ )?metric 1000/,
      );
    const gateway = lab.shell(1, 'ip -4 route show dev eth0').split(/[. ]/).slice(0, 2).join('.');
    lab.shell(1, `ip route add default via ${gateway}.0.1 dev eth0 metric 100`);
    const run = await foreseenMadeAndDone('dummy-route.yml', inventory, more);
    expect(Object.values(run.totals).map(({ changed }) => changed)).to.deep.equal([1, 0]);
    expect(lab.exec(1, ['ip', 'link', 'show', 'dummy0']).exit).to.not.equal(0);
  });

  it('refuses an address that K3s would not take, by the name of the input', async () => {
    const run = await told3('check', 'dummy-route.yml', inventoryOf(lab), [
      ...['-e', 'dummy_address=169.254.1.1/31'],
    ]);
    expect(run.exit).to.equal(2);
    expect(run.stdout).to.match(/169\.254\.1\.1\/31 is link-local.*dummy_address/);
  });
});

describe('inputs of every playbook', function () {
  this.timeout(60_000);
  const WRONG: Readonly<Record<string, unknown>> = {
    string: [1],
    boolean: 'x y',
    integer: 'x y',
    number: 'x y',
    list: { a: 1 },
    map: [1],
  };
  const books = readdirSync('playbooks').filter((name) => name.endsWith('.yml'));

  for (const book of books) {
    const plays = parse(readFileSync(`playbooks/${book}`, 'utf8')) as readonly {
      readonly inputs?: Readonly<Record<string, { readonly type: string }>>;
    }[];
    const inputs = Object.assign({}, ...plays.map((play) => play.inputs ?? {})) as Readonly<
      Record<string, { readonly type: string }>
    >;
    if (Object.keys(inputs).length === 0) continue;

    it(`${book} refuses each that is not what it must be, by name, and asks no host`, async () => {
      const wrong = Object.fromEntries(
        Object.entries(inputs).map(([name, { type }]) => [name, WRONG[type]]),
      );
      const run = await orch([
        ...['check', `playbooks/${book}`, '-i', 'inventories/lab.yml'],
        ...['-e', JSON.stringify(wrong)],
      ]);
      expect(run.exit, run.stderr).to.equal(5);
      for (const name of Object.keys(inputs)) expect(run.stderr).to.include(`input ${name} `);
      expect(run.stderr).to.match(/no host was contacted/);
    });
  }
});
