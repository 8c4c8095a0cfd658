import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  armScript,
  extendScript,
  folders,
  GONE,
  guardedStep,
  type WaveUndo,
} from '../../src/engine/safeguard/arm-script.ts';
import {
  confirmScript,
  lookScript,
  rollbackScript,
  tellScript,
} from '../../src/engine/safeguard/end-script.ts';
import type { Place } from '../../src/engine/safeguard/place.ts';
import { lines, raw, sh, type Shell } from '../../src/lib/shell.ts';
import type { Step } from '../../src/model/module.ts';

const ID = '20261125T000000Z-abc123.1';

/** What the undo promises in any shell; skipped where this machine has it not. */
export function undoBy(shell: string, ...first: readonly string[]): void {
  describe(`the undo on a host, by ${[shell, ...first].join(' ')}`, function () {
    before(function () {
      if (spawnSync('sh', ['-c', `command -v ${shell}`]).status !== 0) this.skip();
    });
    let root: string;
    let place: Place;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'orch-undo-'));
      place = {
        volatile: join(root, 'run'),
        lasting: join(root, 'lib'),
        units: join(root, 'units'),
        local: join(root, 'local.d'),
      };
      mkdirSync(place.local);
      // The shell of its own that all pieces use is the one under test. Written once: the clock may be starting it.
      mkdirSync(bin());
      const start = `#!/bin/sh\nexec ${[shell, ...first].join(' ')} "$@"\n`;
      writeFileSync(join(bin(), 'sh'), start, { mode: 0o755 });
    });
    const bin = (): string => join(root, 'bin');

    const run = (script: Shell) => {
      const { status, stdout, stderr } = spawnSync(shell, [...first, '-c', script.text], {
        env: { ...process.env, PATH: `${bin()}:${process.env['PATH'] ?? ''}` },
      });
      return { exit: status, stdout: stdout.toString(), stderr: stderr.toString() };
    };
    const file = (name: string): string => join(root, name);
    const text = (name: string): string =>
      existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '';
    const step = (word: string, more: Partial<Step> = {}): Step => ({
      name: `add '${word}'`,
      do: sh`echo ${word} >>${file('words')}`,
      inverse: sh`echo ${`-${word}`} >>${file('words')}`,
      stage: 'runtime',
      disruption: 'none',
      ...more,
    });
    const undo = (wave: number, words: readonly string[], lasting = false): WaveUndo => ({
      wave,
      steps: words.map((word) => step(word)),
      lasting,
      files: [],
    });
    const arming = (seconds: number, wave: WaveUndo) => ({
      id: ID,
      place,
      seconds,
      undo: wave,
      about: 'run R of me',
    });
    const arm = (seconds: number, wave: WaveUndo) => run(armScript(arming(seconds, wave)));
    const apply = (wave: WaveUndo, only = wave.steps.length) =>
      run(
        lines([
          folders(place, ID),
          ...wave.steps.slice(0, only).map((one, i) => guardedStep(wave.wave, i + 1, one)),
        ]),
      );
    const words = (): string => text('words').trim().split('\n').join(' ');
    const nothingLeft = (): void => {
      expect(existsSync(place.volatile), 'volatile').to.equal(false);
      expect(existsSync(place.lasting), 'lasting').to.equal(false);
      expect(readdirSync(place.local)).to.deep.equal([]);
      expect(processes()).to.equal('');
    };
    /** What still runs for this test a moment later: a process that was ended takes its time. */
    const processes = (): string => {
      for (let i = 0; ; i++) {
        const found = spawnSync('pgrep', ['-f', root]).stdout.toString().trim();
        if (found === '' || i === 20) return found;
        spawnSync('sleep', ['0.1']);
      }
    };
    afterEach(() => {
      run(rollbackScript(place, ID));
      expect(processes()).to.equal('');
    });

    it('waits for the confirmation, and is gone with it', () => {
      const wave = undo(1, ['a', 'b']);
      expect(arm(60, wave)).to.deep.include({ exit: 0, stdout: 'armed shell\n' });
      expect(run(lookScript(place)).stdout).to.match(/^armed \S+\.1 (59|60) run R of me\n$/);
      expect(apply(wave).exit).to.equal(0);
      const confirmed = run(confirmScript(place, ID));
      expect(confirmed).to.deep.equal({ exit: 0, stdout: '', stderr: '' });
      expect(words()).to.equal('a b');
      nothingLeft();
    });

    it('takes back what was begun, latest first, when nobody confirms in time', async () => {
      const first = undo(1, ['a', 'b']);
      arm(1, first);
      apply(first);
      const second = undo(2, ['c', 'never begun']);
      expect(run(extendScript(arming(2, second))).exit).to.equal(0);
      apply(second, 1);
      await sleep(1200);
      expect(words()).to.equal('a b c');
      await sleep(2000);
      expect(words()).to.equal('a b c -c -b -a');
      expect(run(lookScript(place)).stdout).to.match(
        /^undone \S+\.1 timer \d{4}-\S+Z run R of me\n$/,
      );
      const late = run(confirmScript(place, ID));
      expect(late.exit).to.equal(GONE);
      expect(late.stdout).to.match(/^timer \d{4}-/);
      expect(run(extendScript(arming(2, second))).exit).to.equal(GONE);
      expect(apply(second).exit).to.equal(GONE);
      expect(words()).to.equal('a b c -c -b -a');
      expect(run(tellScript(place, ID))).to.deep.include({ exit: 0, stdout: late.stdout });
      nothingLeft();
    });

    it('is taken back at once when asked', () => {
      const wave = undo(1, ['a']);
      arm(60, wave);
      apply(wave);
      expect(run(rollbackScript(place, ID)).stdout).to.match(/^rollback \S+Z\n$/);
      expect(words()).to.equal('a -a');
      expect(run(rollbackScript(place, ID)).exit).to.equal(GONE);
      nothingLeft();
    });

    it('goes on behind a step that cannot be taken back, tries it again and names it', () => {
      const wave: WaveUndo = {
        wave: 1,
        lasting: false,
        files: [],
        steps: [
          step('a'),
          step('b', { inverse: sh`echo tried >>${file('tries')}; exit 3` }),
          step('c'),
        ],
      };
      arm(60, wave);
      apply(wave);
      expect(run(rollbackScript(place, ID)).stdout).to.match(/^rollback \S+Z\nadd 'b'\n$/);
      expect(words()).to.equal('a b c -c -a');
      expect(text('tries')).to.equal('tried\n'.repeat(3));
    });

    it('lets one win when confirmation and clock meet', async () => {
      for (let i = 0; i < 3; i++) {
        const wave = undo(1, [`w${i}`]);
        arm(1, wave);
        // On a busy machine the time may be over before the step could begin.
        const begun = apply(wave).exit === 0;
        await sleep(880 + i * 100);
        const { exit } = run(confirmScript(place, ID));
        expect(words().split(' ').includes(`-w${i}`), `exit ${exit}`).to.equal(
          begun && exit === GONE,
        );
        run(tellScript(place, ID));
        nothingLeft();
      }
    });

    it('lets no step begin that comes behind it', () => {
      const wave = undo(1, ['a']);
      arm(60, wave);
      run(rollbackScript(place, ID));
      const { exit, stderr } = run(lines([folders(place, ID), guardedStep(1, 1, step('b'))]));
      expect([exit, stderr, words()]).to.deep.equal([GONE, '', '']);
    });

    it('waits for a step in hand, and no step begins behind its back', async () => {
      const slow: WaveUndo = {
        wave: 1,
        lasting: false,
        files: [],
        steps: [step('slow', { do: sh`sleep 3; echo slow >>${file('words')}` }), step('next')],
      };
      arm(2, slow);
      const done = apply(slow);
      expect(done.exit).to.equal(GONE);
      await sleep(500);
      expect(words()).to.equal('slow -slow');
    });

    it('ends a step that hangs', async () => {
      const hung: WaveUndo = {
        wave: 1,
        lasting: false,
        files: [],
        steps: [step('hung', { do: raw('sleep 30') })],
      };
      arm(1, hung);
      const start = Date.now();
      apply(hung);
      expect(Date.now() - start).to.be.lessThan(12_000);
      await sleep(600);
      expect(words()).to.equal('-hung');
    });

    it('is there at boot for what lasts, and only then', () => {
      const lasting = undo(2, ['file'], true);
      arm(60, undo(1, ['a']));
      expect(readdirSync(place.local)).to.deep.equal([]);
      expect(run(extendScript(arming(60, lasting))).exit).to.equal(0);
      apply(undo(1, ['a']));
      apply(lasting);
      const [hook = ''] = readdirSync(place.local);
      expect(hook).to.equal(`orch-undo-${ID}.start`);
      // the host goes down: what is volatile is gone, and the clock with it
      spawnSync('pkill', ['-KILL', '-f', place.volatile]);
      spawnSync('rm', ['-rf', place.volatile]);
      expect(
        run(raw(`sh ${join(place.lasting, ID)}/fire ${join(place.lasting, ID)} boot`)).exit,
      ).to.equal(0);
      expect(words()).to.equal('a file -file -a');
      expect(readdirSync(place.local)).to.deep.equal([]);
      expect(run(lookScript(place)).stdout).to.match(/^undone \S+\.1 boot /);
      expect(run(tellScript(place, ID)).stdout).to.match(/^boot /);
      nothingLeft();
    });

    it('puts back the bytes of files that steps write', () => {
      const steps = [step('x', { files: [file('there'), file('new')] })];
      writeFileSync(file('there'), 'as it was\n', { mode: 0o640 });
      const wave = { wave: 1, steps, lasting: true, files: [file('there'), file('new')] };
      arm(60, wave);
      writeFileSync(file('there'), 'as it was, in other words\n');
      writeFileSync(file('new'), '');
      apply(wave);
      run(extendScript(arming(60, { ...wave, wave: 2 })));
      expect(run(rollbackScript(place, ID)).stdout).to.match(/^rollback \S+\n$/);
      expect(text('there')).to.equal('as it was\n');
      expect(existsSync(file('new'))).to.equal(false);
    });

    it('leaves nothing for the boot once it is confirmed', () => {
      const wave = undo(1, ['file'], true);
      arm(60, wave);
      apply(wave);
      expect(run(confirmScript(place, ID)).exit).to.equal(0);
      nothingLeft();
    });

    it('says where nothing would undo after a reboot, and is run then by whoever looks', () => {
      spawnSync('rm', ['-rf', place.local]);
      const wave = undo(1, ['file'], true);
      expect(arm(60, wave).stdout).to.match(/^unhooked$/m);
      apply(wave);
      spawnSync('pkill', ['-KILL', '-f', place.volatile]);
      spawnSync('rm', ['-rf', place.volatile]);
      expect(run(lookScript(place)).stdout).to.match(/^stranded \S+\.1 run R of me\n$/);
      expect(words()).to.equal('file');
      const told = run(lookScript(place, { clean: true })).stdout;
      expect(told).to.match(/^undid \S+\.1 boot \S+ run R of me\n$/);
      expect(words()).to.equal('file -file');
      expect(run(lookScript(place, { clean: true })).stdout).to.equal('');
      mkdirSync(place.local);
      nothingLeft();
    });

    it('keeps other runs off the host', () => {
      arm(60, undo(1, ['a']));
      const other = run(armScript({ ...arming(60, undo(1, ['b'])), id: 'OTHER.1' }));
      expect(other.exit).to.equal(1);
      expect(other.stderr).to.match(
        /^SAFEGUARD_PENDING: a change on this host waits for its confirmation \(run R of me\); the host undoes it in \d+ s\n$/,
      );
    });
  });
}
