import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Identity } from '../../src/model/transport.ts';
import { connect } from '../../src/transport/connect.ts';
import { served } from '../faults/harness.ts';
import { failure, nobody, part } from './promises.ts';
import { type Sshd, startSshd } from './sshd.ts';

const daemon: Identity = { become: { method: 'sudo', user: 'daemon' } };
const runs = (words: string): boolean =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.trim() === words);

/** Sessions that sshd allows on one connection are not more than it says, whatever a run needs. */
describe('MaxSessions of sshd', function () {
  this.timeout(60_000);
  for (const connection of ['ssh', 'openssh'] as const)
    for (const limit of [1, 2, 10])
      describe(`${connection}, ${limit} a connection`, () => {
        let sshd: Sshd;
        let dir: string;
        before(async () => (sshd = await startSshd([`MaxSessions ${limit}`])));
        after(() => sshd.stop());
        beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'orch-max-'))));
        afterEach(() => rmSync(dir, { recursive: true }));

        it('three users at once, each with a shell that stays', async () => {
          const session = await connect(sshd.target({ connection }));
          for (let i = 0; i < 2; i++)
            for (const [who, name] of [
              [{}, 'root'],
              [nobody, 'nobody'],
              [daemon, 'daemon'],
            ] as const) {
              const [reply] = await session.trip([part('id -un; echo $$')], who);
              expect(reply?.stdout.toString()).to.match(new RegExp(`^${name}\n\\d+\n$`));
            }
          expect(session.counts.handshakes).to.equal(limit === 1 ? 3 : limit === 2 ? 2 : 1);
          await session.close([
            { part: part(`touch ${dir}/root`), identity: {} },
            { part: part(`touch ${dir}/said; chmod 777 ${dir}/said`), identity: nobody },
          ]);
          for (let i = 0; i < 100 && served(sshd).length > 0; i++)
            await new Promise((resolve) => setTimeout(resolve, 50));
          expect(served(sshd)).to.deep.equal([]);
          expect(readdirSync(dir)).to.include('root');
        });

        it('what hangs is ended, at its deadline and when it is cut', async () => {
          const session = await connect(sshd.target({ connection }));
          const n = 70_000 + limit + (connection === 'ssh' ? 0 : 20) + (process.pid % 1000) * 100;
          const [late, next] = await session.trip(
            [part(`env sleep ${n}`, { deadline: 500 }), part('echo on')],
            {},
          );
          expect([late?.ended, next?.stdout.toString()]).to.deep.equal(['deadline', 'on\n']);
          expect(runs(`sleep ${n}`)).to.equal(false);
          const cut = new AbortController();
          const flag = join(dir, 'begun');
          const work = failure(
            session.trip([part(`touch ${flag}; env sleep ${n}`)], {}, cut.signal),
          );
          while (!existsSync(flag)) await new Promise((resolve) => setTimeout(resolve, 20));
          cut.abort();
          expect((await work).code).to.equal('INTERRUPTED');
          expect(runs(`sleep ${n}`)).to.equal(false);
          await session.close();
        });
      });

  it('says so when the second connection does not come about either', async () => {
    const sshd = await startSshd(['MaxSessions 1']);
    const session = await connect(sshd.target());
    await session.trip([part('true')], {});
    sshd.stop();
    const error = await failure(session.trip([part('true')], nobody));
    expect(error.code).to.equal('LINE_BROKEN');
    expect(error.message).to.match(/opened no channel .*, and no second connection: web1: /);
    await session.close();
  });
});
