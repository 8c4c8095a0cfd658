import { expect } from 'chai';
import { OrchError } from '../../src/lib/errors.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import type { FirewalldState } from '../../src/modules/firewalld/state.ts';
import { apply, converge, edit, look, onHost, resetHost, said } from './firewalld-host.ts';

/** The error of something that must fail for the user's sake. */
function refusal(work: () => unknown): OrchError {
  try {
    work();
  } catch (error) {
    if (error instanceof OrchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const withEth1 = (state: FirewalldState): FirewalldState =>
  edit(edit(state, 'public', { interfaces: [] }), 'trusted', { interfaces: ['eth1'] });

describe('firewalld on a real host', function () {
  this.timeout(180_000);
  beforeEach(resetHost);
  after(resetHost);

  it('Z1 binds an interface that is in no zone, in both configurations', () => {
    const { plan } = converge((state) => edit(state, 'public', { interfaces: ['eth0'] }));
    expect(plan.steps.map(({ stage }) => stage)).to.deep.equal(['runtime', 'persistent']);
    expect(said('firewall-cmd --zone=public --list-interfaces')).to.equal('eth0');
    expect(said('firewall-cmd --permanent --zone=public --list-interfaces')).to.equal('eth0');
  });

  it('Z2 moves an interface between zones, in both configurations', () => {
    said(
      'firewall-cmd -q --zone=public --add-interface=eth1; firewall-cmd -q --permanent --zone=public --add-interface=eth1',
    );
    const { names } = converge(withEth1);
    expect(names).to.deep.equal([
      'runtime interface eth1 from zone public to trusted',
      'permanent interfaces of zone public',
      'permanent interfaces of zone trusted',
    ]);
    expect(said('firewall-cmd --permanent --get-zone-of-interface=eth1')).to.equal('trusted');
  });

  it('Z4 writes only the permanent side when the running one is right', () => {
    said('firewall-cmd -q --zone=trusted --add-interface=eth1');
    const { names } = converge((state) => edit(state, 'trusted', { interfaces: ['eth1'] }));
    expect(names).to.deep.equal(['permanent interfaces of zone trusted']);
  });

  it('Z5 moves a source between zones, in both configurations', () => {
    for (const p of ['', '--permanent'])
      said(`firewall-cmd -q ${p} --zone=public --add-source=10.42.0.0/16`);
    converge((state) =>
      edit(edit(state, 'public', { sources: [] }), 'trusted', { sources: ['10.42.0.0/16'] }),
    );
    expect(onHost('grep -q 10.42 /etc/firewalld/zones/public.xml').exit).to.equal(1);
  });

  it('moves a source that the losing zone spells in another way', () => {
    for (const p of ['', '--permanent'])
      said(`firewall-cmd -q ${p} --zone=public --add-source=10.43.1.1/16`);
    const before = look().state;
    expect(before.zones['public']?.runtime?.sources).to.deep.equal(['10.43.0.0/16']);
    converge((state) =>
      edit(edit(state, 'public', { sources: [] }), 'trusted', { sources: ['10.43.0.0/16'] }),
    );
    expect(said('firewall-cmd --zone=public --list-sources')).to.equal('');
  });

  describe('what a zone runs', () => {
    const WITHOUT = 'command() { [ "$2" != dbus-send ] && type "$2" >/dev/null 2>&1; }';
    const form = (seen: ReturnType<typeof look>): string | undefined =>
      /^(?: {3}array \[|a\{sv\})/.exec(seen.facts.raw['runtime public'] ?? '')?.[0].trim();
    beforeEach(() => {
      said(`firewall-cmd -q --zone=public --add-interface=eth0 --add-source=10.42.0.0/16 --add-port=9500-9503/tcp --add-port=53/udp
firewall-cmd -q --zone=public --add-protocol=gre --add-source-port=99/udp --add-icmp-block=echo-request --add-masquerade
firewall-cmd -q --zone=public --add-forward-port=port=80:proto=tcp:toport=8080:toaddr=10.1.2.3
firewall-cmd -q --zone=public --add-rich-rule='rule family="ipv4" source address="10.9.0.0/16" service name="http" accept'`);
    });

    it('is the same by dbus-send and by busctl', () => {
      const [one, other] = [look({ definitions: true }), look({ definitions: true }, WITHOUT)];
      expect([form(one), form(other)]).to.deep.equal(['array [', 'a{sv}']);
      expect(one.state).to.deep.equal(other.state);
      expect(one.facts.services).to.deep.equal(other.facts.services);
      expect(one.state.zones['public']?.runtime?.richRules).to.have.length(1);
    });

    it('is read by busctl where the bus could start firewalld', () => {
      const file = '/run/dbus-1/system-services/org.fedoraproject.FirewallD1.service';
      said(`mkdir -p ${file.replace(/\/[^/]*$/, '')}; touch ${file}`);
      expect(form(look())).to.equal('a{sv}');
      said(`rm ${file}`);
      expect(form(look())).to.equal('array [');
    });

    it('is not confused by a description of several lines', () => {
      said(`printf '%s\\n' '<zone><short>P</short><description>two' '@end' 'lines</description><service name="ssh"/></zone>' >/etc/firewalld/zones/public.xml
firewall-cmd -q --reload`);
      expect(look().state.zones['public']?.runtime?.services).to.deep.equal(['ssh']);
    });
  });

  it('lets two zones swap their interfaces', () => {
    for (const p of ['', '--permanent']) {
      said(
        `firewall-cmd -q ${p} --zone=public --add-interface=eth0; firewall-cmd -q ${p} --zone=trusted --add-interface=eth1`,
      );
    }
    converge((state) =>
      edit(edit(state, 'public', { interfaces: ['eth1'] }), 'trusted', { interfaces: ['eth0'] }),
    );
  });

  describe('when something is down', () => {
    it('Z8 writes the permanent side only when the daemon is down and that is allowed', () => {
      said(
        'kill $(cat /run/firewalld.pid); while [ -d /proc/$(cat /run/firewalld.pid) ]; do sleep 0.1; done',
      );
      const error = refusal(() => look());
      expect([error.code, error.message]).to.deep.equal([
        'FIREWALLD_NOT_RUNNING',
        'firewalld is installed but not running',
      ]);
      const seen = look({ offline: true });
      expect(seen.facts.access).to.equal('offline');
      expect(seen.state.zones['public']?.runtime).to.equal(null);
      converge(
        (state) =>
          edit(edit(state, 'public', { ports: ['443/tcp', '80/tcp'] }), 'trusted', {
            interfaces: ['eth1'],
            sources: ['10.42.0.0/16'],
          }),
        { offline: true },
      );
      expect(said('firewall-offline-cmd --zone=public --list-ports')).to.equal('80/tcp 443/tcp');
    });

    it('Z9 names the bus when the bus is down', () => {
      said('mv /run/dbus/system_bus_socket /run/dbus/away');
      try {
        const error = refusal(() => look({ offline: true }));
        expect([error.code, error.message]).to.deep.equal([
          'DBUS_DOWN',
          'D-Bus system bus not reachable',
        ]);
        const byCli = refusal(() => look({ offline: true }, hideBusctl));
        expect(byCli.code).to.equal('DBUS_DOWN');
      } finally {
        said('mv /run/dbus/away /run/dbus/system_bus_socket');
      }
    });

    it('Z10 fails in panic mode before anything is written', () => {
      const current = look();
      const desired = edit(current.state, 'public', { ports: ['80/tcp'] });
      const plan = firewalld.plan(current, desired);
      said('firewall-cmd -q --panic-on');
      try {
        const { exits, stderr } = apply(plan);
        expect(exits).to.deep.equal([1]);
        expect(stderr).to.match(/^FIREWALLD_PANIC: firewalld is in panic mode/);
        const seen = look({ thorough: true });
        expect(seen.state).to.deep.equal(current.state);
        expect(refusal(() => firewalld.plan(seen, desired)).code).to.equal('FIREWALLD_PANIC');
      } finally {
        said('firewall-cmd -q --panic-off');
      }
    });

    it('says so when firewalld is not installed', () => {
      expect(refusal(() => look({}, 'PATH=/nowhere')).code).to.equal('FIREWALLD_NOT_INSTALLED');
    });

    it('asks for root when the task runs as somebody else', () => {
      said('chmod 750 /etc/firewalld');
      const probe = firewalld.observe([]);
      const script = probe.script.text.replaceAll("'", `'\\''`);
      const reply = onHost(`setpriv --reuid=65534 --regid=65534 --clear-groups sh -c '${script}'`);
      expect(refusal(() => probe.parse(reply)).code).to.equal('FIREWALLD_DENIED');
    });
  });

  describe('what needs a reload', () => {
    it('Z11 makes a new zone with its settings, and deletes it again', () => {
      const more = { zones: ['public', 'k3s'] };
      const first = look(more);
      const settings = {
        ...(first.state.zones['public']?.permanent ?? never()),
        services: ['ssh'],
        ports: ['6443/tcp'],
        interfaces: ['eth1'],
      };
      const { plan } = converge(
        (state) => ({
          ...state,
          zones: { ...state.zones, k3s: { runtime: settings, permanent: settings } },
        }),
        more,
      );
      expect(plan.steps.map(({ disruption }) => disruption)).to.deep.equal(['reload']);
      converge(() => first.state, more);
    });

    it('Z19 changes a target with a reload that keeps what only runs, and takes it back', () => {
      said(
        'firewall-cmd -q --zone=public --add-port=8080/tcp; firewall-cmd -q --zone=trusted --add-interface=eth1',
      );
      const before = look();
      const { plan } = converge((state) => edit(state, 'public', { target: 'DROP' }));
      expect(plan.steps[0]?.reason).to.equal(
        'the target of zone public changes only with a reload',
      );
      for (const step of [...plan.steps].reverse()) {
        expect(onHost(step.inverse?.text ?? '').exit, step.name).to.equal(0);
      }
      expect(look().state).to.deep.equal(before.state);
    });

    it('refuses while a stray file would make a reload erase the zones', () => {
      said(
        'mkdir /etc/firewalld/zones/old; cp /usr/lib/firewalld/zones/public.xml /etc/firewalld/zones/old/public.3.xml',
      );
      const current = look();
      const error = refusal(() =>
        firewalld.plan(current, edit(current.state, 'public', { target: 'DROP' })),
      );
      expect(error.code).to.equal('REFUSED');
      expect(error.message).to.include('/etc/firewalld/zones/old/public.3.xml');
    });

    it('undoes the writes when the check before the reload fails', () => {
      const current = look();
      const plan = firewalld.plan(current, edit(current.state, 'public', { target: 'DROP' }));
      said('echo "<zone" > /etc/firewalld/zones/broken.xml');
      const { exits } = apply(plan);
      expect(exits).to.not.deep.equal([0]);
      said('rm /etc/firewalld/zones/broken.xml');
      expect(look().state).to.deep.equal(current.state);
    });
  });

  it('Z16 notices with 75 what another tool changed in between, and then does not write', () => {
    for (const other of [
      'firewall-cmd -q --zone=public --add-port=99/udp',
      'firewall-cmd -q --permanent --zone=public --add-port=98/udp',
    ]) {
      const current = look();
      const desired = edit(current.state, 'public', { services: ['http', 'ssh'] });
      const plan = firewalld.plan(current, desired);
      said(other);
      expect(apply(plan).exits).to.deep.equal([75]);
      converge((state) => edit(state, 'public', { services: ['http', 'ssh'] }));
      converge(() => current.state);
    }
  });

  it('Z17 takes back what was done when a later step fails, and says the code', () => {
    const current = look();
    const desired = edit(
      edit(current.state, 'public', { ports: ['80/tcp'] }),
      'trusted',
      { services: ['nosuch'] },
      ['permanent'],
    );
    const { exits, stderr } = apply(firewalld.plan(current, desired));
    expect(exits).to.deep.equal([1]);
    expect(stderr).to.match(/^INVALID_SERVICE: .*nosuch/);
    expect(look().state).to.deep.equal(current.state);
  });

  it('keeps the permanent rich rules of a zone that was written by hand, on one line', () => {
    const rule =
      'rule family="ipv4" source address="10.9.0.0/16" port port="443" protocol="tcp" accept';
    const xml =
      '<zone><rule family="ipv4"><source address="10.9.0.0/16"/><port port="443" protocol="tcp"/><accept/></rule></zone>';
    said(`echo '${xml}' >/etc/firewalld/zones/work.xml; firewall-cmd -q --reload`);
    const more = { zones: ['work'] };
    expect(look(more).state.zones['work']?.permanent?.richRules).to.deep.equal([rule]);
    const other = 'rule service name="http" accept';
    converge((state) => edit(state, 'work', { richRules: [rule, other] }), more);
    expect(said('firewall-cmd --permanent --zone=work --list-rich-rules | sort')).to.equal(
      `${rule}\n${other}`,
    );
  });

  it('P12 opens only where it is closed', () => {
    said('firewall-cmd -q --zone=public --add-port=80/tcp');
    const { names } = converge((state) => edit(state, 'public', { ports: ['80/tcp'] }));
    expect(names).to.deep.equal(['permanent ports of zone public']);
  });

  it('P13 keeps protocols apart', () => {
    converge((state) => edit(state, 'public', { ports: ['8125/tcp', '8125/udp'] }));
  });

  it('widens a port to a range without taking it away on the way', () => {
    converge((state) => edit(state, 'public', { ports: ['10250/tcp', '443/tcp'] }));
    const { plan } = converge((state) =>
      edit(state, 'public', { ports: ['10000-30000/tcp', '443/tcp'] }),
    );
    expect(plan.steps[0]?.do.text).to.include('10250 tcp');
  });

  it('writes and reads back every setting a zone has', () => {
    const all = {
      interfaces: ['eth1', 'vlan+'],
      sources: ['00:11:22:33:44:AA', '10.42.0.0/16', '2001:db8::/64'],
      services: ['http', 'ssh'],
      ports: ['2379-2380/tcp', '8472/udp'],
      protocols: ['gre', 'icmp'],
      sourcePorts: ['99/udp'],
      forwardPorts: [
        'port=80:proto=tcp:toport=8080:toaddr=',
        'port=81:proto=tcp:toport=:toaddr=10.0.0.1',
      ],
      icmpBlocks: ['echo-request'],
      richRules: [
        'rule family="ipv4" source address="10.0.0.0/24" port port="22" protocol="tcp" accept',
      ],
      forward: false,
      masquerade: true,
      icmpBlockInversion: true,
    };
    const first = look();
    converge((state) => edit(state, 'public', all));
    converge(() => first.state);
  });

  it('changes the default zone in both configurations', () => {
    const { names } = converge((state) => ({ ...state, defaultZone: 'trusted' }));
    // firewalld 2 reloads by itself then: what only runs is seen to before.
    const major = Number.parseInt(said('firewall-cmd --version'), 10);
    const reload = major >= 2 ? ['reload'] : [];
    expect(names).to.deep.equal([...reload, 'default zone trusted instead of public']);
    expect(said('firewall-cmd --get-default-zone')).to.equal('trusted');
    converge((state) => ({ ...state, defaultZone: 'public' }));
  });

  it('Z14 asks a stand-in for NetworkManager to move its interface, and writes no zone file', () => {
    said(standIn);
    const more = { interfaces: ['eth1'] };
    const { names } = converge(
      (state) =>
        edit(edit(state, 'public', { interfaces: [] }), 'trusted', { interfaces: ['eth1'] }),
      more,
    );
    expect(names).to.deep.equal([
      'runtime interface eth1 from zone public to trusted',
      'zone trusted of the NetworkManager connection of eth1',
    ]);
    expect(said('ls /etc/firewalld/zones')).to.equal('');
  });

  describe('Z20 through firewall-cmd, where there is no busctl', () => {
    it('sees the same and does the same', () => {
      said('firewall-cmd -q --zone=public --add-port=10250/tcp --add-port=8080/tcp');
      const byBus = look();
      const byCli = look({}, hideBusctl);
      expect(byCli.facts.access).to.equal('cli');
      expect(byCli.state).to.deep.equal(byBus.state);
      const wanted = {
        interfaces: ['eth1'],
        sources: ['10.42.0.0/16'],
        ports: ['10000-30000/tcp', '8472/udp'],
        services: ['http', 'ssh'],
        richRules: [
          'rule family="ipv4" source address="10.0.0.0/24" port port="22" protocol="tcp" accept',
        ],
        masquerade: true,
      };
      converge((state) => edit(state, 'public', wanted), {}, hideBusctl);
      converge(
        (state) =>
          edit(edit(state, 'public', { interfaces: [], sources: [] }), 'trusted', {
            interfaces: ['eth1'],
            sources: ['10.42.0.0/16'],
          }),
        {},
        hideBusctl,
      );
      expect(look().state).to.deep.equal(look({}, hideBusctl).state);
      converge(() => ({ ...byBus.state }), {}, hideBusctl);
    });

    it('takes back what a call did of several items before one was refused', () => {
      const current = look({}, hideBusctl);
      for (const config of ['runtime', 'permanent'] as const) {
        const desired = edit(current.state, 'public', { services: ['http', 'nosuch', 'ssh'] }, [
          config,
        ]);
        const { exits } = apply(firewalld.plan(current, desired), hideBusctl);
        expect(exits, config).to.deep.equal([1]);
        expect(look({}, hideBusctl).state, config).to.deep.equal(current.state);
      }
    });

    it('makes a zone, sets a target and reloads, and what only runs elsewhere runs on', () => {
      said('firewall-cmd -q --zone=work --add-port=9/tcp');
      const more = { zones: ['public', 'k3s'] };
      const settings = {
        ...(look(more).state.zones['public']?.permanent ?? never()),
        target: 'DROP' as const,
        ports: ['6443/tcp'],
      };
      converge(
        (state) => ({
          ...state,
          zones: { ...state.zones, k3s: { runtime: settings, permanent: settings } },
        }),
        more,
        hideBusctl,
      );
      expect(said('firewall-cmd --zone=work --list-ports').trim()).to.equal('9/tcp');
    });
  });
});

/** A PATH with what firewalld's own tools need, but without busctl. */
const hideBusctl = `[ -d /tmp/tools ] || { mkdir /tmp/tools; for f in grep firewall-cmd firewall-offline-cmd; do
  ln -s "$(command -v $f)" /tmp/tools/; done; }; PATH=/tmp/tools`;

/** Answers the three questions orch has for nmcli: it shows how it is asked, not what NetworkManager does. */
const standIn = `firewall-cmd -q --zone=public --add-interface=eth1; : > /run/nm-zone
cat > /usr/local/bin/nmcli <<'EOF'
#!/bin/sh
case "$*" in
  '-t -f DEVICE,STATE,CON-UUID device') printf '%s\\n' eth0:unmanaged: eth1:connected:u-1 lo:unmanaged: ;;
  '-g connection.zone connection show u-1') cat /run/nm-zone ;;
  'connection modify uuid u-1 connection.zone '*) echo "$6" > /run/nm-zone ;;
  *) echo "nmcli: unexpected: $*" >&2; exit 2 ;;
esac
EOF
chmod +x /usr/local/bin/nmcli`;

function never(): never {
  throw new Error('zone public was not seen');
}
