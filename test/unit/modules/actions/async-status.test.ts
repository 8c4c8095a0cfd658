import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { readJob, reapJobs, startJob, tellJob } from '../../../../src/lib/job-script.ts';
import { raw, type Shell } from '../../../../src/lib/shell.ts';
import type { ActionResult } from '../../../../src/model/module.ts';
import { asyncStatus } from '../../../../src/modules/actions/async-status.ts';

describe('jobs', function () {
  this.timeout(20_000);
  const job = `test.${process.pid}.${Date.now()}`;
  const home = mkdtempSync(join(tmpdir(), 'orch-jobs-'));
  afterEach(() => void sh(reapJobs([job])));
  after(() => rmSync(home, { recursive: true, force: true }));

  const sh = ({ text }: Shell) =>
    spawnSync('sh', ['-c', text], { env: { ...process.env, XDG_RUNTIME_DIR: home } });
  const tell = () => readJob(sh(tellJob(job)).stdout);
  async function ended(): Promise<ReturnType<typeof tell>> {
    for (let i = 0; i < 100; i++) {
      const state = tell();
      if (state.kind !== 'running') return state;
      await sleep(100);
    }
    return tell();
  }
  const status = (stdout: Buffer): ActionResult =>
    asyncStatus.parse({ stdout, stderr: Buffer.alloc(0), exit: 0 }, { jid: job, mode: 'status' });

  it('run on their own, and keep what they print and how they end', async () => {
    expect(tell()).to.deep.equal({ kind: 'gone' });
    expect(sh(startJob(job, raw('sleep 0.3; echo out; echo err >&2; exit 3'), 10)).status).to.equal(
      0,
    );
    expect(tell().kind).to.equal('running');
    const state = await ended();
    expect(state).to.include({ kind: 'done', exit: 3 });
    if (state.kind !== 'done') throw new Error('not done');
    expect([String(state.stdout), String(state.stderr)]).to.deep.equal(['out\n', 'err\n']);
    const told = status(sh(tellJob(job)).stdout);
    expect(told.data).to.include({ finished: 1, rc: 3, stdout: 'out', stderr: 'err' });
    expect(told.failed).to.match(/^non-zero return code 3/);
  });

  it('are ended when their time is over', async () => {
    sh(startJob(job, raw('sleep 30'), 1));
    expect((await ended()).kind).to.equal('late');
    expect(status(Buffer.from('late\n')).failed).to.equal('the job took too long and was ended');
  });

  it('that nobody collects leave nothing behind', async () => {
    sh(startJob(job, raw('sleep 0.5'), 10));
    sh(reapJobs([job]));
    await sleep(1500);
    expect(tell()).to.deep.equal({ kind: 'gone' });
    expect(status(Buffer.from('gone\n')).failed).to.equal('could not find job');
  });
});
