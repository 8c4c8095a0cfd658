import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { compareFirewalls, type Firewall } from '../lab/read-firewall.ts';
import { inventoryOf, orch, told, type Told } from './orch.ts';

const book = (name: string): string => `playbooks/${name}.yml`;

describe('playbooks that take back and load anew, on real hosts', () => {
  const lab = withLab(3);
  const nodes = [1, 2, 3];
  let inventory: string;
  let fresh: readonly Firewall[];
  before(() => {
    inventory = inventoryOf(lab);
  });
  const run = (name: string, ...more: string[]): Promise<Told> =>
    told(['run', book(name), '-i', inventory, ...more]);
  const anew = (): void => {
    lab.reset(...nodes);
    fresh = nodes.map((node) => lab.firewall(node));
  };
  const asFresh = (): void => {
    for (const node of nodes)
      expect(compareFirewalls(fresh[node - 1]!, lab.firewall(node)), `node${node}`).to.deep.equal(
        [],
      );
  };

  describe('rollback.yml', () => {
    const subnet = (): string => `${lab.address(1).split('.').slice(0, 3).join('.')}.0/24`;
    const among = (): readonly string[] => ['-e', `{"node_subnets": ["${subnet()}"]}`];
    /** What fresh zones of firewalld before 1.0 have not, and the guides set. */
    const older = (): readonly string[] =>
      fresh[0]?.runtime['public']?.['forward']?.join() === 'no' ? ['-e', 'end_forward=true'] : [];

    for (const layout of ['segregated', 'shared'])
      it(`ends in the zones of a fresh host behind ${layout}.yml, and then has nothing left to do`, async () => {
        anew();
        expect((await run(layout)).exit).to.equal(0);
        const back = await run('rollback', ...older());
        expect(back.exit, back.stdout + back.stderr).to.equal(0);
        asFresh();
        const again = await run('rollback', ...older());
        for (const node of nodes) expect(again.totals[`node${node}`]?.changed).to.equal(0);
      });

    it('takes back what strict runs of both made', async () => {
      anew();
      for (const layout of ['shared', 'segregated'])
        expect((await run(layout, '-e', 'strict=true', ...among())).exit, layout).to.equal(0);
      expect((await run('shared', '-e', 'strict=true', ...among())).exit).to.equal(0);
      const back = await run('rollback', ...among(), ...older());
      expect(back.exit, back.stdout + back.stderr).to.equal(0);
      asFresh();
    });

    it('keeps the ports that are named', async () => {
      anew();
      await run('segregated');
      await run('rollback', '-e', '{"keep_ports": ["443/tcp"]}');
      for (const node of nodes) {
        const { runtime, permanent } = lab.firewall(node);
        expect(runtime['public']?.['ports']).to.deep.equal(['443/tcp']);
        expect(permanent['public']?.['ports']).to.deep.equal(['443/tcp']);
      }
    });
  });

  describe('reload-safe.yml', () => {
    before(() => {
      anew();
      // Rules as K3s has them, in a table of their own.
      for (const node of nodes)
        lab.shell(
          node,
          'nft add table ip kube; nft add chain ip kube KUBE-FORWARD; nft add rule ip kube KUBE-FORWARD accept; nft add chain ip kube CNI-HOSTPORT-DNAT',
        );
    });
    const changed = (told: Told): readonly number[] =>
      nodes.map((node) => told.totals[`node${node}`]?.changed ?? -1);

    it('reloads one host after the other where nothing is lost', async () => {
      const done = await run('reload-safe', '-e', 'wait=4');
      expect(done.exit, done.stdout + done.stderr).to.equal(0);
      expect(changed(done)).to.deep.equal([1, 1, 1]);
    });

    it('refuses where something only runs, and names the zone and the ways out', async () => {
      lab.shell(1, 'firewall-cmd -q --zone=public --add-port=8080/tcp');
      const refused = await orch(['run', book('reload-safe'), '-i', inventory]);
      expect(refused.exit).to.equal(2);
      expect(refused.stdout)
        .to.match(/differ in zone public/)
        .and.match(/orch firewall export node1/);
      expect(lab.shell(1, 'firewall-cmd --zone=public --list-ports').trim()).to.equal('8080/tcp');
      const dropped = await run('reload-safe', '-e', 'drop_runtime=true', '-e', 'wait=4');
      expect(dropped.exit, dropped.stdout + dropped.stderr).to.equal(0);
      expect(lab.shell(1, 'firewall-cmd --zone=public --list-ports').trim()).to.equal('');
    });

    it('reloads nothing where the permanent configuration is broken', async () => {
      lab.write(1, '/etc/firewalld/zones/public.xml', '<zone><port');
      const refused = await orch(['run', book('reload-safe'), '-i', inventory, '-l', 'node1']);
      expect(refused.exit).to.equal(2);
      expect(refused.stdout).to.match(/can be read/);
      lab.shell(1, 'rm /etc/firewalld/zones/public.xml');
    });

    it('says what is missing where the rules of K3s do not come back, and stops before the next host', async () => {
      // A stand-in for a firewalld that drops rules which are not its own, as those before 2.0 may.
      lab.write(
        1,
        '/usr/local/sbin/firewall-cmd',
        '#!/bin/sh\n/usr/bin/firewall-cmd "$@" || exit\ncase $* in --reload) nft delete table ip kube ;; esac\n',
        '755',
      );
      const lost = await told([
        ...['run', book('reload-safe'), '-i', inventory],
        ...['-e', 'wait=2', '-e', 'restart_k3s=false'],
      ]);
      expect(lost.exit, lost.stdout + lost.stderr).to.equal(2);
      expect(lost.totals['node1']).to.include({ failed: 1 });
      expect(lost.totals['node2']?.changed, lost.stdout).to.equal(0);
      lab.shell(
        1,
        'nft add table ip kube; nft add chain ip kube KUBE-FORWARD; nft add chain ip kube CNI-HOSTPORT-DNAT; nft add rule ip kube KUBE-FORWARD accept',
      );
      // And one for K3s, which makes its rules anew when it is restarted.
      lab.write(
        1,
        '/usr/local/sbin/systemctl',
        '#!/bin/sh\ncase $1 in list-units) echo k3s.service ;; restart) nft add table ip kube; nft add chain ip kube KUBE-FORWARD; nft add chain ip kube CNI-HOSTPORT-DNAT; nft add rule ip kube KUBE-FORWARD accept ;; esac\n',
        '755',
      );
      const mended = await run('reload-safe', '-e', 'wait=2');
      expect(mended.exit, mended.stdout + mended.stderr).to.equal(0);
      expect(mended.totals['node1']).to.include({ failed: 0, changed: 2 });
      lab.shell(1, 'rm /usr/local/sbin/firewall-cmd /usr/local/sbin/systemctl');
    });
  });
});
