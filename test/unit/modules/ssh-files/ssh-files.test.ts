import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  authorizedKey,
  type AuthorizedKeyParams,
} from '../../../../src/modules/ssh-files/authorized-key.ts';
import { readKey } from '../../../../src/modules/ssh-files/key-lines.ts';
import {
  knownHosts,
  type KnownHostsParams,
} from '../../../../src/modules/ssh-files/known-hosts.ts';
import { onThisHost, refused, seenIn, wanted } from '../../../helpers/host-shell.ts';

const A = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA';
const B = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB';
const params: AuthorizedKeyParams = {
  user: 'ops',
  key: `${A} ops@laptop`,
  state: 'present',
  exclusive: false,
  manage_dir: true,
};
const reply = (...rows: readonly string[]): string =>
  `=folder\n 700\n=mode\n 600\n=text\n${rows.map((row) => ` ${row}\n`).join('')}=end\n`;
const text = (more: Partial<AuthorizedKeyParams>, ...rows: readonly string[]): string | null =>
  wanted(authorizedKey, seenIn(authorizedKey, params, reply(...rows)), { ...params, ...more }).text;

describe('authorized_key', () => {
  it('adds a key behind the others, and finds it whatever its comment', () => {
    expect(text({}, `${B} else`)).to.equal(`${B} else\n${A} ops@laptop\n`);
    expect(text({ key: A }, `${A} another comment`)).to.equal(`${A} another comment\n`);
  });

  it('takes keys away, and all others when exclusive; comments stay', () => {
    expect(text({ state: 'absent' }, '# mine', `from="10.0.0.0/8" ${A} x`, B)).to.equal(
      `# mine\n${B}\n`,
    );
    expect(text({ exclusive: true }, '# mine', B)).to.equal(`# mine\n${A} ops@laptop\n`);
  });

  it('sets options before a key, and knows those with blanks', () => {
    expect(text({ key_options: 'no-pty' }, `command="echo a b" ${A} c`)).to.equal(
      `no-pty ${A} ops@laptop\n`,
    );
    expect(readKey(`command="echo \\"a b\\"",no-pty ${A} c d`)).to.deep.equal({
      options: 'command="echo \\"a b\\"",no-pty',
      key: A,
      comment: 'c d',
    });
  });

  it('refuses what is no key, an address, and a user who is not there', () => {
    expect(authorizedKey.problems?.({ user: 'x', key: 'hello' })[0]?.message).to.contain(
      'no public key',
    );
    expect(authorizedKey.problems?.({ user: 'x', key: 'https://x/y.keys' })[0]?.message).to.contain(
      'address',
    );
    expect(
      refused(authorizedKey, seenIn(authorizedKey, params, '=unknown\n=end\n'), params),
    ).to.contain('no user ops');
  });

  it('writes as the user: a link in the way leads nowhere that the user could not have gone', function () {
    if (process.getuid?.() !== 0) this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'orch-keys-'));
    onThisHost(`chown nobody '${folder}'; chmod 755 '${folder}'`);
    writeFileSync(join(folder, '../orch-target'), 'root only\n', { mode: 0o600 });
    symlinkSync(join(folder, '../orch-target'), join(folder, 'keys'));
    const given = { ...params, user: 'nobody', path: join(folder, 'keys') };
    const probe = authorizedKey.resource.observe([authorizedKey.scope(given)]);
    const shown = onThisHost(probe.script.text);
    expect(shown.stdout.toString()).to.not.contain('root only');
    const now = seenIn(authorizedKey, given, '=folder\n 755\n=end\n');
    const plan = authorizedKey.resource.plan(now, wanted(authorizedKey, now, given));
    expect(onThisHost(plan.steps[0]?.do.text ?? 'false').exit).to.equal(0);
    // the link was replaced, its target was not touched
    expect(onThisHost(`cat '${folder}/../orch-target'`).stdout.toString()).to.equal('root only\n');
    expect(onThisHost(`stat -c '%U %a %F' '${folder}/keys'`).stdout.toString()).to.equal(
      'nobody 600 regular file\n',
    );
    onThisHost(`rm -rf '${folder}' '${folder}/../orch-target'`);
  });
});

describe('known_hosts', () => {
  const given: KnownHostsParams = { name: 'a', key: `a ${A}`, user: 'root', state: 'present' };
  const lines = (more: Partial<KnownHostsParams>, ...rows: readonly string[]): string | null =>
    wanted(knownHosts, seenIn(knownHosts, given, reply(...rows)), { ...given, ...more }).text;

  it('replaces another key of the same type, keeps one of another type', () => {
    expect(lines({}, `a ${A}X`, `a ${B}`)).to.equal(`a ${B}\na ${A}\n`);
    expect(lines({}, `a ${A}`)).to.equal(`a ${A}\n`);
  });

  it('keeps the comment of the line', () => {
    expect(lines({ key: `a ${A} ops@x` })).to.equal(`a ${A} ops@x\n`);
    expect(lines({ key: `a ${A} ops@x` }, `a ${A}`)).to.equal(`a ${A}\n`);
  });

  it('tells the file and the line as Ansible does', () => {
    const now = seenIn(knownHosts, given, `=home\n /root\n=folder\n 700\n=end\n`);
    const after = { ...now, state: wanted(knownHosts, now, given) };
    expect(knownHosts.result?.(now.state, after, given).data).to.deep.include({
      path: '/root/.ssh/known_hosts',
      diff: {
        before_header: '/dev/null',
        before: '',
        after_header: '/root/.ssh/known_hosts',
        after: `a ${A}\n`,
      },
    });
  });

  it('takes a name out of a line that has others', () => {
    expect(lines({ state: 'absent' }, `b,a ${A}`, `@revoked a ${A}`)).to.equal(
      `b ${A}\n@revoked a ${A}\n`,
    );
  });

  it('wants the line to be for the name', () => {
    expect(knownHosts.problems?.({ name: 'a', key: `b ${A}` })[0]?.message).to.equal(
      'key is for b, not for a',
    );
    expect(knownHosts.problems?.({ name: 'a' })[0]?.message).to.equal('key is missing');
  });
});
