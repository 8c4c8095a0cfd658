import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { json } from '../../../src/report/json.ts';
import { junit } from '../../../src/report/junit.ts';
import { markdown } from '../../../src/report/markdown.ts';
import { ndjson } from '../../../src/report/ndjson.ts';
import { plain } from '../../../src/report/plain.ts';
import { eventfulRun, stamped, told, view } from '../../helpers/events.ts';

const truth = (name: string): string =>
  readFileSync(new URL(`../../fixtures/report/${name}`, import.meta.url), 'utf8');

describe('a whole run, as each report tells it', () => {
  it('plain: tasks in order, same diffs once, failures last with cures, Ansible recap', async () => {
    expect(await told((write) => plain(write, view()), eventfulRun(true))).to.equal(
      truth('check.txt'),
    );
  });

  it('plain with -vvv: connections, trips, costs, places', async () => {
    const text = await told((write) => plain(write, view({ verbosity: 3 })), eventfulRun());
    expect(text).to.include('<node1> connected to 10.0.0.1:22 in 0.04 s\n');
    expect(text).to.include(
      '<node1> trip to observe: 3 parts, 900 bytes out, 1200 bytes in, 0.04 s\n',
    );
    expect(text).to.include('task path: play.yml:10:5\n');
    expect(text).to.include('node1                      : 1 handshake, 2 trips\n');
    expect(text).to.include('4 hosts: 2 changed, 1 unreachable, 1 failed, in 4.2 s\n');
    expect(text).not.to.include('foreseen 6 of');
  });

  it('plain without --diff: no diffs', async () => {
    const text = await told((write) => plain(write, view({ diff: false })), eventfulRun());
    expect(text).to.include('changed: [node1, node2]\n').and.not.include('443/tcp');
  });

  it('Markdown: fit for a pull request', async () => {
    expect(await told(markdown, eventfulRun(true))).to.equal(truth('check.md'));
  });

  it('JUnit: a case per task and host', async () => {
    expect(await told(junit, eventfulRun())).to.equal(truth('run.xml'));
  });

  it('ndjson: every event, one a line', async () => {
    const text = await told(ndjson, eventfulRun());
    const events: unknown[] = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(events).to.deep.equal(JSON.parse(JSON.stringify(stamped(eventfulRun()))));
  });

  it('JSON: one document with outcomes by task and host', async () => {
    const run = JSON.parse(await told(json, eventfulRun())) as {
      exit: number;
      plays: { tasks: { task: { name: string }; hosts: Record<string, { kind: string }> }[] }[];
      failures: { hosts: string[] }[];
    };
    expect(run.exit).to.equal(2);
    expect(run.failures.map(({ hosts }) => hosts)).to.deep.equal([['node4'], ['node3']]);
    const first = run.plays[0]?.tasks[0];
    expect(first?.task.name).to.equal('Open the web ports');
    expect(
      Object.entries(first?.hosts ?? {}).map(([host, { kind }]) => `${host} ${kind}`),
    ).to.deep.equal(['node1 changed', 'node2 changed', 'node3 failed', 'node4 unreachable']);
  });
});
