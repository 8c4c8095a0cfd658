import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';
import { foreseen } from './foresight.ts';
import { inventoryOf, orch, told } from './orch.ts';

const SEGREGATED = 'playbooks/segregated.yml';
const SHARED = 'playbooks/shared.yml';

describe('the two guides on real hosts', () => {
  const lab = withLab(3);
  const nodes = [1, 2, 3];
  const reset = () => lab.reset(...nodes);
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });

  for (const [playbook, layout] of [
    [SEGREGATED, 'segregated'],
    [SHARED, 'shared'],
  ] as const) {
    describe(playbook, () => {
      before(reset);

      it('is foreseen exactly, makes what was foreseen, and then has nothing left to do', async () => {
        const before = nodes.map((node) => lab.firewall(node));

        const check = await told(['check', playbook, '-i', inventory]);
        expect(check.exit, check.stderr).to.equal(0);
        for (const node of nodes) {
          const now = lab.firewall(node);
          expect(compareFirewalls(before[node - 1]!, now), 'check changed something').to.deep.equal(
            [],
          );
        }

        const run = await told(['run', playbook, '-i', inventory]);
        expect(run.exit, run.stdout + run.stderr).to.equal(0);
        for (const node of nodes) {
          const host = `node${node}`;
          const after = lab.firewall(node);
          const difference = compareFirewalls(foreseen(before[node - 1]!, check, host), after);
          expect(difference, `check and run differ on ${host}`).to.deep.equal([]);
          expect(compareFirewalls(before[node - 1]!, after), 'nothing was done').to.not.deep.equal(
            [],
          );
          expect(run.totals[host]).to.deep.equal(check.totals[host]);
        }

        const again = await told(['run', playbook, '-i', inventory]);
        expect(again.exit).to.equal(0);
        for (const node of nodes) expect(again.totals[`node${node}`]?.changed).to.equal(0);

        const last = await told(['check', playbook, '-i', inventory, '--detailed-exitcode']);
        expect(last.exit).to.equal(0);
      });

      it('passes verify.yml, in runtime and permanent', async () => {
        const verify = await orch([
          'run',
          'playbooks/verify.yml',
          '-i',
          inventory,
          '-e',
          `layout=${layout}`,
        ]);
        expect(verify.exit, verify.stdout + verify.stderr).to.equal(0);
      });

      it('fails verify.yml of the other layout with findings and exit code 2', async () => {
        const other = layout === 'shared' ? 'segregated' : 'shared';
        const verify = await told([
          'run',
          'playbooks/verify.yml',
          '-i',
          inventory,
          '-e',
          `layout=${other}`,
        ]);
        expect(verify.exit).to.equal(2);
        const findings = verify.all('task-ended').flatMap((event) => event.outcome.findings);
        expect(findings).to.not.deep.equal([]);
      });
    });
  }

  describe('with a zone of their own for the cluster, and networks of both families', () => {
    const own = [
      ...['-e', 'internal_zone=cluster', '-e', '{node_subnets: [10.91.0.0/16]}'],
      ...[
        '-e',
        'pod_cidr=10.42.0.0/16,fd00:42::/56',
        '-e',
        'service_cidr=10.43.0.0/16,fd00:43::/112',
      ],
    ];
    for (const [playbook, layout, strict] of [
      [SEGREGATED, 'segregated', 'false'],
      [SEGREGATED, 'segregated', 'true'],
      [SHARED, 'shared', 'false'],
      [SHARED, 'shared', 'true'],
    ] as const) {
      it(`${playbook} passes verify.yml (strict: ${strict})`, async () => {
        reset();
        const more = ['-i', inventory, '-e', `{strict: ${strict}, layout: ${layout}}`, ...own];
        const run = await orch(['run', playbook, ...more]);
        expect(run.exit, run.stdout + run.stderr).to.equal(0);
        const verify = await orch(['run', 'playbooks/verify.yml', ...more]);
        expect(verify.exit, verify.stdout + verify.stderr).to.equal(0);
        const again = await told(['run', playbook, ...more]);
        for (const node of nodes) expect(again.totals[`node${node}`]?.changed).to.equal(0);
      });
    }
  });

  describe('going from one guide to the other', () => {
    it('ends in the zones of a fresh host, there and back', async function () {
      this.timeout(240_000);
      const fresh = new Map<string, ReturnType<typeof lab.firewall>[]>();
      for (const playbook of [SHARED, SEGREGATED]) {
        reset();
        const run = await orch(['run', playbook, '-i', inventory]);
        expect(run.exit, run.stdout + run.stderr).to.equal(0);
        fresh.set(
          playbook,
          nodes.map((node) => lab.firewall(node)),
        );
      }
      for (const playbook of [SHARED, SEGREGATED, SHARED]) {
        const before = nodes.map((node) => lab.firewall(node));
        const check = await told(['check', playbook, '-i', inventory]);
        const run = await told(['run', playbook, '-i', inventory]);
        expect(run.exit, run.stdout + run.stderr).to.equal(0);
        for (const node of nodes) {
          const after = lab.firewall(node);
          const difference = compareFirewalls(fresh.get(playbook)![node - 1]!, after);
          expect(difference, `node${node} after ${playbook}`).to.deep.equal([]);
          const surprise = compareFirewalls(
            foreseen(before[node - 1]!, check, `node${node}`),
            after,
          );
          expect(surprise, `check and run of ${playbook} differ on node${node}`).to.deep.equal([]);
        }
      }
    });
  });

  describe('hardened, with strict', () => {
    before(reset);
    const subnet = (): string => `${lab.address(1).split('.').slice(0, 3).join('.')}.0/24`;
    const strict = (): readonly string[] => [
      '-e',
      `{"strict": true, "node_subnets": ["${subnet()}"]}`,
    ];
    const rules = (node: number): readonly string[] =>
      lab.firewall(node).runtime['public']?.['rich rules'] ?? [];

    it('opens the ports of shared.yml to the nodes alone, and those of servers on servers', async () => {
      const run = await told(['run', SHARED, '-i', inventory, ...strict()]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      for (const node of nodes) {
        const { runtime, permanent } = lab.firewall(node);
        expect(runtime['public']).to.deep.equal(permanent['public']);
        expect(runtime['public']?.['ports']).to.not.include('8472/udp');
        expect(runtime['trusted']?.['sources']).to.deep.equal(['10.42.0.0/16', '10.43.0.0/16']);
        const open = rules(node).join('\n');
        expect(open).to.match(/address="[\d./]+" port port="8472" protocol="udp" accept/);
        expect(open.includes('2379-2380'), `etcd on node${node}`).to.equal(node === 1);
        expect(open).to.not.include('10000-30000');
      }
      const again = await told(['run', SHARED, '-i', inventory, ...strict()]);
      for (const node of nodes) expect(again.totals[`node${node}`]?.changed).to.equal(0);
      const verify = ['run', 'playbooks/verify.yml', '-i', inventory, '-e', 'layout=shared'];
      const verified = await orch([...verify, ...strict()]);
      expect(verified.exit, verified.stdout + verified.stderr).to.equal(0);
    });

    it('closes again what Longhorn needed', async () => {
      const longhorn = ['-e', 'longhorn_host_network=true'];
      await told(['run', SHARED, '-i', inventory, ...strict(), ...longhorn]);
      expect(rules(2).join()).to.include('10000-30000');
      await told(['run', SHARED, '-i', inventory, ...strict()]);
      expect(rules(2).join()).to.not.include('10000-30000');
      expect(rules(2).join()).to.include('"10250"');
    });

    it('is taken back by the other guide, and by the same without strict', async () => {
      const among = ['-e', `{"node_subnets": ["${subnet()}"]}`];
      const run = await told(['run', SEGREGATED, '-i', inventory, ...among]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      for (const node of nodes) expect(rules(node)).to.deep.equal([]);
      await told(['run', SHARED, '-i', inventory, ...strict()]);
      await told(['run', SHARED, '-i', inventory, ...among]);
      for (const node of nodes) {
        expect(rules(node)).to.deep.equal([]);
        expect(lab.firewall(node).runtime['public']?.['sources']).to.deep.equal([
          '10.42.0.0/16',
          '10.43.0.0/16',
        ]);
      }
    });

    it('binds the interfaces of the pods in segregated.yml, before they come', async () => {
      const run = await told(['run', SEGREGATED, '-i', inventory, ...strict()]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      for (const node of nodes) {
        const trusted = lab.firewall(node).permanent['trusted'];
        expect(trusted?.['interfaces']).to.deep.equal(['cni0', 'eth1', 'flannel.1']);
        expect(trusted?.['sources'] ?? []).to.deep.equal([]);
      }
      const verified = await orch(['run', 'playbooks/verify.yml', '-i', inventory, ...strict()]);
      expect(verified.exit, verified.stdout + verified.stderr).to.equal(0);
    });

    it('wants the networks of the nodes', async () => {
      const run = await orch(['run', SHARED, '-i', inventory, '-e', 'strict=true']);
      expect(run.exit).to.equal(2);
      expect(run.stdout + run.stderr).to.include('node_subnets: [192.0.2.0/24]');
    });
  });

  describe('precheck.yml', () => {
    before(reset);

    it('names every gap of every host before, and none after', async () => {
      const gaps = await told([
        'run',
        'playbooks/precheck.yml',
        '-i',
        inventory,
        '-e',
        'layout=shared',
      ]);
      expect(gaps.exit).to.equal(2);
      for (const node of nodes) {
        const findings = gaps
          .all('task-ended')
          .filter((event) => event.host === `node${node}`)
          .flatMap((event) => event.outcome.findings);
        expect(findings.map((f) => f.message).join(' '))
          .to.include('8472/udp')
          .and.include('10000-30000/tcp');
        expect(findings.map((f) => f.cure ?? '').join(' ')).to.include('firewalld_port');
      }
      await orch(['run', SHARED, '-i', inventory]);
      const none = await orch([
        'run',
        'playbooks/precheck.yml',
        '-i',
        inventory,
        '-e',
        'layout=shared',
      ]);
      expect(none.exit, none.stdout + none.stderr).to.equal(0);
    });
  });
});
