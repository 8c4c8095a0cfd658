import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Stamped } from '../../src/model/event.ts';
import { withLab } from '../lab/lab.ts';
import { playbook } from './faulty.ts';
import { folder, inventoryOf } from './orch.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const TASKS = `
    - name: first
      command: touch /run/first
    - name: slow
      shell: echo $$ >/run/slow; sleep 4; touch /run/slept
    - name: after
      command: touch /run/after
`;

describe('Ctrl-C', function () {
  this.timeout(60_000);
  const lab = withLab(2);
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });
  beforeEach(() => lab.reset(1, 2));
  const there = (host: number, file: string): boolean =>
    lab.exec(host, ['test', '-e', file]).exit === 0;

  /** Runs TASKS and sends signals, the first when every host given is in the slow task. */
  async function interrupted(
    hosts: readonly number[],
    signals: readonly NodeJS.Signals[],
    head = '',
  ) {
    const state = folder({});
    const args = ['run', playbook(TASKS, head), '-i', inventory];
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ORCH_STATE_DIR: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!hosts.every((host) => there(host, '/run/slow'))) {
      if (child.exitCode !== null) throw new Error(`ended too early:\n${stdout}${stderr}`);
      await pause(50);
    }
    const start = performance.now();
    for (const signal of signals) {
      child.kill(signal);
      await pause(300);
    }
    const exit = await closed;
    const [run] = readdirSync(join(state, 'runs'));
    const journal = readFileSync(join(state, 'runs', run!, 'events.ndjson'), 'utf8');
    const events = journal
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Stamped);
    return { exit, stdout, stderr, events, ms: performance.now() - start };
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`once (${signal}): what is in hand is finished, nothing more is begun`, async () => {
      const { exit, stdout, events } = await interrupted([1, 2], [signal]);
      expect(exit).to.equal(130);
      for (const host of [1, 2]) {
        expect(there(host, '/run/slept')).to.equal(true);
        expect(there(host, '/run/after')).to.equal(false);
      }
      expect(stdout).to.match(
        /PLAY RECAP \*+\nnode1 +: ok=2 +changed=2 .*\nnode2 +: ok=2 +changed=2 /,
      );
      expect(stdout).to.include('interrupted');
      expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, i) => i + 1));
      expect(events.at(-1)).to.deep.include({ type: 'run-ended', exit: 130, interrupted: true });
      expect(events.filter(({ type }) => type === 'host-ended')).to.have.length(2);
    });
  }

  it('twice: what hosts do is ended, and said to be uncertain', async () => {
    const { exit, stdout, events, ms } = await interrupted([1, 2], ['SIGINT', 'SIGINT']);
    expect(exit).to.equal(130);
    expect(ms).to.be.lessThan(3000);
    expect(stdout)
      .to.include('may or may not have been done')
      .and.match(/PLAY RECAP \*+\nnode1 /);
    expect(events.at(-1)).to.deep.include({ type: 'run-ended', exit: 130, interrupted: true });
    await pause(4500 - ms);
    for (const host of [1, 2]) {
      expect(there(host, '/run/slept'), 'what ran on the host was ended').to.equal(false);
    }
  });

  it('before a batch: its hosts are not contacted', async () => {
    const { exit, events } = await interrupted([1], ['SIGINT'], '  serial: 1\n');
    expect(exit).to.equal(130);
    expect(there(2, '/run/first')).to.equal(false);
    const connected = events.flatMap((e) => (e.type === 'host-connected' ? [e.host] : []));
    expect(connected).to.deep.equal(['node1']);
  });
});
