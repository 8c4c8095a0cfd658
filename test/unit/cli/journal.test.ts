import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { newRunId, openJournal } from '../../../src/cli/journal.ts';
import { eventfulRun, stamped } from '../../helpers/events.ts';

describe('openJournal', () => {
  let cwd: string;
  beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'orch-journal-'))));
  afterEach(() => rmSync(cwd, { recursive: true }));

  it('writes events before anything behind them goes on, for the owner alone, out of sight of git', async () => {
    const journal = openJournal('R1', { cwd, env: {}, err: () => undefined });
    const events = stamped(eventfulRun());
    for (const [i, event] of events.entries()) {
      journal.report(event);
      await Promise.resolve();
      expect(readFileSync(journal.file, 'utf8').split('\n')).to.have.length(i + 2);
    }
    await journal.finish();
    expect(journal.file).to.equal(join(cwd, '.orch/runs/R1/events.ndjson'));
    const written = readFileSync(journal.file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(written).to.deep.equal(JSON.parse(JSON.stringify(events)));
    expect(statSync(journal.file).mode & 0o777).to.equal(0o600);
    expect(statSync(join(cwd, '.orch/runs/R1')).mode & 0o777).to.equal(0o700);
    expect(readFileSync(join(cwd, '.orch/.gitignore'), 'utf8')).to.equal('*\n');
  });

  it('writes what came in one together, in order', async () => {
    const journal = openJournal('R1', { cwd, env: {}, err: () => undefined });
    const events = stamped(eventfulRun());
    for (const event of events) journal.report(event);
    await journal.finish();
    const seqs = readFileSync(journal.file, 'utf8').trimEnd().split('\n');
    expect(seqs.map((line) => (JSON.parse(line) as { seq: number }).seq)).to.deep.equal(
      events.map(({ seq }) => seq),
    );
  });

  it('goes where ORCH_STATE_DIR says', () => {
    const journal = openJournal('R1', {
      cwd,
      env: { ORCH_STATE_DIR: join(cwd, 'state') },
      err: () => undefined,
    });
    expect(journal.file).to.equal(join(cwd, 'state/runs/R1/events.ndjson'));
  });

  it('leaves nothing of a run without events', async () => {
    await openJournal('R1', { cwd, env: {}, err: () => undefined }).finish();
    expect(existsSync(join(cwd, '.orch'))).to.be.false;
  });

  it('warns once when it cannot be written, and lets the run go on', async () => {
    writeFileSync(join(cwd, '.orch'), 'in the way');
    const said: string[] = [];
    const journal = openJournal('R1', { cwd, env: {}, err: (text) => said.push(text) });
    for (const event of stamped(eventfulRun())) {
      journal.report(event);
      await Promise.resolve();
    }
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^warning: this run keeps no journal: /);
  });
});

describe('newRunId', () => {
  it('sorts by time and is never the same twice', () => {
    const ids = [newRunId(new Date(0)), newRunId(new Date(1000)), newRunId(new Date(1000))];
    expect(ids[0]).to.match(/^19700101T000000Z-[0-9a-f]{6}$/);
    expect([...ids].sort()[0]).to.equal(ids[0]);
    expect(new Set(ids)).to.have.length(3);
  });
});
