import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type Answer,
  HELD,
  readTaken,
  readTold,
  releaseScript,
  takeScript,
  type Tenant,
  unlockScript,
} from '../../src/engine/lease-script.ts';
import { quote, type Shell } from '../../src/lib/shell.ts';

const SHELLS = ['dash', 'bash --posix', 'busybox sh', 'ksh', 'mksh'].filter(
  (shell) => spawnSync('sh', ['-c', `${shell} -c :`]).status === 0,
);

const alice: Tenant = { run: 'run-a', owner: 'alice@laptop', seconds: 60, process: '-' };
const bob: Tenant = { run: 'run-b', owner: 'bob@bastion', seconds: 60, process: '-' };
const carol: Tenant = { run: 'run-c', owner: 'carol@ci', seconds: 60, process: '-' };

/** A shell of the host that lives as long as a line does. */
class Held {
  readonly #child: ChildProcess;
  #said = '';
  #heard: () => void = () => undefined;
  readonly #gone: Promise<unknown>;

  readonly #place: (script: Shell) => string;

  constructor(shell: string, place: (script: Shell) => string) {
    this.#place = place;
    const [program = 'sh', ...words] = shell.split(' ');
    this.#child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString();
      this.#heard();
    });
  }

  /** Runs a script in a subshell, as the parts of a trip are. */
  async run(script: Shell): Promise<{ stdout: Buffer; stderr: Buffer; exit: number }> {
    this.#said = '';
    this.#child.stdin?.write(`( eval ${quote(` ${this.#place(script)}`)} ); echo "exit=$?"\n`);
    while (!/exit=\d+\n$/.test(this.#said)) await new Promise<void>((r) => (this.#heard = r));
    const [stdout = '', exit = ''] = this.#said.split('exit=');
    return { stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit: Number(exit) };
  }

  take = async (tenant: Tenant, dead?: readonly string[]): Promise<Answer> =>
    readTaken(await this.run(takeScript(tenant, dead)));

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** The process that holds the connection ends, and nothing else. */
  async leave(): Promise<void> {
    this.#child.kill('SIGKILL');
    // A signal is sent before its process is gone.
    await this.#gone;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

describe('the lease of a host', function () {
  this.timeout(60_000);
  for (const shell of SHELLS) {
    describe(`sh = ${shell}`, () => {
      let run: string;
      const open: Held[] = [];
      const there = (below = ''): Held => {
        const held = new Held(below + shell, ({ text }) => text.replaceAll('/run', run));
        open.push(held);
        return held;
      };
      beforeEach(() => (run = mkdtempSync(join(tmpdir(), 'orch-lease-'))));
      afterEach(async () => {
        await Promise.all(open.splice(0).map((held) => held.end()));
        rmSync(run, { recursive: true });
      });

      it('is one run’s, renewed by it, and gone when it is given back', async () => {
        const [a, b] = [there(), there()];
        expect(await a.take(alice)).to.deep.equal({ kind: 'ours' });
        expect(await b.take(bob)).to.deep.include({ kind: 'held' });
        expect(await a.take(alice)).to.deep.equal({ kind: 'ours' });
        await b.run(releaseScript(bob.run));
        expect(await b.take(bob), 'only the holder gives it back').to.deep.include({
          kind: 'held',
        });
        await a.run(releaseScript(alice.run));
        expect(readdirSync(run)).to.deep.equal([]);
        expect(await b.take(bob)).to.deep.equal({ kind: 'ours' });
      });

      it('tells who holds it and since when, and is told by unlock', async () => {
        const [a, b] = [there(), there()];
        await a.take(alice);
        const reply = await b.run(takeScript(bob));
        expect(reply.exit).to.equal(HELD);
        const told = readTold(reply.stdout.toString());
        expect(told).to.include({ run: 'run-a', owner: 'alice@laptop', live: true });
        expect(told?.age).to.be.at.least(0).and.below(60);
        expect(told?.left).to.be.above(0).and.at.most(60);
        const said = (await b.run(unlockScript(false))).stdout.toString();
        expect(readTold(said)).to.include({ run: 'run-a', live: true });
        expect(said).not.to.contain('gone');
        expect(await b.take(bob)).to.deep.include({ kind: 'held' });
        expect((await b.run(unlockScript(true))).stdout.toString()).to.contain('gone');
        expect(readdirSync(run)).to.deep.equal([]);
      });

      it('is void at once when the shell of its holder is gone, and the next run says so', async () => {
        const [a, b] = [there(), there()];
        await a.take(alice);
        await a.end();
        expect(readTold((await b.run(unlockScript(false))).stdout.toString())).to.include({
          live: false,
        });
        const c = there();
        await c.take(carol);
        await c.end();
        expect(await b.take(bob)).to.deep.equal({ kind: 'ours', over: 'run-c carol@ci' });
        expect(readdirSync(run).sort()).to.deep.equal(['orch-lease', 'orch-lease.run-b']);
      });

      it('outlives its time while its holder is at work on the host, and no longer', async () => {
        const [a, b] = [there(), there()];
        await a.take({ ...alice, seconds: 0 });
        const [flag, ack] = [join(run, 'working'), join(run, 'begun')];
        writeFileSync(flag, '');
        // ksh runs a subshell without a process of its own until it sets a limit, as the preamble of a line does.
        a.type(
          `( ulimit -t unlimited; : >${ack}; while [ -e ${flag} ]; do sleep 0.1; done; rm ${ack} ); echo idle`,
        );
        while (!existsSync(ack)) await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await b.take(bob)).to.deep.include({ kind: 'held' });
        rmSync(flag);
        while (existsSync(ack)) await new Promise((resolve) => setTimeout(resolve, 20));
        let answer = await b.take(bob);
        while (answer.kind === 'held') answer = await b.take(bob);
        expect(answer).to.deep.equal({ kind: 'ours', over: 'run-a alice@laptop' });
      });

      it('of a run whose session is closed is void, unless something of it still runs: that is told', async () => {
        // What stands for sshd: its end takes the connection away, and nothing that was started.
        const [idle, busy, b] = [there('timeout 100 '), there('timeout 100 '), there()];
        await idle.take(alice);
        await idle.leave();
        expect(await b.take(bob)).to.deep.equal({ kind: 'ours', over: 'run-a alice@laptop' });
        await b.run(releaseScript(bob.run));
        await busy.take(carol);
        const ack = join(run, 'begun');
        busy.type(`( ulimit -t unlimited; : >${ack}; env sleep 98765 ); echo never`);
        while (!existsSync(ack)) await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await b.take(bob)).to.not.have.nested.property('by.work');
        await busy.leave();
        const answer = await b.take(bob);
        if (answer.kind !== 'held' || !answer.by.work) throw new Error(JSON.stringify(answer));
        expect(answer.by).to.include({ run: 'run-c', owner: 'carol@ci', live: true });
        expect(answer.by.work.name).to.match(/^(sleep|busybox)$/);
        const said = (await b.run(unlockScript(false))).stdout.toString();
        expect(readTold(said)?.work?.pid).to.equal(answer.by.work.pid);
        process.kill(answer.by.work.pid);
        // The shell around it needs a moment to end as well.
        let last = await b.take(bob);
        while (last.kind === 'held') last = await b.take(bob);
        expect(last).to.deep.equal({ kind: 'ours', over: 'run-c carol@ci' });
      });

      it('of a run that is known to be dead is void, though its session still stands', async () => {
        const [a, b] = [there(), there()];
        await a.take({ ...alice, process: 'boot.1.2.3' });
        const answer = await b.take(bob);
        expect(answer).to.have.nested.property('by.process', 'boot.1.2.3');
        expect(await b.take(bob, ['run-x', 'run-a'])).to.deep.equal({
          kind: 'ours',
          over: 'run-a alice@laptop',
        });
      });

      it('counts by the time since boot alone, and only in the boot it was taken in', async () => {
        const [a, b] = [there(), there()];
        expect(takeScript(alice).text).not.to.match(/\bdate\b/);
        await a.take(alice);
        const file = join(run, 'orch-lease.run-a');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/[0-9a-f-]{36}/, 'another-boot'));
        expect(await b.take(bob)).to.deep.equal({ kind: 'ours', over: 'run-a alice@laptop' });
      });

      it('is had by one of many that ask at once, whatever lay there', async () => {
        const dead = there();
        await dead.take(alice);
        await dead.end();
        const all = Array.from({ length: 8 }, () => there());
        const answers = await Promise.all(
          all.map((one, i) =>
            one.take({ run: `run-${i}`, owner: `u${i}@h`, seconds: 60, process: '-' }),
          ),
        );
        expect(answers.filter(({ kind }) => kind === 'ours')).to.have.length(1);
        expect(answers.filter(({ kind }) => kind === 'held')).to.have.length(7);
        expect(readdirSync(run)).to.have.length(2);
      });

      it('of a shell that is there for one trip only counts until its time is over', async () => {
        const [a, b] = [there(), there()];
        const brief = { ...alice, seconds: 60, process: '-' };
        await a.run({ text: `orch_plain=1\n${takeScript(brief).text}` });
        await a.end();
        expect(await b.take(bob)).to.deep.include({ kind: 'held' });
        const c = there();
        await c.run({ text: `orch_plain=1\n${takeScript({ ...brief, seconds: 0 }).text}` });
        expect(await b.take(bob)).to.deep.include({ kind: 'ours' });
      });

      it('is of one run, whoever of it asks', async () => {
        const [a, a2] = [there(), there()];
        await a.take(alice);
        expect(await a2.take(alice)).to.deep.equal({ kind: 'ours' });
      });

      it('takes what nobody can read for void', async () => {
        const b = there();
        writeFileSync(join(run, 'orch-lease'), '$(id) x y z\n');
        expect(await b.take(bob)).to.deep.include({ kind: 'ours' });
        await b.run(releaseScript(bob.run));
        writeFileSync(join(run, 'orch-lease'), '');
        expect(await b.take(bob)).to.deep.include({ kind: 'ours' });
      });
    });
  }
});
