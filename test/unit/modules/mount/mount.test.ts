import { expect } from 'chai';
import type { Seen } from '../../../../src/model/module.ts';
import { mount, type MountParams } from '../../../../src/modules/mount/mount.ts';
import type { PlaceFacts, PlaceState } from '../../../../src/modules/mount/state.ts';
import { onThisHost, refused, seenIn, stepsOf } from '../../../helpers/host-shell.ts';

const params: MountParams = {
  path: '/mnt/a b',
  src: 'tmpfs',
  fstype: 'tmpfs',
  opts: 'defaults',
  dump: '0',
  passno: '0',
  state: 'mounted',
  fstab: '/etc/fstab',
};
const FSTAB = '# head\n/dev/vda / ext4 defaults 0 1\n';
const host = (fstab: string, mounts = '', made = false): Seen<PlaceState, PlaceFacts> => {
  const rows = (text: string): string => text.replace(/^(?=.)/gm, ' ');
  return seenIn(
    mount,
    params,
    `=fstab\n${rows(fstab)}=mounts\n${rows(mounts)}${made ? '=made\n' : ''}=end\n`,
  );
};
const LINE = 'tmpfs /mnt/a\\040b tmpfs defaults 0 0\n';
const MOUNTED = 'tmpfs /mnt/a\\040b tmpfs rw 0 0\n';

describe('mount', () => {
  it('makes the directory, writes fstab, mounts, and is content then', () => {
    const now = host(FSTAB);
    expect(stepsOf(mount, now, params)).to.deep.equal([
      'directory /mnt/a b',
      '/mnt/a b in /etc/fstab',
      '/mnt/a b mounted',
    ]);
    expect(stepsOf(mount, host(FSTAB + LINE, MOUNTED, true), params)).to.deep.equal([]);
  });

  it('mounts again what has other options', () => {
    const now = host(FSTAB + LINE, MOUNTED, true);
    expect(stepsOf(mount, now, { ...params, opts: 'size=8m' })).to.deep.equal([
      '/mnt/a b in /etc/fstab',
      '/mnt/a b mounted with other options',
    ]);
  });

  it('unmounts, and takes away line and directory only where asked', () => {
    const now = host(FSTAB + LINE, MOUNTED, true);
    expect(stepsOf(mount, now, { ...params, state: 'unmounted' })).to.deep.equal([
      '/mnt/a b unmounted',
    ]);
    expect(stepsOf(mount, now, { ...params, state: 'absent' })).to.deep.equal([
      '/mnt/a b unmounted',
      '/mnt/a b in /etc/fstab',
      'no directory /mnt/a b',
    ]);
  });

  it('refuses a place that something else is mounted at', () => {
    const now = host(FSTAB, '/dev/vdb /mnt/a\\040b ext4 rw 0 0\n', true);
    expect(refused(mount, now, params)).to.contain('/dev/vdb (ext4) is mounted');
  });

  it('wants src and fstype where it writes them', () => {
    expect(
      mount.problems?.({ path: '/a', state: 'present' }).map(({ message }) => message),
    ).to.deep.equal(['src is missing', 'fstype is missing']);
    expect(mount.problems?.({ path: '/a', state: 'absent' })).to.deep.equal([]);
  });

  it('tells what is mounted here', () => {
    const probe = mount.resource.observe([{ path: '/proc', file: '/no/such/file' }]);
    const { state, facts } = probe.parse(onThisHost(probe.script.text));
    expect(state).to.include({ mounted: true, made: true, fstab: null });
    expect(facts).to.include({ fstype: 'proc', text: '' });
  });
});
