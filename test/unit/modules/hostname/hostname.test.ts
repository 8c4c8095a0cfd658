import { expect } from 'chai';
import { hostname } from '../../../../src/modules/hostname/hostname.ts';
import { onThisHost, seenIn, stepsOf } from '../../../helpers/host-shell.ts';

describe('hostname', () => {
  const params = { name: 'node1' };

  it('reads the name below comments, and a host without the file', () => {
    const seen = seenIn(hostname, params, '=runtime\na\n=file\n # ours\n\n+ b\n=end\n');
    expect(seen).to.deep.equal({
      state: { runtime: 'a', permanent: 'b' },
      facts: { file: '# ours\n\n b' },
    });
    expect(seenIn(hostname, params, '=runtime\na\n=end\n').state.permanent).to.equal('');
  });

  it('writes only what differs', () => {
    const now = seenIn(hostname, params, '=runtime\nnode1\n=file\n old\n=end\n');
    expect(stepsOf(hostname, now, params)).to.deep.equal(['host name in /etc/hostname']);
  });

  it('tells the name of this machine', () => {
    const probe = hostname.resource.observe([null]);
    const { state } = probe.parse(onThisHost(probe.script.text));
    expect(state.runtime).to.equal(onThisHost('uname -n').stdout.toString().trim());
  });
});
