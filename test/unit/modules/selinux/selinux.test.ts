import { expect } from 'chai';
import { seboolean } from '../../../../src/modules/selinux/seboolean.ts';
import { selinux } from '../../../../src/modules/selinux/selinux.ts';
import { finished } from '../../../helpers/finished.ts';
import { onThisHost, refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

describe('selinux', () => {
  const CONFIG = '# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted\n';
  const seen = (enforce: string, config: string | null = CONFIG) =>
    seenIn(
      selinux,
      finished(selinux, { state: 'disabled' }),
      `=enforce\n${enforce}${
        config === null
          ? ''
          : `=config\n${config
              .trimEnd()
              .split('\n')
              .map((row) => ` ${row}\n`)
              .join('')}`
      }=end\n`,
    );
  const permissive = finished(selinux, { state: 'permissive', policy: 'targeted' });

  it('sets what runs and what holds after a reboot, and keeps comments', () => {
    const now = seen(' 1\n');
    expect(stepsOf(selinux, now, permissive)).to.deep.equal([
      'SELinux permissive',
      'SELinux in /etc/selinux/config',
    ]);
    expect(wanted(selinux, now, permissive).config).to.equal(
      '# comment\nSELINUX=permissive\nSELINUXTYPE=targeted\n',
    );
  });

  it('is disabled only by a reboot, and says so', () => {
    const off = finished(selinux, { state: 'disabled' });
    const now = seen(' 1\n');
    const state = wanted(selinux, now, off);
    expect(state.runtime).to.equal('permissive');
    const result = selinux.result?.(now.state, { ...now, state }, off);
    expect(result?.data).to.include({ reboot_required: true, policy: 'targeted' });
    expect(result?.warnings[0]).to.contain('after a reboot');
  });

  it('has nothing to do where it is not installed and should be off', () => {
    const off = finished(selinux, { state: 'disabled' });
    expect(wanted(selinux, seen('', null), off).runtime).to.equal('disabled');
    expect(refused(selinux, seen('', null), permissive)).to.contain('not installed');
    expect(selinux.problems?.({ state: 'enforcing' })[0]?.message).to.equal('policy is missing');
  });

  it('reads this machine', () => {
    const probe = selinux.resource.observe(['/etc/selinux/config']);
    expect(probe.parse(onThisHost(probe.script.text)).state).to.have.property('runtime');
  });
});

describe('seboolean', () => {
  const on = finished(seboolean, { name: 'x', state: true, persistent: true });
  const seen = (runtime: string, kept = '', enabled = ' yes\n') =>
    seenIn(seboolean, on, `=on\n${enabled}=runtime\n${runtime}=kept\n${kept}=end\n`);

  it('sets it for good where that is asked for and not so yet', () => {
    const script = (runtime: string, kept = ''): string | undefined => {
      const now = seen(runtime, kept);
      return seboolean.resource.plan(now, wanted(seboolean, now, on)).steps[0]?.do.text;
    };
    expect(script(' x 0\n')).to.equal('setsebool -P x on');
    expect(script(' x 1\n')).to.equal('setsebool -P x on');
    expect(script(' x 0\n', ' x 1\n')).to.equal('setsebool  x on');
    expect(script(' x 1\n', ' x 1\n')).to.equal(undefined);
  });

  it('refuses what there is none of, and hosts without SELinux', () => {
    expect(refused(seboolean, seen(''), on)).to.contain('does not exist');
    expect(refused(seboolean, seen('', '', ''), on)).to.contain('disabled');
  });

  it('reads this machine', () => {
    const probe = seboolean.resource.observe(['x']);
    expect(probe.parse(onThisHost(probe.script.text)).facts.on).to.be.a('boolean');
  });
});
