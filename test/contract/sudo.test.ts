import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { OrchError } from '../../src/lib/errors.ts';
import { raw } from '../../src/lib/shell.ts';
import type { Identity, Reply } from '../../src/model/transport.ts';
import { Secret } from '../../src/model/value.ts';
import { connect } from '../../src/transport/connect.ts';
import { type Sshd, startSshd } from './sshd.ts';

const USER = `orch-test-${process.pid % 10_000}`;
const SUDOERS = `/etc/sudoers.d/${USER}`;
const PASSWORD = 'secret 9$\'"';

const as = (user: string, password?: string): Identity => ({
  become: {
    method: 'sudo',
    user,
    ...(password === undefined ? {} : { password: new Secret(password) }),
  },
});

/** A throw-away user with a password, and the real sudo with rules for him alone. */
describe('sudo', function () {
  this.timeout(20_000);
  let sshd: Sshd;

  before(async () => {
    execFileSync('useradd', ['-m', '-s', '/bin/sh', USER]);
    execFileSync('chpasswd', { input: `${USER}:${PASSWORD}\n` });
    sshd = await startSshd();
    chmodSync(sshd.dir, 0o755);
  });
  after(() => {
    sshd.stop();
    rmSync(SUDOERS, { force: true });
    execFileSync('userdel', ['-rf', USER], { stdio: 'ignore' });
  });
  beforeEach(() => rmSync(SUDOERS, { force: true }));

  const rules = (...lines: string[]): void =>
    writeFileSync(SUDOERS, lines.map((line) => `${line}\n`).join(''), { mode: 0o440 });

  async function reply(identity: Identity, script = 'id -un; cat', on = sshd): Promise<Reply> {
    const session = await connect(on.target({ user: USER }));
    try {
      return (await session.trip([{ script: raw(script), deadline: 5_000 }], identity))[0]!;
    } finally {
      await session.close();
    }
  }

  async function refusal(identity: Identity, on = sshd): Promise<OrchError> {
    try {
      await reply(identity, 'true', on);
    } catch (error) {
      expect((error as OrchError).message).to.not.contain(PASSWORD);
      expect((error as OrchError).stderr ?? '').to.not.contain(PASSWORD);
      return error as OrchError;
    }
    throw new Error('it became that user');
  }

  it('becomes root with the password, which reaches nothing but sudo', async () => {
    rules(`${USER} ALL=(ALL) ALL`);
    const { stdout, stderr } = await reply(as('root', PASSWORD), 'id -un; cat; set; ps -eo args');
    expect(stdout.toString()).to.match(/^root\n/);
    expect(stdout.toString() + stderr.toString()).to.not.contain('secret 9');
  });

  it('becomes root without the password that was given when none is needed', async () => {
    rules(`${USER} ALL=(ALL) NOPASSWD: ALL`);
    expect((await reply(as('root', PASSWORD))).stdout.toString()).to.equal('root\n');
    expect((await reply(as('root'))).stdout.toString()).to.equal('root\n');
  });

  it('works when sudo gives its commands a terminal of their own', async () => {
    rules(`Defaults:${USER} use_pty`, `${USER} ALL=(ALL) NOPASSWD: ALL`);
    const { stdout } = await reply(as('root'), `printf 'a\\000b\\n'`);
    expect(stdout.toString('latin1')).to.equal('a\0b\n');
  });

  it('ends what root runs when the deadline passes', async () => {
    rules(`Defaults:${USER} use_pty`, `${USER} ALL=(ALL) ALL`);
    const session = await connect(sshd.target({ user: USER }));
    const n = 7000 + (process.pid % 1000);
    const replies = await session.trip(
      [{ script: raw(`sleep ${n}`), deadline: 300 }, { script: raw('id -un') }],
      as('root', PASSWORD),
    );
    expect([replies[0]!.ended, replies[1]!.stdout.toString()]).to.deep.equal([
      'deadline',
      'root\n',
    ]);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).to.not.contain(`sleep ${n}`);
    await session.close();
  });

  for (const [what, lines, identity, says] of [
    [
      'a password is needed and none was given',
      [`${USER} ALL=(ALL) ALL`],
      as('root'),
      /asks .* for a password and none was given/,
    ],
    [
      'the password is wrong',
      [`${USER} ALL=(ALL) ALL`],
      as('root', 'nope'),
      /refused the password of .*tried once/,
    ],
    ['the user is not in sudoers', [], as('root', PASSWORD), /does not allow/],
    [
      'that user is not allowed',
      [`${USER} ALL=(nobody) NOPASSWD: ALL`],
      as('root', PASSWORD),
      /does not allow/,
    ],
    [
      'sudo wants a terminal',
      [`Defaults:${USER} requiretty`, `${USER} ALL=(ALL) NOPASSWD: ALL`],
      as('root'),
      /requiretty/,
    ],
    ['there is no such user', [`${USER} ALL=(ALL) NOPASSWD: ALL`], as('nemo'), /no user nemo/],
  ] as const) {
    it(`says that ${what}`, async () => {
      rules(...lines);
      const error = await refusal(identity);
      expect(error.code).to.equal('BECOME_FAILED');
      expect(error.message).to.match(says);
    });
  }

  it('gives the password after a lecture, and takes a slow PAM for slow, not for dead', async () => {
    const service = `orch-slow-${process.pid}`;
    writeFileSync(
      `/etc/pam.d/${service}`,
      'auth optional pam_exec.so quiet /bin/sleep 3\n@include common-auth\n@include common-account\n@include common-session-noninteractive\n',
    );
    try {
      rules(`Defaults:${USER} lecture=always, pam_service=${service}`, `${USER} ALL=(ALL) ALL`);
      const start = performance.now();
      expect((await reply(as('root', PASSWORD))).stdout.toString()).to.equal('root\n');
      expect(performance.now() - start)
        .to.be.above(2_900)
        .and.below(10_000);
      const error = await refusal(as('root', 'nope'));
      expect(error.message).to.match(/tried once/);
      expect(performance.now() - start).to.be.below(20_000);
    } finally {
      rmSync(`/etc/pam.d/${service}`);
    }
  });

  it('takes other flags and another program, and refuses shell in either', async () => {
    rules(`${USER} ALL=(ALL:ALL) NOPASSWD: ALL`);
    const with_ = (more: object): Identity => ({ become: { ...as('root').become!, ...more } });
    const { stdout } = await reply(
      with_({ flags: '-H -S -n -g daemon', exe: '/usr/bin/sudo' }),
      'id -gn',
    );
    expect(stdout.toString()).to.equal('daemon\n');
    for (const more of [
      { flags: '-H; id' },
      { flags: '$(id)' },
      { exe: 'sudo -u' },
      { exe: "a'b" },
    ]) {
      expect((await refusal(with_(more))).message).to.match(/is refused$/);
    }
  });

  it('su: takes the password of the user to become, once', async () => {
    const su = (user: string, password?: string): Identity => ({
      become: { ...as(user, password).become!, method: 'su' },
    });
    const session = await connect(sshd.target());
    const [reply_] = await session.trip([{ script: raw('id -un; cat') }], su(USER));
    expect(reply_!.stdout.toString()).to.equal(`${USER}\n`);
    await session.close();
    expect((await refusal(su('root'))).message).to.match(
      /su asks \S+ for a password and none was given/,
    );
    expect((await refusal(su('root', 'nope'))).message).to.match(
      /su refused the password .* tried once/,
    );
    expect((await refusal(su('nemo', 'x'))).message).to.match(/no user nemo/);
    expect((await reply(su(USER))).stdout.toString()).to.equal(`${USER}\n`);
    const other = `${USER}-b`;
    execFileSync('useradd', ['-m', '-s', '/bin/sh', other]);
    try {
      execFileSync('chpasswd', { input: `${other}:${PASSWORD}\n` });
      expect((await reply(su(other, PASSWORD))).stdout.toString()).to.equal(`${other}\n`);
    } finally {
      execFileSync('userdel', ['-rf', other], { stdio: 'ignore' });
    }
  });

  it('doas: becomes whom it lets in without a password, and says what it wants else', async function () {
    if (!existsSync('/usr/bin/doas')) this.skip();
    const doas = (user: string, password?: string): Identity => ({
      become: { ...as(user, password).become!, method: 'doas' },
    });
    const had = existsSync('/etc/doas.conf') ? readFileSync('/etc/doas.conf') : undefined;
    const conf = (text: string): void => writeFileSync('/etc/doas.conf', text, { mode: 0o600 });
    try {
      conf(`permit nopass ${USER} as root\npermit ${USER} as daemon\n`);
      expect((await reply(doas('root'))).stdout.toString()).to.equal('root\n');
      expect((await refusal(doas('daemon', 'x'))).message).to.match(
        /which it takes from a terminal only/,
      );
      expect((await refusal(doas('bin'))).message).to.match(/doas does not allow/);
    } finally {
      if (had) writeFileSync('/etc/doas.conf', had);
      else rmSync('/etc/doas.conf', { force: true });
    }
  });

  it('run0: is started as systemd wants it, and says when there is none', async () => {
    const run0: Identity = { become: { ...as('daemon').become!, method: 'run0' } };
    const bin = join(sshd.dir, 'run0-bin');
    mkdirSync(bin, { mode: 0o755 });
    writeFileSync(
      join(bin, 'run0'),
      '#!/bin/sh\n[ "$*" = "--no-ask-password --user=daemon -- sh" ] || exit 9\nexec setpriv --reuid=daemon --clear-groups sh\n',
      { mode: 0o755 },
    );
    const other = await startSshd([`SetEnv SHLVL=2 PATH=${bin}:/usr/bin:/bin`]);
    const session = await connect(other.target());
    const [done] = await session.trip([{ script: raw('id -un') }], run0);
    expect(done!.stdout.toString()).to.equal('daemon\n');
    await session.close();
    other.stop();
    if (!existsSync('/usr/bin/run0'))
      expect((await refusal(run0)).message).to.match(/there is no run0 on the host/);
  });

  it('says that sudo is missing, or cannot change the user', async () => {
    for (const [name, says] of [
      ['none', /no sudo on the host/],
      ['plain', /not setuid root/],
    ] as const) {
      const bin = join(sshd.dir, name);
      mkdirSync(bin, { mode: 0o755 });
      symlinkSync('/bin/sh', join(bin, 'sh'));
      if (name === 'plain') {
        copyFileSync('/usr/bin/sudo', join(bin, 'sudo'));
        chmodSync(join(bin, 'sudo'), 0o755);
      }
      const other = await startSshd([`SetEnv SHLVL=2 PATH=${bin}`]);
      chmodSync(other.dir, 0o755);
      for (const identity of [as('root'), as('root', 'x')]) {
        expect((await refusal(identity, other)).message).to.match(says);
      }
      other.stop();
    }
  });
});
