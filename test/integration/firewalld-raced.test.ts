import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told } from './orch.ts';

/**
 * Another tool, at the worst time: in front of the real busctl and dbus-send, it opens a port when orch looks at the zone for the
 * second time (the guard of its write); `always` does so each time from then on.
 */
const another = (
  always: boolean,
): string => `for tool in busctl dbus-send; do cat > /usr/local/bin/$tool <<'EOF'
#!/bin/sh
case "$*" in *getZoneSettings2*public*)
  n=$(($(cat /run/looked 2>/dev/null || echo 0) + 1)); echo $n > /run/looked
  if [ $n ${always ? '-ge' : '-eq'} 2 ]; then /usr/bin/firewall-cmd -q --zone=public --add-port=$((9000 + n))/udp; fi ;;
esac
exec "/usr/bin/\${0##*/}" "$@"
EOF
chmod +x /usr/local/bin/$tool; done; rm -f /run/looked`;

const PLAY = `
- hosts: node1
  gather_facts: false
  tasks:
    - firewalld_port: { zone: public, ports: [443/tcp] }
`;

describe('a zone that another tool changes between look and write', function () {
  this.timeout(60_000);
  const lab = withLab(1);
  const book = `${folder({ 'play.yml': PLAY })}/play.yml`;
  const ports = (): readonly string[] =>
    lab.shell(1, '/usr/bin/firewall-cmd --zone=public --list-ports').trim().split(' ').sort();
  beforeEach(() => lab.reset(1));

  it('Z16 is looked at again, planned anew once, and has what both wanted', async () => {
    lab.shell(1, another(false));
    const run = await told(['run', book, '-i', inventoryOf(lab)]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    expect(run.totals['node1']).to.include({ changed: 1, failed: 0 });
    expect(ports()).to.deep.equal(['443/tcp', '9002/udp']);
    // What is told as changed is what orch did, not what the other did.
    const [ended] = run.all('task-ended').filter(({ outcome }) => outcome.kind === 'changed');
    expect(JSON.stringify(ended?.outcome.changes))
      .to.include('443/tcp')
      .and.not.include('9002/udp');
    lab.shell(1, 'rm /usr/local/bin/busctl /usr/local/bin/dbus-send');
    const again = await told(['run', book, '-i', inventoryOf(lab)]);
    expect(again.totals['node1']).to.include({ changed: 0, failed: 0 });
  });

  it('Z16 is given up, in words, when the other tool does not stop; nothing of ours is written', async () => {
    lab.shell(1, another(true));
    const run = await told(['run', book, '-i', inventoryOf(lab)]);
    expect(run.exit, run.stdout).to.equal(2);
    const [failed] = run.all('task-ended').filter(({ outcome }) => outcome.kind === 'failed');
    expect(failed?.outcome.fault?.code).to.equal('CHANGED_UNDERNEATH');
    expect(ports()).to.not.include('443/tcp');
  });
});
