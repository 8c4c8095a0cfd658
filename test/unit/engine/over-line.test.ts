import { expect } from 'chai';
import type { RunInput } from '../../../src/engine/input.ts';
import { Machine } from '../../../src/engine/machine.ts';
import { overLine } from '../../../src/engine/over-line.ts';
import type { Stage } from '../../../src/engine/stage.ts';
import { OrchError } from '../../../src/lib/errors.ts';
import { raw } from '../../../src/lib/shell.ts';
import type { Outcome } from '../../../src/model/event.ts';
import type { LineWork } from '../../../src/model/module.ts';
import type { Task } from '../../../src/model/play.ts';
import type { Part, Reply, Session, Target } from '../../../src/model/transport.ts';

const reply = (stdout: string, exit = 0): Reply => ({
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  exit,
});

const PROOF = raw('proof');
const TEST = raw('test');
const WORK: LineWork = {
  proof: PROOF,
  test: TEST,
  delay: 0,
  sleep: 1,
  connectTimeout: 3,
  timeout: 60,
};

/** What a host answers to each script, time after time; `dead` is a line that breaks, `gone` one that cannot be had. */
function host(told: Readonly<Record<string, readonly (string | Reply)[]>>, connection = 'ssh') {
  const asked: string[] = [];
  const slept: number[] = [];
  const timeouts: number[] = [];
  let [now, open] = [0, 0];
  const next = (script: string): string | Reply => {
    const list = told[script] ?? [];
    const at = asked.filter((one) => one === script).length - 1;
    return list[Math.min(at, list.length - 1)] ?? reply('');
  };
  const trip = ([part]: readonly Part[]): Promise<readonly Reply[]> => {
    asked.push(part?.script.text ?? '');
    const answer = next(part?.script.text ?? '');
    if (typeof answer === 'string')
      return Promise.reject(new OrchError('LINE_BROKEN', `the line is ${answer}`));
    return Promise.resolve([answer]);
  };
  const session = {
    trip,
    counts: { trips: 0, handshakes: 0, bytesIn: 0, bytesOut: 0 },
    close: () => Promise.resolve(),
  } as unknown as Session;
  const input = {
    connect: ({ connectTimeout }: Target) => {
      timeouts.push(connectTimeout);
      open += 1;
      return Promise.resolve(session);
    },
    now: () => now,
    sleep: (ms: number) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
    emit: () => undefined,
  } as unknown as RunInput;
  const target = { name: 'h', connection, address: 'h', connectTimeout: 10_000 } as Target;
  const machine = new Machine(input, target);
  const way = { machine, identity: {}, check: false, idle: false };
  const ready = {
    params: {},
    part: { script: raw('go') },
    parse: () => ({ changed: true, data: {} }),
  };
  const task = { module: 'reboot', source: { file: 'p', line: 1, column: 1 } } as unknown as Task;
  return {
    asked,
    slept,
    timeouts,
    lines: () => open,
    run: (work: LineWork): Promise<Outcome> =>
      overLine({ input } as unknown as Stage, task, work, { ready, way }),
  };
}

describe('a line that is taken away', () => {
  it('is waited for until the host tells that it was started anew, and passes its test', async () => {
    const one = host({
      proof: [reply('a'), reply('a'), 'dead', reply('b')],
      go: ['dead'],
      test: [reply('', 1), reply('')],
    });
    const o = await one.run(WORK);
    expect(o.kind).to.equal('changed');
    expect(o.data).to.include({ rebooted: true });
    expect(one.asked.join(' ')).to.equal('proof go proof proof proof test test');
    // Every question behind the reboot is asked over a line of its own, which has less time than usual.
    expect(one.lines()).to.equal(6);
    expect(one.timeouts).to.deep.equal([3000, 3000, 3000, 3000, 3000, 3000]);
  });

  it('is a failure when the host never goes down', async () => {
    const one = host({ proof: [reply('a')], go: [reply('')] });
    const o = await one.run({ ...WORK, delay: 7 });
    expect(o.kind).to.equal('failed');
    expect(o.message).to.contain('last boot time check (timeout=60)');
    expect(o.data).to.include({ rebooted: true });
    expect(one.slept[0]).to.equal(7000);
    expect(Math.max(...one.slept)).to.be.at.most(12_000);
    expect(one.asked).to.not.include('test');
  });

  it('is a failure at once when the command fails, or the boot id cannot be read', async () => {
    const bad = host({ proof: [reply('a')], go: [reply('no right', 1)] });
    expect((await bad.run(WORK)).message).to.contain('Reboot command failed');
    expect(bad.asked).to.deep.equal(['proof', 'go']);
    const blind = host({ proof: [reply('', 1)] });
    expect((await blind.run(WORK)).kind).to.equal('failed');
    expect(blind.asked).to.deep.equal(['proof']);
  });

  it('never reboots the machine orch runs on', async () => {
    const one = host({}, 'local');
    expect((await one.run(WORK)).message).to.contain('would reboot the control node');
    expect(one.asked).to.deep.equal([]);
  });

  it('may only be waited for: nothing is sent before, and nothing has changed', async () => {
    const { proof: _, ...wait } = WORK;
    const one = host({ test: ['gone', 'gone', reply('')] });
    expect((await one.run(wait)).kind).to.equal('ok');
    expect(one.asked.join(' ')).to.equal('test test test');
    const never = host({ test: ['gone'] });
    expect((await never.run(wait)).message).to.contain('the line is gone');
  });
});
