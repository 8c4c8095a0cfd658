import { expect } from 'chai';
import { apt, type AptParams } from '../../../../src/modules/packages/apt.ts';
import { dnf } from '../../../../src/modules/packages/dnf.ts';
import { packageModule } from '../../../../src/modules/packages/package.ts';
import { zypper } from '../../../../src/modules/packages/zypper.ts';
import { onThisHost, refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const params: AptParams = {
  name: ['tool', 'hello'],
  state: 'present',
  update_cache: false,
  purge: false,
  autoremove: false,
};
const reply = (
  more: { have?: string; age?: number; would?: string; manager?: string } = {},
): string =>
  `=manager ${more.manager ?? 'apt'}\n=installed\n${more.have ?? ''}=age\n ${more.age ?? 10}\n=candidates\n tool 2.0\n hello 1.0\n=would\n${more.would ?? ''}=end\n`;

describe('apt', () => {
  it('installs what is missing in one transaction, and says what comes besides', () => {
    const now = seenIn(apt, params, reply({ would: ' +tool\n +libtool\n +hello\n' }));
    expect(stepsOf(apt, now, params)).to.deep.equal(['install hello, tool']);
    const after = { ...now, state: wanted(apt, now, params) };
    expect(apt.result?.(now.state, after, params)).to.deep.include({
      notes: ['comes or goes besides: +libtool'],
      data: { manager: 'apt', versions: { tool: '2.0', hello: '1.0' }, cache_updated: false },
    });
  });

  it('finds any version present, and only the newest latest', () => {
    const now = seenIn(
      apt,
      { ...params, state: 'latest' },
      reply({ have: ' tool 1.0\n hello 1.0\n' }),
    );
    expect(stepsOf(apt, now, params)).to.deep.equal([]);
    expect(stepsOf(apt, now, { ...params, state: 'latest' })).to.deep.equal(['install tool']);
    expect(stepsOf(apt, now, { ...params, name: 'tool=1.5' })).to.deep.equal(['install tool=1.5']);
  });

  it('asks for newer lists only when they are old, and then foresees no version', () => {
    const given = { ...params, update_cache: true };
    const old = seenIn(apt, given, reply({ age: 4000 }));
    expect(stepsOf(apt, old, given)).to.deep.equal(['lists of packages', 'install hello, tool']);
    expect(wanted(apt, old, given).packages).to.deep.equal({ tool: '?', hello: '?' });
    expect(stepsOf(apt, seenIn(apt, given, reply()), given)).to.deep.equal(['install hello, tool']);
  });

  it('refuses what no list has and what the manager could not do', () => {
    const now = seenIn(apt, { ...params, name: 'nothing' }, reply());
    expect(refused(apt, now, { ...params, name: 'nothing' })).to.equal(
      'no package nothing is known to apt on this host',
    );
    const broken = seenIn(apt, params, reply({ would: ' !Unmet dependencies\n' }));
    expect(refused(apt, broken, params)).to.equal('apt cannot do it: Unmet dependencies');
  });

  it('purges only when asked', () => {
    const gone = { ...params, state: 'absent' as const, name: 'tool' };
    const script = (given: AptParams): string | undefined => {
      const now = seenIn(apt, given, reply({ have: ' tool 1.0\n' }));
      return apt.resource.plan(now, wanted(apt, now, given)).steps[0]?.do.text;
    };
    expect(script(gone)).to.contain('remove -- tool');
    expect(script({ ...gone, purge: true })).to.contain('purge -- tool');
  });

  it('takes no file, address or option for a name', () => {
    for (const name of ['./x.deb', 'https://x/y.deb', '-y', '@group'])
      expect(apt.problems?.({ name: [name] })[0]?.pointer, name).to.equal('/name/0');
    expect(
      apt.problems?.({ name: ['libstdc++6', 'tool=1.0-2~bpo12+1', 'libc6:amd64'] }),
    ).to.deep.equal([]);
  });

  it('tells the packages of this machine, where it has apt', function () {
    if (onThisHost('command -v apt-get').exit !== 0) this.skip();
    const scope = apt.scope({ ...params, name: ['dpkg', 'no-such-package'] });
    const probe = apt.resource.observe([scope]);
    const { state, facts } = probe.parse(onThisHost(probe.script.text));
    expect(state.packages['dpkg']).to.match(/^\d/);
    expect(state.packages['no-such-package']).to.equal(null);
    expect(facts.trouble).to.contain('no-such-package');
  });
});

describe('package', () => {
  it('takes whichever manager the host has', () => {
    const given = { name: 'tool', state: 'present' as const, use: 'auto' as const };
    const script = (manager: string): string | undefined => {
      const now = seenIn(packageModule, given, reply({ manager }));
      return packageModule.resource.plan(now, wanted(packageModule, now, given)).steps[0]?.do.text;
    };
    expect(script('apt')).to.contain('apt-get');
    expect(script('dnf')).to.equal('dnf -y -q  install --best -- tool');
    expect(script('zypper')).to.equal('zypper -q -n install -y  -- tool');
  });
});

describe('dnf and zypper', () => {
  const given = { name: 'tool', state: 'latest' as const, update_cache: false, autoremove: false };
  it('read versions as rpm has them', () => {
    for (const module of [dnf, zypper]) {
      const manager = module.name;
      const now = seenIn(module, given, reply({ manager, have: ' tool 1.0-1.el9\n' }));
      expect(now.state.packages, manager).to.deep.equal({ tool: '1.0-1.el9' });
      expect(stepsOf(module, now, given), manager).to.deep.equal(['install tool']);
    }
  });
});
