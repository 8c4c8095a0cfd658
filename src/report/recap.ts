import { oneLine } from '../lib/visible.ts';
import { showSource } from '../lib/source.ts';
import type { Fault, HostTotals, Outcome, TaskRef } from '../model/event.ts';
import { banner } from './banner.ts';
import { exposureLines } from './exposure.ts';
import { groupsOf } from './groups.ts';
import { count, hostSet } from './hosts.ts';
import { took, verdicts, type Ledger } from './ledger.ts';
import { matricesOf, matrixLines, matrixTitle } from './matrix.ts';
import type { Colors, View } from './paint.ts';

/** The same failure on a set of hosts. */
export interface Failure {
  readonly hosts: readonly string[];
  /** Left out when the host was lost between tasks. */
  readonly task: TaskRef | undefined;
  readonly item: string | undefined;
  readonly outcome: Outcome | undefined;
  readonly fault: Fault | undefined;
}

/** Every failure that was neither ignored nor rescued, in the order of the plays; equal ones once, with their hosts. */
export function failures(ledger: Ledger): readonly Failure[] {
  return ledger.plays.flatMap((play): readonly Failure[] => [
    ...play.tasks.flatMap((report) =>
      groupsOf(report)
        .filter(({ outcome }) => isFailure(outcome))
        .map(({ hosts, item, outcome }) => ({
          hosts,
          item,
          task: report.task,
          outcome,
          fault: outcome.fault,
        })),
    ),
    ...lostTogether(play.lost),
  ]);
}

const isFailure = ({ kind, ignored, handled }: Outcome): boolean =>
  (kind === 'failed' || kind === 'unreachable') && !ignored && handled !== 'rescue';

function lostTogether(lost: ReadonlyMap<string, Fault>): readonly Failure[] {
  const same = new Map<string, { hosts: string[]; fault: Fault }>();
  for (const [host, fault] of lost) {
    const key = JSON.stringify(fault);
    const known = same.get(key);
    if (known) known.hosts.push(host);
    else same.set(key, { hosts: [host], fault });
  }
  const nothing = { task: undefined, item: undefined, outcome: undefined };
  return [...same.values()].map(({ hosts, fault }) => ({ ...nothing, hosts, fault }));
}

/** A task whose effect could not be foreseen on a set of hosts, and why. */
export interface Unforeseen {
  readonly task: TaskRef;
  readonly hosts: readonly string[];
  readonly why: string;
  /** Items of a loop it is about. */
  readonly items: readonly string[];
}

/** All that could not be foreseen, in the order of the plays; items of one loop together. */
export function unforeseen(ledger: Ledger): readonly Unforeseen[] {
  return ledger.plays.flatMap((play) =>
    play.tasks.flatMap((report) => {
      const same = new Map<string, Unforeseen>();
      for (const { hosts, item, outcome } of groupsOf(report)) {
        if (outcome.kind !== 'unknown') continue;
        const why = outcome.message ?? '';
        const key = JSON.stringify([hosts, why]);
        const items = [...(same.get(key)?.items ?? []), ...(item === undefined ? [] : [item])];
        same.set(key, { task: report.task, hosts, why, items });
      }
      return [...same.values()];
    }),
  );
}

/** ` (items a, b)`, or nothing where there is no loop. */
export const itemsOf = ({ items }: Unforeseen): string =>
  items.length === 0 ? '' : ` (item${items.length === 1 ? '' : 's'} ${oneLine(items.join(', '))})`;

/** All that comes after the last task: failures with their cures, Ansible's recap, coverage and one sentence. */
export function recapLines(ledger: Ledger, view: View): readonly string[] {
  const { ended } = ledger;
  const failed = failures(ledger);
  const unknown = unforeseen(ledger);
  return [
    ...(unknown.length > 0 ? ['', banner('NOT FORESEEN')] : []),
    ...unknown.map((one) =>
      view.colors.warning(
        `[${hostSet(one.hosts)}] ${one.task.name}${itemsOf(one)} at ${showSource(one.task.source)}: ${oneLine(one.why)}`,
      ),
    ),
    ...matricesOf(ledger).flatMap((matrix) => [
      '',
      banner(`WHO REACHES WHOM [${oneLine(matrixTitle(matrix))}]`),
      ...matrixLines(matrix).map(oneLine),
    ]),
    ...exposureLines(ledger, view.colors),
    ...(failed.length > 0 ? ['', banner('FAILURES')] : []),
    ...failed.flatMap((failure, i) => [
      ...(i > 0 ? [''] : []),
      ...failureLines(failure, view.colors),
    ]),
    '',
    banner('PLAY RECAP'),
    ...Object.entries(ended?.totals ?? {})
      .filter(([, totals]) => took(totals))
      .map(([host, totals]) => recapLine(host, totals, view.colors)),
    ...(view.verbosity > 0 ? [...costLines(ledger), ...statsLines(ledger)] : []),
    '',
    ...coverageLines(ledger),
    summary(ledger, view.colors),
  ];
}

/** As Ansible shows them where it is told to: the hosts, then the run. */
function statsLines({ ended }: Ledger): readonly string[] {
  const { stats } = ended ?? {};
  if (!stats) return [];
  const shown = (values: object): string => oneLine(JSON.stringify(values));
  return [
    '',
    banner('CUSTOM STATS'),
    ...Object.entries(stats.hosts).map(([host, values]) => `${oneLine(host)}: ${shown(values)}`),
    ...(Object.keys(stats.run).length === 0 ? [] : [`RUN: ${shown(stats.run)}`]),
  ];
}

function failureLines(
  { hosts, task, item, outcome, fault }: Failure,
  colors: Colors,
): readonly string[] {
  const what = task ? `TASK [${oneLine(task.name)}]` : 'lost';
  const source = fault?.source ?? task?.source;
  const found = outcome?.findings ?? [];
  const message =
    found.length > 0
      ? `${count(found.length, 'thing')} not as it should be`
      : (fault?.message ?? outcome?.message ?? 'failed');
  return [
    colors.failed(
      colors.strong(
        `[${hostSet(hosts)}] ${what}${item === undefined ? '' : ` (item=${oneLine(item)})`}`,
      ),
    ),
    ...(source ? [`  at ${showSource(source)}`] : []),
    ...prefixed(`${fault ? `${fault.code}: ` : ''}${message}`, '  '),
    ...found.flatMap((finding) => [
      ...prefixed(`- ${finding.message}`, '  ', '    '),
      ...(finding.cure === undefined
        ? []
        : prefixed(`cure: ${finding.cure}`, '    ', '          ')),
    ]),
    ...(fault?.stderr ? ['  stderr:', ...prefixed(fault.stderr.trimEnd(), '    | ')] : []),
    ...(fault && found.length === 0
      ? prefixed(`cure: ${fault.hint}`, '  ', '        ').map((line) => colors.ok(line))
      : []),
  ];
}

const prefixed = (text: string, first: string, rest = first): readonly string[] =>
  text.split('\n').map((line, i) => `${i === 0 ? first : rest}${line}`);

/** One host of the recap, character for character as Ansible prints it. */
export function recapLine(host: string, totals: HostTotals, colors: Colors): string {
  const bad = totals.failed + totals.unreachable > 0;
  const name = bad ? colors.failed : totals.changed > 0 ? colors.changed : colors.ok;
  const part = (label: string, n: number, paint: (text: string) => string): string => {
    const text = `${label}=${String(n).padEnd(4)}`;
    return n > 0 ? paint(text) : text;
  };
  return [
    name(oneLine(host).padEnd(26)),
    ':',
    part('ok', totals.ok, colors.ok),
    part('changed', totals.changed, colors.changed),
    part('unreachable', totals.unreachable, colors.failed),
    part('failed', totals.failed, colors.failed),
    part('skipped', totals.skipped, colors.skipped),
    part('rescued', totals.rescued, colors.ok),
    part('ignored', totals.ignored, colors.skipped),
  ].join(' ');
}

const costLines = ({ costs }: Ledger): readonly string[] => [
  '',
  ...[...costs].map(
    ([host, { handshakes, trips }]) =>
      `${host.padEnd(26)} : ${count(handshakes, 'handshake')}, ${count(trips, 'trip')}`,
  ),
];

/** `foreseen 12 of 12 tasks`, in check mode; hosts that were not looked at are no part of that, so they are named. */
export function coverageLines({ started, ended }: Ledger): readonly string[] {
  if (!started?.check || !ended) return [];
  const { unreachable } = verdicts(ended.totals);
  const unseen = unreachable > 0 ? `; ${count(unreachable, 'host')} could not be looked at` : '';
  return [`foreseen ${ended.coverage.foreseen} of ${count(ended.coverage.total, 'task')}${unseen}`];
}

/** The run in one sentence: `3 hosts: 2 changed, 1 failed, in 4.2 s`. */
export function summary({ started, ended }: Ledger, colors: Colors): string {
  if (!ended) return colors.failed('The run did not end: its result is not known.');
  const { hosts, changed, failed, unreachable, unknown, idle } = verdicts(ended.totals);
  const fine = hosts - changed - failed - unreachable - unknown - idle;
  const would = started?.check ? 'would change' : 'changed';
  const parts = [
    ...(changed > 0 ? [colors.changed(`${changed} ${would}`)] : []),
    ...(unknown > 0 ? [colors.warning(`${unknown} not fully foreseen`)] : []),
    ...(fine > 0 ? [colors.ok(`${fine} unchanged${ended.interrupted ? ' so far' : ''}`)] : []),
    ...(idle > 0 ? [`${idle} without a task`] : []),
    ...(unreachable > 0 ? [colors.failed(`${unreachable} unreachable`)] : []),
    ...(failed > 0 ? [colors.failed(`${failed} failed`)] : []),
  ];
  const told = parts.length > 0 ? `: ${parts.join(', ')}` : '';
  const cut = ended.interrupted ? colors.failed('interrupted; ') : '';
  return `${cut}${count(hosts, 'host')}${told}, in ${seconds(ended.ms)}`;
}

/** A time as people say it: `0.42 s`, `12.3 s`, `3 min 5 s`. */
export function seconds(ms: number): string {
  if (ms < 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
