import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { json } from '../../../src/report/json.ts';
import { markdown } from '../../../src/report/markdown.ts';
import { plain } from '../../../src/report/plain.ts';
import { stamped, eventfulRun, told, view } from '../../helpers/events.ts';
import { localRun } from '../../helpers/local-run.ts';

const STATS = { run: { n: 3, l: ['a', '{{ 7 * 7 }}\u001b[2J'] }, hosts: { node1: { own: true } } };
const withStats = () =>
  eventfulRun().map((event) => (event.type === 'run-ended' ? { ...event, stats: STATS } : event));

describe('what set_stats kept', () => {
  it('is gathered over hosts, added up or kept for each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orch-stats-'));
    try {
      const play = join(folder, 'play.yml');
      writeFileSync(
        play,
        `- hosts: all
  gather_facts: false
  tasks:
    - set_stats: {data: {n: 2, l: ["{{ inventory_hostname }}"]}}
    - set_stats: {data: {n: 1, l: [more]}}
    - set_stats: {data: {own: "{{ inventory_hostname }}"}, per_host: true}
    - set_stats: {data: {last: 1}}
    - set_stats: {data: {last: 2}, aggregate: false}
`,
      );
      const { events } = await localRun(play, {});
      const ended = events.find(({ type }) => type === 'run-ended');
      const host = events.flatMap((one) => (one.type === 'task-ended' ? [one.host] : []))[0] ?? '';
      expect(ended)
        .to.have.property('stats')
        .that.deep.equals({
          run: { n: 3, l: [host, 'more'], last: 2 },
          hosts: { [host]: { own: host } },
        });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is shown with -v alone, on one line whatever it holds', async () => {
    const shown = (verbosity: number): Promise<string> =>
      told((write) => plain(write, view({ verbosity })), withStats());
    expect(await shown(0)).to.not.contain('CUSTOM STATS');
    const text = await shown(1);
    expect(text).to.contain('CUSTOM STATS');
    expect(text).to.contain('node1: {"own":true}\nRUN: {"n":3,"l":["a","{{ 7 * 7 }}');
    expect(text).to.not.contain('\u001b');
  });

  it('is in the documents, and nothing is where nothing was kept', async () => {
    expect(await told(markdown, withStats())).to.contain('### Stats\n\n- node1: own = `true`\n');
    expect(JSON.parse(await told(json, withStats())))
      .to.have.property('stats')
      .that.deep.equals(STATS);
    expect(JSON.parse(await told(json, eventfulRun()))).to.have.property('stats', null);
    expect(stamped(withStats()).at(-1)).to.have.property('stats');
  });
});
