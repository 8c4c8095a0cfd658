import { expect } from 'chai';
import { Unknown } from '../../../../src/model/value.ts';
import { apt, type AptParams } from '../../../../src/modules/packages/apt.ts';
import { dnf } from '../../../../src/modules/packages/dnf.ts';
import { packageModule } from '../../../../src/modules/packages/package.ts';
import { zypper } from '../../../../src/modules/packages/zypper.ts';
import { apk } from '../../../../src/modules/packages/apk.ts';
import type { PackageModule } from '../../../../src/modules/packages/described.ts';
import { pacman } from '../../../../src/modules/packages/pacman.ts';
import { finished } from '../../../helpers/finished.ts';
import { onThisHost, refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const params: AptParams = finished(apt, { name: ['tool', 'hello'] });
const reply = (
  more: { have?: string; age?: number; would?: string; manager?: string } = {},
): string =>
  `=manager ${more.manager ?? 'apt'}\n=installed\n${more.have ?? ''}=age\n ${more.age ?? 10}\n=candidates\n tool 2.0\n hello 1.0\n=would\n${more.would ?? ''}=end\n`;

describe('apt', () => {
  it('installs what is missing in one transaction, and says what comes besides', () => {
    const now = seenIn(apt, params, reply({ would: ' +tool\n +libtool\n +hello\n' }));
    expect(stepsOf(apt, now, params)).to.deep.equal(['install hello, tool']);
    const after = { ...now, state: wanted(apt, now, params) };
    const result = apt.result?.(now.state, after, params);
    expect(result?.notes).to.deep.equal(['comes or goes besides: +libtool']);
    expect(result?.data).to.deep.include({
      ...{ manager: 'apt', versions: { tool: '2.0', hello: '1.0' }, cache_updated: false },
      diff: {},
    });
    expect(result?.data['stdout']).to.be.instanceOf(Unknown);
    const shown = { ...now, facts: { ...now.facts, stamp: 1_700_000_000 } };
    expect(apt.told?.(shown, params, 'Reading...\nDone\n')).to.deep.equal({
      cache_update_time: 1_700_000_000,
      stdout: 'Reading...\nDone\n',
      stdout_lines: ['Reading...', 'Done'],
      stderr: '',
      stderr_lines: [],
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
    // It is refused by itself, and is no trouble of the tasks beside it.
    expect(facts.candidates).not.to.have.property('no-such-package');
    expect(facts.trouble).to.equal('');
  });
});

describe('package', () => {
  it('takes whichever manager the host has', () => {
    const given = finished(packageModule, { name: 'tool' });
    const script = (manager: string): string | undefined => {
      const now = seenIn(packageModule, given, reply({ manager }));
      return packageModule.resource.plan(now, wanted(packageModule, now, given)).steps[0]?.do.text;
    };
    const words = (manager: string): string => script(manager)?.replaceAll(/ +/g, ' ') ?? '';
    expect(words('apt')).to.contain('apt-get');
    expect(words('dnf')).to.equal('dnf -y -q install --best -- tool');
    expect(words('zypper')).to.equal('zypper -q -n install -y -- tool');
    expect(words('pacman')).to.equal('pacman -S --noconfirm --needed -- tool >/dev/null');
    expect(words('apk')).to.equal('apk add -q -u -- tool');
  });
});

const state = 'latest';

describe('dnf, zypper, pacman and apk', () => {
  it('read versions as their managers have them', () => {
    const stepsFor = <P>(module: PackageModule<P>): readonly string[] => {
      const given = finished(module, { name: 'tool', state });
      const now = seenIn(module, given, reply({ manager: module.name, have: ' tool 1.0-1.el9\n' }));
      expect(now.state.packages, module.name).to.deep.equal({ tool: '1.0-1.el9' });
      return stepsOf(module, now, given);
    };
    expect(stepsFor(dnf)).to.deep.equal(['install tool']);
    expect(stepsFor(zypper)).to.deep.equal(['install tool']);
    expect(stepsFor(pacman)).to.deep.equal(['install tool']);
    expect(stepsFor(apk)).to.deep.equal(['install tool']);
  });

  it('are told which archives to use both when asked and when something is installed', () => {
    const given = finished(dnf, { name: 'tool', enablerepo: 'epel,crb', disable_gpg_check: true });
    const scope = dnf.scope(given);
    expect(dnf.resource.key(scope)).to.equal(
      'packages:--enablerepo=epel:--enablerepo=crb:--nogpgcheck',
    );
    const probe = dnf.resource.observe([scope]).script.text;
    expect(probe).to.contain('dnf -q --enablerepo=epel --enablerepo=crb repoquery');
    const now = seenIn(dnf, given, reply({ manager: 'dnf' }));
    const [step] = dnf.resource.plan(now, wanted(dnf, now, given)).steps;
    expect(step?.do.text).to.contain('--enablerepo=crb --nogpgcheck  install');
  });

  it('take files and addresses, versions and all packages for names', () => {
    for (const name of ['/tmp/x.rpm', 'https://example.com/x.rpm', 'tool-1.0-1.el9'])
      expect(dnf.problems?.({ name }), name).to.deep.equal([]);
    expect(dnf.problems?.({ name: '*', state: 'latest' })).to.deep.equal([]);
    expect(dnf.problems?.({ name: '*', state: 'present' })[0]?.message).to.contain('"*"');
    expect(dnf.problems?.({ name: '@development' })[0]?.hint).to.contain('group install');
    expect(dnf.scope(finished(dnf, { name: '*', state })).chores).to.deep.equal(['upgrade']);
  });

  it('keep tasks over names apart from those over files and versions', () => {
    const keyOf = (name: string): string => dnf.resource.key(dnf.scope(finished(dnf, { name })));
    expect(keyOf('tool')).to.equal('packages');
    expect(keyOf('/tmp/tool.rpm')).to.equal('packages:files');
    expect(keyOf('tool-1.0')).to.equal('packages:versions');
  });
});

describe('what apt does besides', () => {
  it('upgrades what newer lists would bring, and nothing when nothing is pending', () => {
    const given = finished(apt, { upgrade: 'dist', update_cache: true });
    const told = (age: number, pending: string): readonly string[] => {
      const text = reply({ age }).replace('=end', `=chore full_upgrade\n${pending}=end`);
      return stepsOf(apt, seenIn(apt, given, text), given);
    };
    expect(told(10, '')).to.deep.equal([]);
    expect(told(10, ' tool\n')).to.deep.equal(['full upgrade of packages']);
    expect(told(4000, '')).to.deep.equal(['lists of packages', 'full upgrade of packages']);
  });

  it('keeps a version that fits a pattern', () => {
    const given = finished(apt, { name: 'tool=1.*' });
    const fits = seenIn(apt, given, reply({ have: ' tool 1.7\n' }));
    expect(stepsOf(apt, fits, given)).to.deep.equal([]);
    const other = seenIn(apt, given, reply({ have: ' tool 0.9\n' }));
    expect(stepsOf(apt, other, given)).to.deep.equal(['install tool=1.*']);
  });

  it('installs a file unless its version or a newer one is there', () => {
    const given = finished(apt, { deb: '/tmp/tool.deb' });
    const told = (row: string): readonly string[] => {
      const text = reply().replace('=installed', `=files\n${row}=installed`);
      return stepsOf(apt, seenIn(apt, given, text), given);
    };
    expect(told(' 2.0 - /tmp/tool.deb\n')).to.deep.equal(['install /tmp/tool.deb']);
    expect(told(' 2.0 1.0 /tmp/tool.deb\n')).to.deep.equal(['install /tmp/tool.deb']);
    expect(told(' 2.0 2.0 /tmp/tool.deb\n')).to.deep.equal([]);
    expect(refused(apt, seenIn(apt, given, reply()), given)).to.contain('/tmp/tool.deb is no');
  });

  it('takes older versions and what others need where it is told to', () => {
    const older = finished(packageModule, { name: 'tool=1.0', allow_downgrade: true });
    const now = seenIn(packageModule, older, reply());
    const [install] = packageModule.resource.plan(now, wanted(packageModule, now, older)).steps;
    expect(install?.do.text).to.contain('allow-downgrades=true');
    const gone = finished(pacman, { name: 'tool', state: 'absent', force: true });
    const there = seenIn(pacman, gone, reply({ manager: 'pacman', have: ' tool 1.0\n' }));
    const [remove] = pacman.resource.plan(there, wanted(pacman, there, gone)).steps;
    expect(remove?.do.text).to.contain('pacman -Rdd');
  });

  it('removes by name alone', () => {
    expect(apt.problems?.({ deb: '/tmp/tool.deb', state: 'absent' })[0]?.pointer).to.equal('/deb');
    expect(dnf.problems?.({ name: ['/tmp/x.rpm'], state: 'removed' })[0]?.pointer).to.equal(
      '/name',
    );
  });

  it('says where the manager cannot do a chore', () => {
    const given = finished(pacman, { upgrade: true });
    const now = seenIn(pacman, given, reply({ manager: 'pacman' }));
    expect(refused(pacman, { ...now, facts: { ...now.facts, chores: [] } }, given)).to.equal(
      'pacman has no upgrade',
    );
  });
});
