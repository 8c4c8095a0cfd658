import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { inventoryOf, told } from './orch.ts';

/** Hosts of the lab share the machine's kernel: no modules of their own. On machines of their own: test/vm/site.test.ts. */
const KERNEL = [
  '-e',
  '{"kernel_modules": [], "kernel_settings": {"net.ipv4.ip_forward": "1"}}',
] as const;

describe('site.yml, the whole guide in its order', function () {
  this.timeout(120_000);
  const lab = withLab(3);

  it('converges fresh hosts, changes nothing the second time, and a check foresees nothing', async () => {
    for (const host of [1, 2, 3]) lab.reset(host);
    const inventory = inventoryOf(lab);
    const first = await told(['run', 'playbooks/site.yml', '-i', inventory, ...KERNEL]);
    expect(first.exit, first.stdout + first.stderr).to.equal(0);
    for (const { changed } of Object.values(first.totals)) expect(changed).to.be.greaterThan(0);

    const second = await told(['run', 'playbooks/site.yml', '-i', inventory, ...KERNEL]);
    expect(second.exit, second.stderr).to.equal(0);
    for (const { changed } of Object.values(second.totals)) expect(changed).to.equal(0);

    const check = await told([
      'check',
      'playbooks/site.yml',
      '-i',
      inventory,
      '--detailed-exitcode',
      ...KERNEL,
    ]);
    expect(check.exit, check.stdout + check.stderr).to.equal(0);
    expect(lab.shell(1, 'cat /etc/rancher/k3s/config.yaml.d/50-orch-network.yaml')).to.match(
      /advertise-address: "?10\.\d+\.\d+\.\d+"?/,
    );
  });
});
