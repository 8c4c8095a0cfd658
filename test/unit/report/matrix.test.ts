import { expect } from 'chai';
import { html } from '../../../src/report/html.ts';
import { plain } from '../../../src/report/plain.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import type { Value } from '../../../src/model/value.ts';
import {
  ended,
  eventfulRun,
  outcome,
  playStarted,
  runEnded,
  runStarted,
  task,
  told,
  totals,
  view,
} from '../../helpers/events.ts';

const ref = task(1, 'Nodes reach each other');
const cell = (peer: string, result: string, verdict: string) => ({
  ...{ peer, result, verdict, why: 'kubelet', ports: '10250/tcp', tried: 1, of: 1 },
});
const found = (host: string, cells: readonly Readonly<Record<string, Value>>[]): RunEvent =>
  ended(
    host,
    ref,
    outcome('ok', { data: { matrix: { title: 'internal', expect: 'open', cells } } }),
  );

const run: readonly RunEvent[] = [
  runStarted(),
  playStarted(['a', 'b'], [ref]),
  found('a', [cell('b', 'refused', 'through')]),
  found('b', [cell('a', 'rejected', 'stopped')]),
  runEnded({ a: totals({ ok: 1 }), b: totals({ ok: 1 }) }),
];

describe('who reaches whom', () => {
  it('is a table of the terminal, before failures and recap', async () => {
    const text = await told((write) => plain(write, view()), run);
    expect(text).to.include('WHO REACHES WHOM [internal: what must get through]');
    expect(text).to.match(/from \\ to +a +b\na +- +1\/1\nb +0\/1 +-\n/);
  });

  it('is a picture of the HTML report, in which marks say what colours say', async () => {
    const page = await told(html, run);
    expect(page).to.include('<title>a → b, 10250/tcp: refused</title><rect class="good"');
    expect(page).to.include('<title>b → a, 10250/tcp: rejected</title><rect class="bad"');
    expect(page).to.match(/✓/).and.to.match(/✕/);
    expect(page).to.include('10250/tcp: kubelet');
  });

  it('says of which range only some ports were tried, and where an answer says nothing', async () => {
    const range = { ...cell('b', 'refused', 'through'), ports: '10-99/tcp', tried: 8, of: 90 };
    const overlay = { ...cell('b', 'timeout', 'unclear'), ports: '8472/udp' };
    const cells = [range, overlay, cell('b', 'refused', 'through')];
    const some = [runStarted(), playStarted(['a'], [ref]), found('a', cells), runEnded({})];
    const text = await told((write) => plain(write, view()), some);
    expect(text).to.match(
      /a +- +2\/3\nb +- +-\n10-99\/tcp: 8 of 90 ports tried\n8472\/udp: says nothing for 1 of 1 pairs\n/,
    );
    const page = await told(html, some);
    expect(page).to.include('sampled 8 of 90').and.to.include('? the answer says nothing');
  });

  it('has room for the names beside the squares, and shortens very long ones', async () => {
    const long = `k8s-${'x'.repeat(40)}`;
    const page = await told(html, [
      runStarted(),
      playStarted(['node10'], [ref]),
      found('node10', [cell(long, 'refused', 'through')]),
      runEnded({}),
    ]);
    const [, width] = /<svg [^>]*width="([\d.]+)"/.exec(page) ?? [];
    // 24 letters of the label, and two squares.
    expect(Number(width)).to.equal(14 + 7 * 24 + 2 * 24);
    expect(page).to.include(`>${long.slice(0, 23)}…</text>`);
    expect(page).to.include(`<title>node10 → ${long}, 10250/tcp: refused</title>`);
  });

  it('is not there when nobody looked', async () => {
    expect(await told((write) => plain(write, view()), eventfulRun())).to.not.include(
      'WHO REACHES',
    );
    expect(await told(html, eventfulRun())).to.not.include('<svg');
  });
});

describe('the HTML report', () => {
  it('is one page without scripts and without anything from elsewhere', async () => {
    const page = await told(html, eventfulRun());
    expect(page).to.match(/^<!doctype html>/);
    expect(page).to.not.match(/<script|https?:\/\/(?!www\.w3\.org)|<img|@import|url\(/);
    expect(page).to.include("default-src 'none'");
  });

  it('has failures with their cures, changes once for all their hosts, and the totals', async () => {
    const page = await told(html, eventfulRun());
    expect(page).to.include('<h2>Failures</h2>').and.to.include('Cure: ');
    expect(page).to.include('2 hosts: node1, node2');
    expect(page).to.include('<th scope="row">node4</th>');
  });
});
