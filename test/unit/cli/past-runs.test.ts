import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventsOf, runNamed, runNames } from '../../../src/cli/past-runs.ts';
import { decisionOf, isWaiting } from '../../../src/cli/decide.ts';
import { limitByRun } from '../../../src/cli/run-limit.ts';
import { resumption } from '../../../src/cli/runs.ts';
import { summaryOf } from '../../../src/cli/run-summary.ts';
import { hide, type HiddenNames } from '../../../src/model/hidden.ts';
import { tellable, withoutHidden } from '../../../src/cli/tellable.ts';
import { OrchError } from '../../../src/lib/errors.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import { stamped } from '../../helpers/events.ts';

const RUN = '20261126T010203Z-aaaaaa';
const source = { file: 'a.yml', line: 1, column: 1 };
const task = { id: '0.0', name: 't', module: 'command', source, handler: false };
const ended = (host: string, kind: 'ok' | 'changed' | 'failed'): RunEvent => ({
  type: 'task-ended',
  host,
  task,
  outcome: { kind, changes: [], disruption: 'none', notes: [], warnings: [], findings: [] },
});
const events = (words: readonly string[], cwd: string): readonly RunEvent[] => [
  {
    ...{ type: 'run-started', run: RUN, orch: '1', check: false, diff: false, forks: 1 },
    ...{ playbooks: ['a.yml'], inventory: [], command: { words, cwd } },
  },
  { type: 'play-started', play: 'p', source, hosts: ['a', 'b', 'c'], tasks: [task] },
  ended('a', 'changed'),
  ended('b', 'failed'),
  {
    ...{ type: 'host-ended', host: 'a', trips: 1, handshakes: 1 },
    totals: {
      ...{ ok: 1, changed: 1, unreachable: 0, failed: 0 },
      ...{ skipped: 0, rescued: 0, ignored: 0, unknown: 0 },
    },
  },
];

function folder(words: readonly string[] = ['run', 'a.yml']) {
  const cwd = mkdtempSync(join(tmpdir(), 'orch-runs-'));
  const dir = join(cwd, '.orch', 'runs', RUN);
  mkdirSync(dir, { recursive: true });
  const lines = stamped(events(words, cwd)).map((event) => JSON.stringify(event));
  writeFileSync(join(dir, 'events.ndjson'), `${lines.join('\n')}\n{"type":"task-en`);
  const io = {
    ...{ cwd, env: {}, terminal: false, colors: { out: false, err: false } },
    ...{ out: () => undefined, err: () => undefined },
  };
  return io;
}

const refused = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof OrchError) return `${error.code}: ${error.message} ${error.hint}`;
    throw error;
  }
  return '';
};

describe('journals of earlier runs', () => {
  it('are found by name, by its beginning, and as the last one', () => {
    const io = folder();
    expect(runNames(io)).to.deep.equal([RUN]);
    for (const word of [RUN, '20261126', 'last']) expect(runNamed(word, io)).to.equal(RUN);
    expect(refused(() => runNamed('20251126', io))).to.match(/^RUN_NOT_FOUND: .*orch runs/);
    expect(refused(() => runNamed('', io))).to.match(/^RUN_NOT_FOUND/);
  });

  it('are read up to a line that was cut', () => {
    const io = folder();
    expect(eventsOf(RUN, io)).to.have.length(5);
    const { ends, exit, hosts } = summaryOf(RUN, eventsOf(RUN, io));
    expect({ exit, hosts }).to.deep.equal({ exit: undefined, hosts: ['a', 'b', 'c'] });
    expect([...ends.failed]).to.deep.equal(['b']);
    expect([...ends.changed]).to.deep.equal(['a']);
    expect([...ends.unfinished]).to.deep.equal(['b', 'c']);
  });

  it('give hosts to --limit', () => {
    const io = folder();
    expect(limitByRun(`@${RUN}:failed`, io)).to.equal('b');
    expect(limitByRun('web:&@last:unfinished', io)).to.equal('web:&b,c');
    expect(limitByRun('@hosts.txt:web', io)).to.equal('@hosts.txt:web');
    expect(refused(() => limitByRun('@last:unreachable', io))).to.match(/^PATTERN_NO_MATCH/);
    expect(refused(() => limitByRun('@last:broken', io))).to.match(/^USAGE: .*:failed/);
  });

  it('of decisions over a run are never what the last run means', () => {
    const io = folder();
    const dir = join(io.cwd, '.orch', 'runs', '20261126T010300Z-bbbbbb');
    mkdirSync(dir);
    const [first] = stamped(events([], io.cwd));
    const begun = { ...first, playbooks: ['<orch confirm>'], command: undefined };
    writeFileSync(join(dir, 'events.ndjson'), `${JSON.stringify(begun)}\n`);
    expect(resumption('last', [], io).words).to.deep.equal(['run', 'a.yml']);
    expect(refused(() => decisionOf('confirm', 'last', [], io))).to.include(
      `nothing of run ${RUN}`,
    );
    expect(isWaiting('last', io)).to.equal(false);
  });

  it('tell how to go on, and what has to be given again', () => {
    expect(resumption('last', ['-v'], folder()).words).to.deep.equal(['run', 'a.yml', '-v']);
    const io = folder(tellable(['run', 'a.yml', '-e', 'db_password=hunter2'], new Map()));
    expect(refused(() => resumption('last', [], io))).to.match(/-e/);
    expect(resumption('last', ['-e', 'db_password=x'], io).words).to.deep.equal([
      ...['run', 'a.yml', '-e', 'db_password=x'],
    ]);
    expect(refused(() => resumption('last', [], { ...folder(), cwd: '/' }))).to.match(
      /^RUN_NOT_FOUND/,
    );
  });
});

describe('the words of a command line in a journal', () => {
  it('hold no values of variables that sound like secrets', () => {
    const words = (...all: string[]): readonly string[] =>
      tellable(['run', 'a.yml', ...all], new Map()).slice(2);
    expect(words('-e', 'a=1 db_password=x')).to.deep.equal(['-e', 'a=1 db_password=********']);
    expect(words('--extra-vars={"api_token": "x"}')).to.deep.equal(['--extra-vars=********']);
    expect(words('-etoken=x')).to.deep.equal(['-etoken=********']);
    expect(words('-e', '@secrets.yml')).to.deep.equal(['-e', '@secrets.yml']);
    expect(words('-e', 'keyboard=de', '-l', 'token')).to.deep.equal([
      ...['-e', 'keyboard=de', '-l', 'token'],
    ]);
  });

  it('hold no values of variables that are secret by what the playbook says', () => {
    const hidden: HiddenNames = new Map();
    hide(hidden, ['pin']);
    const words = (...all: string[]): readonly string[] => tellable(all, hidden);
    expect(words('-Ce', 'a=1 pin=7')).to.deep.equal(['-Ce', 'a=1 pin=********']);
    expect(words('-be', '{"pi\\u006e": 7}')).to.deep.equal(['-be', '********']);
    expect(words('-e', "a='1 2' pin='7 8'")).to.deep.equal(['-e', '********']);
    expect(words('-e', 'a=1', '-l', 'pin')).to.deep.equal(['-e', 'a=1', '-l', 'pin']);
    expect(
      withoutHidden(words('run', '-be', 'pin=7', '-bepin=8', '-epin=9', '-e', 'a=1')),
    ).to.deep.equal(['run', '-b', '-b', '-e', 'a=1']);
  });
});
