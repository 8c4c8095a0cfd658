import { expect } from 'chai';
import { Secret, Unknown } from '../../../../src/model/value.ts';
import { k3sFlags } from '../../../../src/modules/k3s/k3s-flags.ts';
import { render } from '../../../../src/modules/k3s/values.ts';
import { CONFIG, OURS, host, own, params, refuses, tells, wants } from './host.ts';

const SEGREGATED = {
  preset: 'segregated',
  internal_interface: 'eth1',
  external_interface: 'eth0',
} as const;
const UNIT = '/etc/systemd/system/k3s.service';
const unit = (flags: string): Record<string, string> => ({
  [UNIT]: `[Service]\nExecStartPre=-/sbin/modprobe overlay\nExecStart=/usr/local/bin/k3s \\\n    server \\\n${flags}\n`,
});

describe('k3s_flags', () => {
  describe('wants', () => {
    it('K1 a file of its own where nothing is installed', () => {
      const state = wants(host(), { flags: { 'node-ip': '10.91.0.11', 'flannel-iface': 'eth1' } });
      expect(state).to.deep.equal({
        flags: { 'flannel-iface': 'eth1', 'node-ip': '10.91.0.11' },
        mode: '0600',
        owner: 'root:root',
      });
      expect(tells(host(), { flags: { 'flannel-iface': 'eth1' } }).notes.join()).to.contain(
        'not installed',
      );
    });

    it('K2 nothing more when the file says so already', () => {
      const given = {
        ...SEGREGATED,
        flags: { 'write-kubeconfig-mode': '0644', v: 2, disable: ['traefik', 'servicelb'] },
      };
      const made = wants(host(), given);
      const now = host({ files: { [OURS]: render(made.flags) } });
      expect(now.state).to.deep.equal(made);
      expect(wants(now, given)).to.deep.equal(made);
    });

    it('K3 a list appended to what other files give', () => {
      const now = host({ files: { [CONFIG]: 'tls-san: [a.example]\n' } });
      const given = { flags: { 'tls-san': ['b.example'] } };
      expect(wants(now, given).flags).to.deep.equal({ 'tls-san+': ['b.example'] });
      expect(tells(now, given).data['flags']).to.deep.equal({
        'tls-san': ['a.example', 'b.example'],
      });
      expect(wants(now, { ...given, replace: true }).flags).to.deep.equal({
        'tls-san': ['b.example'],
      });
    });

    it('K9 the API at the internal address with the preset, on servers alone', () => {
      expect(wants(host(), SEGREGATED).flags).to.deep.equal({
        'advertise-address': '10.91.0.11',
        'flannel-iface': 'eth1',
        'node-external-ip': '192.0.2.10',
        'node-ip': '10.91.0.11',
        'tls-san+': ['10.91.0.11', '192.0.2.10'],
      });
      expect(Object.keys(wants(host(), { ...SEGREGATED, role: 'agent' }).flags)).to.deep.equal([
        'flannel-iface',
        'node-external-ip',
        'node-ip',
      ]);
    });

    it('joins the certificate names of preset and playbook', () => {
      const state = wants(host(), { ...SEGREGATED, flags: { 'tls-san': 'api.example' } });
      expect(state.flags['tls-san+']).to.deep.equal(['10.91.0.11', '192.0.2.10', 'api.example']);
    });

    it('flags of other tasks to stay, and null to take one out', () => {
      const now = host({ files: { [OURS]: own('flannel-iface: eth1\nselinux: true\n') } });
      expect(wants(now, { flags: { selinux: null, debug: true } }).flags).to.deep.equal({
        debug: true,
        'flannel-iface': 'eth1',
      });
    });

    it('no file for no flags', () => {
      expect(wants(host(), {}).mode).to.equal(null);
    });

    it('sees the role by the unit', () => {
      const now = host({ units: unit('') });
      expect(Object.keys(wants(now, { ...SEGREGATED, role: 'auto' }).flags)).to.include('tls-san+');
    });
  });

  describe('refuses', () => {
    it('K5 what the command line overrides, and names the unit', () => {
      const now = host({ units: unit("\t'--flannel-iface=eth0' \\\n") });
      const refusal = refuses(now, { flags: { 'flannel-iface': 'eth1' } });
      expect(refusal.message).to.contain(UNIT).and.contain('--flannel-iface=eth0');
      expect(wants(now, { flags: { 'flannel-iface': 'eth0' } }).mode).to.equal('0600');
    });

    it('K7 a server flag where the unit is an agent', () => {
      const now = host({
        units: { '/etc/systemd/system/k3s-agent.service': 'ExecStart=/usr/local/bin/k3s agent\n' },
      });
      expect(refuses(now, { role: 'auto', flags: { 'tls-san': ['a'] } }).message).to.contain(
        'agent',
      );
    });

    it('to guess the role', () => {
      expect(refuses(host(), { ...SEGREGATED, role: 'auto' }).hint).to.contain('role: server');
    });

    it('K8 a node-ip that is not on the host, and lists what is', () => {
      const { message } = refuses(host(), { flags: { 'node-ip': '10.91.0.12' } });
      expect(message).to.contain('192.0.2.10 (eth0), 10.91.0.11 (eth1)');
    });

    it('K9 an API advertised at the public address, unless forced', () => {
      const flags = { 'node-ip': '10.91.0.11', 'node-external-ip': '192.0.2.10' };
      expect(refuses(host(), { flags }).message).to.contain('advertised at 192.0.2.10');
      expect(wants(host(), { flags, force: ['advertise-address'] }).mode).to.equal('0600');
      expect(wants(host(), { flags, role: 'agent' }).mode).to.equal('0600');
      const same = { 'node-ip': '192.0.2.10', 'node-external-ip': '192.0.2.10' };
      expect(wants(host(), { flags: same }).mode).to.equal('0600');
    });

    it('K10 another cluster-cidr once there is data', () => {
      const now = host({ k3s: ['installed', 'data'] });
      const flags = { 'cluster-cidr': '10.50.0.0/16' };
      expect(refuses(now, { flags }).message).to.contain('10.42.0.0/16 to 10.50.0.0/16');
      expect(wants(now, { flags: { 'cluster-cidr': '10.42.0.0/16' } }).mode).to.equal('0600');
      expect(wants(host(), { flags }).mode).to.equal('0600');
    });

    it('K15 a node whose only default route goes nowhere, without node-ip', () => {
      const now = host({
        routes: '1000 dummy0',
        extraAddresses:
          '4: dummy0    inet 203.0.113.254/31 scope global dummy0\\  valid_lft forever\n',
      });
      expect(refuses(now, { flags: { debug: true } }).message).to.contain('203.0.113.254');
      expect(wants(now, SEGREGATED).mode).to.equal('0600');
    });

    it('K16 to write beside a broken file, and names its line', () => {
      const now = host({ files: { [CONFIG]: 'node-ip: 10.0.0.1\n  tls-san\n' } });
      expect(refuses(now, { flags: { debug: true } }).message).to.contain(`${CONFIG}:2`);
    });

    it('K19 another node-ip on a server with embedded etcd', () => {
      const now = host({
        files: { [CONFIG]: 'node-ip: 192.0.2.10\n' },
        k3s: ['installed', 'data', 'etcd'],
      });
      const flags = { 'node-ip': '10.91.0.11' };
      expect(refuses(now, { flags }).message).to.contain('5991');
      expect(wants(now, { flags, force: ['node-ip'] }).mode).to.equal('0600');
      const same = host({ files: { [CONFIG]: 'flannel-iface: eth1\n' }, k3s: ['etcd'] });
      expect(wants(same, { flags }).mode).to.equal('0600');
    });

    it('an interface that does not exist', () => {
      expect(refuses(host(), { flags: { 'flannel-iface': 'eth3' } }).message).to.contain(
        'Did you mean',
      );
    });

    it('a preset for an interface with two addresses', () => {
      const now = host({
        extraAddresses: '3: eth1    inet 10.91.0.12/16 scope global secondary eth1\\ x\n',
      });
      expect(refuses(now, SEGREGATED).message).to.contain('more than one address');
      expect(wants(now, { ...SEGREGATED, flags: { 'node-ip': '10.91.0.12' } }).flags).to.include({
        'advertise-address': '10.91.0.12',
      });
    });

    it('flannel over the external address in a segregated cluster', () => {
      const now = host({ files: { [CONFIG]: 'flannel-external-ip: true\n' } });
      expect(refuses(now, SEGREGATED).message).to.contain(CONFIG);
    });

    it('to overwrite a file it did not write', () => {
      const now = host({ files: { [OURS]: '# mine\ndebug: true\n' } });
      expect(refuses(now, { flags: { selinux: true } }).hint).to.contain('force: [file]');
    });
  });

  describe('tells', () => {
    it('K4 that a later file discards the values', () => {
      const later = '/etc/rancher/k3s/config.yaml.d/60-x.yaml';
      const now = host({ files: { [later]: 'tls-san:\n  - c.example\n' } });
      expect(tells(now, { flags: { 'tls-san': ['b.example'] } }).warnings).to.deep.equal([
        `${later}:1 comes later and discards our values of tls-san`,
      ]);
    });

    it('K12 that K3s runs since before the newest change', () => {
      const files = { [OURS]: own('debug: true\n') };
      const stale = host({ files, written: 2000, k3s: ['installed', 'started 1500'] });
      const fresh = host({ files, written: 1000, k3s: ['installed', 'started 1500'] });
      const given = { flags: { debug: true } };
      expect(tells(stale, given).data).to.include({ restart_needed: true });
      expect(tells(fresh, given).data).to.include({ restart_needed: false });
      expect(tells(fresh, { flags: { debug: false } }).data).to.include({ restart_needed: true });
    });

    it('K14 that somebody else sets a flag to null', () => {
      const now = host({ files: { [CONFIG]: 'disable:\n' } });
      expect(tells(now, { flags: { debug: true } }).warnings.join()).to.contain('--disable=');
    });

    it('of a misspelt flag in a file of somebody else', () => {
      const now = host({ files: { [CONFIG]: 'flannel_iface: eth1\n' } });
      expect(tells(now, {}).warnings.join()).to.contain('Did you mean "flannel-iface"?');
    });
  });

  describe('problems', () => {
    const problem = (flags: object, role = 'auto'): string | undefined =>
      k3sFlags.problems?.({ flags, role })[0]?.message;

    it('K6 finds misspelt flags', () => {
      expect(problem({ flannel_iface: 'eth1' })).to.contain('Did you mean "flannel-iface"?');
      expect(problem({ 'flanel-iface': 'eth1' })).to.contain('Did you mean "flannel-iface"?');
      expect(problem({ '--node-ip': 'x' })).to.contain('without its dashes');
      expect(k3sFlags.problems?.({ flags: { nova: 1 }, allow_unknown: ['nova'] })).to.deep.equal(
        [],
      );
    });

    it('K7 finds server flags of agents', () => {
      expect(problem({ 'tls-san': ['a'] }, 'agent')).to.contain('flag of servers');
      expect(problem({ 'node-ip': '10.0.0.1' }, 'agent')).to.equal(undefined);
    });

    it('knows the type of every flag', () => {
      expect(problem({ 'write-kubeconfig-mode': 420 })).to.contain('"0644"');
      expect(problem({ 'node-ip': 'eth0' })).to.contain('no IP address');
      expect(problem({ 'node-ip': ['10.0.0.1', '10.0.0.2'] })).to.contain('one per address family');
      expect(problem({ 'node-ip': ['10.0.0.1', 'fd00::1'] })).to.equal(undefined);
      expect(problem({ 'cluster-cidr': '10.42.0.0' })).to.contain('CIDR');
      expect(problem({ selinux: 'maybe' })).to.contain('true or false');
      expect(problem({ 'https-listen-port': 'x' })).to.contain('integer');
      expect(problem({ 'flannel-iface': ['eth1'] })).to.contain('one string');
      expect(problem({ 'node-ip': new Unknown('later'), token: new Secret('x') })).to.equal(
        undefined,
      );
    });

    it('misses the interfaces of a preset', () => {
      const [first, second] = k3sFlags.problems?.({ preset: 'segregated' }) ?? [];
      expect([first?.code, second?.code]).to.deep.equal(['ARGUMENT_MISSING', 'ARGUMENT_MISSING']);
    });
  });

  describe('keeps secrets', () => {
    const given = { flags: { token: 'K10abc::server:s3cret', 'vpn-auth': new Secret('tskey') } };

    it('K13 out of state, result and messages, yet sends them', () => {
      const now = host();
      const state = wants(now, given);
      const shown = JSON.stringify([state, tells(now, given)]);
      expect(shown).to.not.contain('s3cret').and.not.contain('tskey');
      const [step] = k3sFlags.resource.plan(now, state).steps;
      expect(step?.do.text).to.contain('K10abc::server:s3cret').and.contain('tskey');
    });

    it('equal when they are, in flags that are not secret by name too', () => {
      const flags = { 'kubelet-arg': [new Secret('key=hidden')] };
      const scope = k3sFlags.scope(params({ flags }));
      const made = wants(host({}, scope.secrets), { flags });
      const now = host({ files: { [OURS]: render(made.flags) } }, scope.secrets);
      expect(now.state).to.deep.equal(made);
      expect(JSON.stringify(now))
        .to.contain('sha256')
        .and.not.match(/"flags":.*hidden.*"mode"/);
    });
  });
});
