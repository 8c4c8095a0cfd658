import { execFileSync } from 'node:child_process';

import { expect } from 'chai';

import type { OrchError } from '../../src/lib/errors.ts';
import { raw } from '../../src/lib/shell.ts';
import type { Identity, Part, Session, Target } from '../../src/model/transport.ts';
import { Secret } from '../../src/model/value.ts';
import { connect } from '../../src/transport/connect.ts';
import { transfers } from './transfers.ts';

/** A part that runs a text. */
export const part = (text: string, more: Omit<Part, 'script'> = {}): Part => ({
  script: raw(text),
  ...more,
});
/** Another user, by sudo. */
export const nobody: Identity = { become: { method: 'sudo', user: 'nobody' } };

const running = (word: string): boolean =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.trim() === word);

/** The error of what must fail. */
export async function failure(work: Promise<unknown>): Promise<OrchError> {
  try {
    await work;
  } catch (error) {
    return error as OrchError;
  }
  throw new Error('it did not fail');
}

async function eventually(holds: () => boolean): Promise<boolean> {
  for (let i = 0; i < 300 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return holds();
}

let unique = 1000 + (process.pid % 1000) * 100;

/** What every transport promises. */
export function promises(targetOf: () => Target): void {
  let session: Session;
  const text = async (script: string, identity: Identity = {}): Promise<string> =>
    (await session.trip([part(script)], identity))[0]!.stdout.toString();

  beforeEach(async () => {
    session = await connect(targetOf());
  });
  afterEach(() => session.close());

  it('returns stdout, stderr and exit status of each part apart', async () => {
    const replies = await session.trip(
      [part('echo out; echo err >&2; exit 3'), part('echo 2')],
      {},
    );
    expect(replies.map((r) => [r.stdout.toString(), r.stderr.toString(), r.exit])).to.deep.equal([
      ['out\n', 'err\n', 3],
      ['2\n', '', 0],
    ]);
  });

  it('keeps every byte: NUL, invalid UTF-8, no newline at the end, markers of others', async () => {
    const [one, two] = await session.trip(
      [
        part(`printf 'a\\000\\377\\376\\n\\n'`),
        part(`printf '\\036abc:0:0\\036'; printf '\\036' >&2`),
      ],
      {},
    );
    expect(one!.stdout).to.deep.equal(Buffer.from([97, 0, 255, 254, 10, 10]));
    expect(two!.stdout.toString()).to.equal('\x1eabc:0:0\x1e');
    expect(two!.stderr.toString()).to.equal('\x1e');
  });

  it('keeps the first 8 MB of a stream and counts the rest', async () => {
    const [big, after] = await session.trip(
      [part('head -c 20000000 /dev/zero; echo e >&2'), part('echo ok')],
      {},
    );
    expect(big!.stdout.length).to.equal(8 * 1024 * 1024);
    expect(big!.cut).to.equal(20_000_000 - 8 * 1024 * 1024);
    expect([big!.stderr.toString(), big!.exit, after!.stdout.toString()]).to.deep.equal([
      'e\n',
      0,
      'ok\n',
    ]);
  });

  for (const [what, script] of [
    ['a syntax error', 'if then ('],
    ['exit', 'exit 3'],
    ['cd', 'cd /; cd tmp'],
    ['set -e', 'set -eu; false'],
    ['a script that reads its input', 'cat; read x; cat >/dev/null'],
    ['exec of another program', 'exec sleep 0'],
    ['closing all its streams', 'exec <&- >&- 2>&-'],
    ['a part that ends itself', 'kill -9 $(sh -c "echo \\$PPID")'],
    ['variables of the frame', 'orch_0=0; unset orch_1; umask 777; trap "" TERM'],
    ['a quote left open', `echo 'oops`],
    ['a name like an option', '-x'],
  ] as const) {
    it(`keeps the neighbours of a part safe from ${what}`, async () => {
      const before = await text('pwd; umask');
      const replies = await session.trip(
        [part('echo a'), part(script), part('pwd; umask; echo b')],
        {},
      );
      expect([replies[0]!.stdout.toString(), replies[0]!.exit]).to.deep.equal(['a\n', 0]);
      expect([replies[2]!.stdout.toString(), replies[2]!.exit]).to.deep.equal([`${before}b\n`, 0]);
      expect(await text('echo c')).to.equal('c\n');
    });
  }

  it('skips a part when one that it needs did not exit 0, and those that need it', async () => {
    const replies = await session.trip(
      [
        part('true'),
        part('exit 4'),
        part('echo x', { needs: [0, 1] }),
        part('echo y', { needs: [2] }),
        part('echo z', { needs: [0] }),
      ],
      {},
    );
    expect(replies.map((r) => r.ended ?? r.exit)).to.deep.equal([0, 4, 'skipped', 'skipped', 0]);
    expect(replies[3]!.exit).to.equal(-1);
  });

  it('keeps more of what a part may say, and gives it its time anew while it speaks', async () => {
    const room = 30_000_000;
    const slow = 'for i in 1 2 3 4 5 6; do printf x; sleep 0.4; done';
    const [big, spoke, mute] = await session.trip(
      [
        part('head -c 20000000 /dev/zero', { room, deadline: 60_000 }),
        part(slow, { room, deadline: 1500 }),
        part('printf x; sleep 30', { room, deadline: 1500 }),
      ],
      {},
    );
    expect([big?.stdout.length, big?.cut]).to.deep.equal([20_000_000, undefined]);
    expect([spoke?.exit, spoke?.stdout.toString()]).to.deep.equal([0, 'xxxxxx']);
    expect(mute?.ended).to.equal('deadline');
  });

  it('ends a part on the host when its deadline passes, with all it started, and goes on', async () => {
    const n = unique++;
    const replies = await session.trip(
      [part(`echo begun; sh -c 'sleep ${n}; :'; echo never`, { deadline: 300 }), part('echo next')],
      {},
    );
    expect([replies[0]!.ended, replies[0]!.exit, replies[0]!.stdout.toString()]).to.deep.equal([
      'deadline',
      -1,
      'begun\n',
    ]);
    expect(replies[1]!.stdout.toString()).to.equal('next\n');
    expect(running(`sleep ${n}`)).to.equal(false);
  });

  it('ends a part that ignores TERM, and one that spins', async () => {
    const n = unique++;
    const replies = await session.trip(
      [
        part(`sh -c 'trap "" TERM; sleep ${n}; sleep ${n}'`, { deadline: 200 }),
        part('while :; do :; done', { deadline: 200 }),
        part('echo on'),
      ],
      {},
    );
    expect(replies.map((r) => r.ended ?? r.exit)).to.deep.equal(['deadline', 'deadline', 0]);
    expect(running(`sleep ${n}`)).to.equal(false);
  });

  it('ends what runs when the trip is aborted, and stays usable', async () => {
    const n = unique++;
    const abort = new AbortController();
    const work = failure(
      session.trip([part(`env sleep ${n}`), part(`touch /tmp/orch-never-${n}`)], {}, abort.signal),
    );
    expect(await eventually(() => running(`sleep ${n}`))).to.equal(true);
    abort.abort();
    expect((await work).code).to.equal('INTERRUPTED');
    expect(await eventually(() => !running(`sleep ${n}`))).to.equal(true);
    expect(await text(`ls /tmp/orch-never-${n} 2>&1 || echo ok`)).to.match(/ok\n$/);
  });

  it('says that work may have happened when the shell is killed, and opens a new one', async () => {
    const error = await failure(session.trip([part('echo 1'), part('kill -9 $$')], {}));
    expect(error.code).to.equal('LINE_BROKEN');
    expect(error.message).to.match(/part 2 of 2.*may have happened/);
    expect(await text('echo again')).to.equal('again\n');
  });

  it('does not wait for what a part leaves in the background', async () => {
    const n = unique++;
    const start = performance.now();
    expect(await text(`sleep ${n} & echo $!`)).to.match(/^\d+\n$/);
    expect(performance.now() - start).to.be.below(3000);
    await session.trip(
      [part(`kill $(ps -eo pid,args | awk '$2=="sleep" && $3==${n} {print $1}')`)],
      {},
    );
  });

  it('takes 200 trips in a row and counts them', async () => {
    for (let i = 0; i < 200; i++) expect(await text(`echo ${i}`)).to.equal(`${i}\n`);
    expect(session.counts.trips).to.equal(200);
    expect(session.counts.bytesOut).to.be.above(200);
  }).timeout(20_000);

  it('takes trips asked for at once, one after the other', async () => {
    expect(await Promise.all([1, 2, 3].map((i) => text(`echo ${i}`)))).to.deep.equal([
      '1\n',
      '2\n',
      '3\n',
    ]);
  });

  it('sends a script of 3 MB', async () => {
    const word = 'x'.repeat(3_000_000);
    expect(await text(`v='${word}'; echo \${#v}`)).to.equal('3000000\n');
  }).timeout(30_000);

  it('becomes another user once, and ends his work at the deadline', async () => {
    const n = unique++;
    expect(await text('id -un', nobody)).to.equal('nobody\n');
    expect(await text('id -un')).to.equal('root\n');
    const replies = await session.trip(
      [part(`sleep ${n}`, { deadline: 300 }), part('id -un')],
      nobody,
    );
    expect([replies[0]!.ended, replies[1]!.stdout.toString()]).to.deep.equal([
      'deadline',
      'nobody\n',
    ]);
    expect(running(`sleep ${n}`)).to.equal(false);
  });

  it('needs no sudo to become who it is', async () => {
    expect(
      await text('ps -o comm= -p $PPID', { become: { method: 'sudo', user: 'root' } }),
    ).to.not.match(/sudo/);
  });

  it('never sends a password that sudo does not ask for', async () => {
    const identity: Identity = {
      become: { method: 'sudo', user: 'nobody', password: new Secret('hunter2') },
    };
    const [reply] = await session.trip([part('id -un; set')], identity);
    expect(reply!.stdout.toString()).to.match(/^nobody\n/);
    expect(reply!.stdout.toString() + reply!.stderr.toString()).to.not.match(/hunter2/);
  });

  transfers(() => session);

  it('says which user does not exist', async () => {
    const error = await failure(text('id', { become: { method: 'sudo', user: 'nemo' } }));
    expect([error.code, error.message]).to.deep.equal(['BECOME_FAILED', error.message]);
    expect(error.message).to.match(/no user nemo/);
  });

  it('refuses a user name with shell in it', async () => {
    const error = await failure(text('id', { become: { method: 'sudo', user: '-x;id' } }));
    expect(error.code).to.equal('BECOME_FAILED');
  });
}

/** Whether this machine has a program. */
export function has(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
