import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyScript, readApplied } from '../../../src/engine/script.ts';
import { raw, sh } from '../../../src/lib/shell.ts';
import type { Plan, Step } from '../../../src/model/module.ts';

const step = (name: string, script: string, inverse?: string): Step => ({
  name,
  do: raw(script),
  ...(inverse === undefined ? {} : { inverse: raw(inverse) }),
  stage: 'runtime',
  disruption: 'none',
});

function apply(plan: Plan) {
  const { stdout, stderr, status } = spawnSync('sh', { input: applyScript(plan).text });
  return readApplied({ stdout, stderr, exit: status ?? -1 }, plan);
}

describe('the script of a plan', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-script-'));
  });
  const at = (name: string) => join(dir, name);

  it('does every step in order', () => {
    const plan = {
      steps: [
        step('one', sh`echo 1 >> ${at('log')}`.text),
        step('two', sh`echo 2 >> ${at('log')}`.text),
      ],
    };
    expect(apply(plan)).to.deep.equal({ kind: 'done' });
    expect(readFileSync(at('log'), 'utf8')).to.equal('1\n2\n');
  });

  it('keeps other runs out from the guard to the last step', async () => {
    const log = at('log');
    const plan = (name: string): Plan => ({
      guard: sh`echo guard >> ${log}`,
      steps: [step(name, sh`sleep 0.05; echo step >> ${log}`.text)],
    });
    const end = (name: string) =>
      new Promise((done) => {
        const child = spawn('sh', { stdio: ['pipe', 'ignore', 'inherit'] });
        child.on('close', done);
        child.stdin.end(applyScript(plan(name)).text);
      });
    expect(await Promise.all(['a', 'b', 'c'].map(end))).to.deep.equal([0, 0, 0]);
    expect(readFileSync(log, 'utf8')).to.equal('guard\nstep\n'.repeat(3));
  });

  it('holds nobody up with what a step leaves running', () => {
    const plan: Plan = { steps: [step('one', 'sleep 9 >/dev/null 2>&1 & echo $! >&2')] };
    const first = spawnSync('sh', { input: applyScript(plan).text, encoding: 'utf8' });
    const begun = Date.now();
    apply({ steps: [step('two', ':')] });
    process.kill(Number(first.stderr));
    expect(Date.now() - begun).to.be.lessThan(5000);
  });

  it('does nothing when the guard no longer sees what was observed', () => {
    const plan = { guard: raw('exit 75'), steps: [step('one', sh`touch ${at('made')}`.text)] };
    expect(apply(plan)).to.deep.equal({ kind: 'refused' });
    expect(existsSync(at('made'))).to.equal(false);
  });

  it('does its steps when there is nothing to guard', () => {
    const plan = { guard: raw('\n'), steps: [step('one', sh`touch ${at('free')}`.text)] };
    expect(apply(plan)).to.deep.equal({ kind: 'done' });
    expect(existsSync(at('free'))).to.equal(true);
  });

  it('says what a guard that fails otherwise had to say', () => {
    const plan = {
      guard: raw('echo PANIC_MODE >&2; exit 1'),
      steps: [step('one', sh`touch ${at('made')}`.text)],
    };
    const applied = apply(plan);
    expect(applied.kind).to.equal('failed');
    if (applied.kind === 'failed') {
      expect(applied.error.message).to.equal(
        'the host cannot take the change now; nothing was written: PANIC_MODE',
      );
    }
    expect(existsSync(at('made'))).to.equal(false);
  });

  it('takes the error a guard names by its code', () => {
    const guard = raw('echo FIREWALLD_PANIC: nothing gets through >&2; exit 1');
    const applied = apply({ guard, steps: [step('one', 'true')] });
    expect(applied.kind === 'failed' && applied.error).to.deep.include({
      code: 'FIREWALLD_PANIC',
      message: 'nothing gets through',
    });
  });

  it('says that nothing was done when the first step fails', () => {
    const applied = apply({ steps: [step('one', 'echo no >&2; exit 4', 'true')] });
    expect(applied.kind === 'failed' && applied.error.message).to.equal(
      'one failed (exit 4): no; nothing was done before it',
    );
  });

  it('takes back what was done, latest first, when a step fails', () => {
    const plan = {
      steps: [
        step(
          'one',
          sh`touch ${at('one')}`.text,
          sh`rm ${at('one')}; echo undo-one >> ${at('log')}`.text,
        ),
        step(
          'two',
          sh`touch ${at('two')}`.text,
          sh`rm ${at('two')}; echo undo-two >> ${at('log')}`.text,
        ),
        step(
          'three',
          'echo INVALID_PORT: abc >&2; exit 3',
          sh`echo undo-three >> ${at('log')}`.text,
        ),
        step('four', sh`touch ${at('four')}`.text),
      ],
    };
    const applied = apply(plan);
    expect(readFileSync(at('log'), 'utf8')).to.equal('undo-two\nundo-one\n');
    expect(existsSync(at('one'))).to.equal(false);
    expect(existsSync(at('four'))).to.equal(false);
    expect(applied.kind === 'failed' && applied.error.message).to.equal(
      'three failed (exit 3): INVALID_PORT: abc; what was done before it was taken back',
    );
  });

  it('names what could not be taken back', () => {
    const plan = {
      steps: [step('one', 'true'), step('two', 'true', 'exit 1'), step('three', 'false')],
    };
    const applied = apply(plan);
    expect(applied.kind === 'failed' && applied.error.message).to.equal(
      'three failed (exit 1); could not be taken back: two, one',
    );
  });

  it('heeds set -e inside a step and inside an inverse', () => {
    const plan = {
      steps: [step('one', 'true', 'set -e; false; true'), step('two', 'set -e; false; true')],
    };
    const applied = apply(plan);
    expect(applied.kind === 'failed' && applied.error.message).to.equal(
      'two failed (exit 1); could not be taken back: one',
    );
  });

  it('is not confused by what steps print', () => {
    const plan = { steps: [step('one', 'echo "step 1 1"; echo "undo 1 failed"')] };
    expect(apply(plan)).to.deep.equal({ kind: 'done' });
  });
});
