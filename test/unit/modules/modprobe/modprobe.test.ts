import { expect } from 'chai';
import { modprobe, type ModprobeParams } from '../../../../src/modules/modprobe/modprobe.ts';
import { refused, seenIn, stepsOf } from '../../../helpers/host-shell.ts';

const params: ModprobeParams = {
  name: 'br_netfilter',
  params: '',
  state: 'present',
  persistent: 'present',
};

describe('modprobe', () => {
  const fresh = '=module\nknown\n=end\n';

  it('loads a module now and at boot', () => {
    expect(stepsOf(modprobe, seenIn(modprobe, params, fresh), params)).to.deep.equal([
      '/etc/modules-load.d/br_netfilter.conf',
      'kernel module br_netfilter',
    ]);
  });

  it('finds a module that is part of the kernel loaded, and will not take it out', () => {
    const now = seenIn(modprobe, params, '=module\nbuilt in\n=end\n');
    expect(stepsOf(modprobe, now, { ...params, persistent: 'disabled' })).to.deep.equal([]);
    expect(refused(modprobe, now, { ...params, state: 'absent' })).to.contain('part of the kernel');
  });

  it('refuses one that the host does not have', () => {
    expect(refused(modprobe, seenIn(modprobe, params, '=module\n=end\n'), params)).to.contain(
      'no module br_netfilter',
    );
  });

  it('gives parameters by file where it stays, by hand where it does not', () => {
    const now = seenIn(modprobe, { ...params, params: 'a=1' }, fresh);
    const kept = { ...params, params: 'a=1' };
    expect(stepsOf(modprobe, now, kept)[1]).to.equal('/etc/modprobe.d/br_netfilter.conf');
    const { steps } = modprobe.resource.plan(now, { ...now.state, loaded: true });
    expect(steps.map((step) => step.do.text)).to.deep.equal(['modprobe -- br_netfilter a=1']);
  });
});
