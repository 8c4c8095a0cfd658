import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';
import type { HostTotals, Outcome, Stamped } from '../../src/model/event.ts';
import {
  type FlowCase,
  type FlowResult,
  asSaid,
  flowCases,
  layOut,
  placeless,
  recorded,
  wroteIn,
} from '../helpers/flow-cases.ts';
import { EXCEPTIONS } from '../helpers/flow-exceptions.ts';

/**
 * What ansible-playbook 2.14 did with the playbooks of test/fixtures/flow (scripts/record-flow.ts wrote it down) is what
 * orch does: exit code, recap, what debug says on each host, files that tasks write.
 */
describe('flow control is that of Ansible', function () {
  this.timeout(60_000);
  const here = process.cwd();
  afterEach(() => process.chdir(here));

  for (const { topic, cases } of flowCases()) {
    describe(topic, () => {
      const known = recorded(topic);
      for (const one of cases) {
        const exception = EXCEPTIONS[one.name];
        it(`${one.name}${exception ? ' (but for one thing)' : ''}`, async () => {
          const ansible = known[one.name];
          if (!ansible) throw new Error('not recorded: npx tsx scripts/record-flow.ts');
          const expected = exception ? { ...ansible, ...exception.instead } : ansible;
          expect(await played(one)).to.deep.equal({ ...expected, said: saidOf(expected) });
        });
      }
    });
  }

  it('has no exception for a case that is not there, and few of them', () => {
    const names = new Set(flowCases().flatMap(({ cases }) => cases.map(({ name }) => name)));
    expect(Object.keys(EXCEPTIONS).filter((name) => !names.has(name))).to.deep.equal([]);
    expect(Object.keys(EXCEPTIONS).length / names.size).to.be.below(0.05);
  });
});

const saidOf = ({ said }: FlowResult): FlowResult['said'] =>
  Object.fromEntries(Object.entries(said).map(([host, list]) => [host, list.map(asSaid)]));

async function played(one: FlowCase): Promise<FlowResult> {
  const { dir, out, args } = layOut(one);
  const state = mkdtempSync(join(tmpdir(), 'orch-state-'));
  let [stdout, stderr] = ['', ''];
  const io: Io = {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    env: { ...process.env, ORCH_STATE_DIR: state },
    cwd: dir,
    terminal: false,
    colors: { out: false, err: false },
  };
  process.chdir(dir);
  try {
    const exit = await runProgram(['run', ...args, '--output', 'ndjson'], io);
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Stamped);
    return placeless({ exit, ...told(events), wrote: wroteIn(out) }, dir);
  } catch (error) {
    if (!(error instanceof OrchError) && !(error instanceof OrchErrors)) throw error;
    throw new Error(`${String(error)} ${stderr}`, { cause: error });
  } finally {
    rmSync(dir, { recursive: true });
    rmSync(state, { recursive: true });
  }
}

function told(events: readonly Stamped[]): Pick<FlowResult, 'recap' | 'said'> {
  const said: Record<string, unknown[]> = {};
  const recap: Record<string, string> = {};
  for (const event of events) {
    if (event.type === 'task-ended' && event.task.module === 'debug')
      (said[event.host] ??= []).push(...wordsOf(event.outcome));
    if (event.type === 'host-ended' && any(event.totals)) recap[event.host] = line(event.totals);
  }
  return {
    recap,
    said: Object.fromEntries(Object.entries(said).filter(([, list]) => list.length > 0)),
  };
}

const wordsOf = (o: Outcome): readonly unknown[] =>
  o.items
    ? o.items.flatMap(({ outcome }) => wordsOf(outcome))
    : o.kind === 'ok' || o.kind === 'changed'
      ? [asSaid(o.data?.['msg'])]
      : [];

const any = (totals: HostTotals): boolean => Object.values(totals).some((n) => n > 0);

const line = (t: HostTotals): string =>
  `ok=${t.ok} changed=${t.changed} unreachable=${t.unreachable} failed=${t.failed} skipped=${t.skipped} rescued=${t.rescued} ignored=${t.ignored}`;
