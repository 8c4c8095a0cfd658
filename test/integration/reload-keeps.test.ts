import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { faultOf, faulty, playbook, sinceHere } from './faulty.ts';
import { inventoryOf } from './orch.ts';

const NEW_TARGET = '    - firewalld_zone: { zone: work, target: DROP }\n';

describe('a change that needs a reload of firewalld', function () {
  this.timeout(60_000);
  const lab = withLab(1);
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });
  beforeEach(() => lab.reset(1));
  const attempt = (book: string, ...more: string[]) =>
    faulty([book, '-i', inventory, '-l', 'node1', ...more]);

  it('moves no other zone: what only runs there runs on, what is only permanent waits on', async () => {
    lab.shell(
      1,
      `firewall-cmd -q --zone=dmz --add-port=9/tcp
firewall-cmd -q --zone=external --add-rich-rule='rule service name=http drop'
firewall-cmd -q --permanent --zone=internal --remove-service=ssh
firewall-cmd -q --permanent --zone=internal --add-port=5/tcp`,
    );
    const changes = sinceHere(lab, 1);
    const run = await attempt(playbook(NEW_TARGET));
    expect(run.exit, run.stdout).to.equal(0);
    expect(changes(1).join('\n')).to.match(/work/);
    expect(changes(1).filter((line) => !line.includes('work'))).to.deep.equal([]);
    expect((await attempt(playbook(NEW_TARGET))).totals['node1']).to.include({ changed: 0 });
  });

  for (const [what, before, still] of [
    [
      'policy pol',
      `firewall-cmd -q --permanent --new-policy=pol
firewall-cmd -q --permanent --policy=pol --add-ingress-zone=dmz
firewall-cmd -q --permanent --policy=pol --add-egress-zone=HOST
firewall-cmd -q --reload
firewall-cmd -q --policy=pol --add-port=9/tcp`,
      'firewall-cmd --policy=pol --list-ports',
    ],
    [
      'ipset nodes',
      `firewall-cmd -q --permanent --new-ipset=nodes --type=hash:ip
firewall-cmd -q --reload
firewall-cmd -q --ipset=nodes --add-entry=192.0.2.9`,
      'firewall-cmd --ipset=nodes --get-entries',
    ],
  ] as const) {
    it(`is refused where it would drop what only runs of ${what}, in check and run, unless a reload is allowed`, async function () {
      // Before 1.0 an ipset needs the program ipset and its kernel, which no lab has.
      if (what === 'ipset nodes' && lab.shell(1, 'firewall-cmd --version').startsWith('0.'))
        this.skip();
      lab.shell(1, before);
      const had = lab.shell(1, still);
      expect(had).to.not.equal('');
      const changes = sinceHere(lab, 1);
      for (const more of [['--check'], []]) {
        const fault = faultOf(await attempt(playbook(NEW_TARGET), ...more));
        expect(fault.message).to.include(`a reload drops what only runs of ${what}`);
      }
      expect(changes(1)).to.deep.equal([]);
      expect(lab.shell(1, still)).to.equal(had);
      const allowed = await attempt(playbook(NEW_TARGET), '--allow-disruption', 'reload');
      expect(allowed.totals['node1']).to.include({ changed: 1 });
    });
  }

  it('is refused where the file of another zone would make it fail', async () => {
    lab.shell(1, "echo '<zone>' >/etc/firewalld/zones/home.xml");
    const changes = sinceHere(lab, 1);
    for (const more of [['--check'], []]) {
      const fault = faultOf(await attempt(playbook(NEW_TARGET), ...more));
      expect(fault.message).to.include('/etc/firewalld/zones/home.xml');
    }
    expect(changes(1)).to.deep.equal([]);
    const port = playbook('    - firewalld_port: { zone: work, ports: [9/tcp] }\n');
    expect((await attempt(port)).totals['node1']).to.include({ changed: 1 });
  });

  it('deletes no zone that a policy is about, and says so in the check', async () => {
    lab.shell(
      1,
      `firewall-cmd -q --permanent --new-zone=mine
firewall-cmd -q --permanent --new-policy=pol
firewall-cmd -q --permanent --policy=pol --add-ingress-zone=mine
firewall-cmd -q --permanent --policy=pol --add-egress-zone=HOST
firewall-cmd -q --reload`,
    );
    const book = playbook('    - firewalld_zone: { zone: mine, state: absent }\n');
    for (const more of [['--check'], []]) {
      const fault = faultOf(await attempt(book, ...more));
      expect(fault.message).to.equal(
        'policy pol is about zone mine, which cannot be deleted before it',
      );
    }
    lab.shell(
      1,
      'firewall-cmd -q --permanent --policy=pol --remove-ingress-zone=mine; firewall-cmd -q --reload',
    );
    expect((await attempt(book)).totals['node1']).to.include({ changed: 1 });
  });
});
