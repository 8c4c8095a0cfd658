import { expect } from 'chai';
import { sysctl, type SysctlParams } from '../../../../src/modules/sysctl/sysctl.ts';
import { dotted, pathOf } from '../../../../src/modules/sysctl/state.ts';
import type { SysctlFacts, SysctlState } from '../../../../src/modules/sysctl/state.ts';
import type { Seen } from '../../../../src/model/module.ts';
import { onThisHost, refused, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const file = '/etc/sysctl.d/90-k3s.conf';
const params: SysctlParams = {
  name: 'net.ipv4.ip_forward',
  value: '1',
  state: 'present',
  sysctl_file: file,
  reload: true,
  sysctl_set: false,
  ignoreerrors: false,
};
const host = (value: string | null, text: string | null): Seen<SysctlState, SysctlFacts> => ({
  state: { runtime: { 'net.ipv4.ip_forward': value }, files: { [file]: text } },
  facts: { owned: {} },
});
const text = (before: string | null, more: Partial<SysctlParams> = {}): string | null | undefined =>
  wanted(sysctl, host('0', before), { ...params, ...more }).files[file];

describe('sysctl', () => {
  it('sets what runs and what comes at boot', () => {
    expect(stepsOf(sysctl, host('0', null), params)).to.deep.equal([
      'kernel parameter net.ipv4.ip_forward',
      `kernel parameters in ${file}`,
    ]);
    expect(stepsOf(sysctl, host('1', 'net.ipv4.ip_forward=1\n'), params)).to.deep.equal([]);
  });

  it('leaves what runs alone with reload: false', () => {
    expect(stepsOf(sysctl, host('0', null), { ...params, reload: false })).to.deep.equal([
      `kernel parameters in ${file}`,
    ]);
  });

  it('changes the line that counts, the last, and takes others of the parameter away', () => {
    expect(text('a.b = 1\nnet/ipv4/ip_forward=1\n# x\nnet.ipv4.ip_forward = 0\n')).to.equal(
      'a.b = 1\n# x\nnet.ipv4.ip_forward = 1\n',
    );
    expect(text('a.b = 1')).to.equal('a.b = 1\nnet.ipv4.ip_forward = 1\n');
    expect(text('a.b = 1\nnet.ipv4.ip_forward=1\n', { state: 'absent' })).to.equal('a.b = 1\n');
  });

  it('compares values whose blanks differ as equal', () => {
    const now: Seen<SysctlState, SysctlFacts> = {
      state: { runtime: { 'net.ipv4.tcp_rmem': '4096 131072 6291456' }, files: { [file]: null } },
      facts: { owned: {} },
    };
    const state = wanted(sysctl, now, {
      ...params,
      name: 'net.ipv4.tcp_rmem',
      value: '4096\t131072  6291456',
    });
    expect(state.runtime).to.deep.equal(now.state.runtime);
  });

  it('refuses a parameter the kernel does not have, and says what may bring it', () => {
    expect(refused(sysctl, host(null, null), params)).to.contain(
      'no parameter net.ipv4.ip_forward',
    );
    expect(text(null, { ignoreerrors: true })).to.contain('ip_forward = 1');
  });

  it('takes the first separator for the one that divides', () => {
    expect(dotted('net/ipv4/conf/eth0.100/rp_filter')).to.equal('net.ipv4.conf.eth0/100.rp_filter');
    expect(pathOf('net.ipv4.conf.eth0/100.rp_filter')).to.equal(
      '/proc/sys/net/ipv4/conf/eth0.100/rp_filter',
    );
  });

  it('wants a value', () => {
    expect(sysctl.problems?.({ name: 'a.b' })[0]?.message).to.equal('value is missing');
    expect(sysctl.problems?.({ name: 'a.b', state: 'absent' })).to.deep.equal([]);
  });

  it('tells the parameters of this machine', () => {
    const probe = sysctl.resource.observe([
      { name: 'kernel.ostype', file: '/no/such/file' },
      { name: 'net.ipv4.ip_local_port_range', file: '/no/such/file' },
      { name: 'no.such', file: '/no/such/file' },
    ]);
    const { state } = probe.parse(onThisHost(probe.script.text));
    expect(state.runtime['kernel.ostype']).to.equal('Linux');
    expect(state.runtime['net.ipv4.ip_local_port_range']).to.match(/^\d+ \d+$/);
    expect(state.runtime['no.such']).to.equal(null);
    expect(state.files).to.deep.equal({ '/no/such/file': null });
  });
});
