import { allVisible, oneLine } from '../lib/visible.ts';
import { showSource } from '../lib/source.ts';
import type { HostTotals, TaskRef } from '../model/event.ts';
import { NOTHING, blocksOf, type Row } from './changes.ts';
import { exposureRows, exposureSentence } from './exposure.ts';
import { groupsOf, type Group } from './groups.ts';
import { count, hostSet } from './hosts.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { colors } from './paint.ts';
import { coverageLines, failures, itemsOf, summary, unforeseen, type Failure } from './recap.ts';
import type { Reporting, Write } from './reporting.ts';

/** The forges refuse longer comments (GitHub: 65536 characters). */
const ROOM = 60_000;

/** A report to paste into a pull request: what fails, what changes (same diffs once, with their hosts), totals. */
export function markdown(write: Write): Reporting {
  const { ledger, report } = openLedger();
  return {
    report: (event) => {
      report(allVisible(event));
    },
    finish: () => {
      write(documentOf(ledger));
      return Promise.resolve();
    },
  };
}

function documentOf(ledger: Ledger): string {
  const head = headLines(ledger);
  const tail = ['', ...totalsTable(ledger), '', footLine(ledger), ''];
  let room = ROOM - [...head, ...tail].join('\n').length;
  const body: string[] = [];
  let left = 0;
  for (const section of sections(ledger)) {
    room -= section.length + 1;
    if (room > 0) body.push(section);
    else left++;
  }
  if (left > 0)
    body.push(
      '',
      `*${count(left, 'more section')} left out: the report is too long for a comment. Use \`--report json=FILE\` for all of it.*`,
    );
  return [...head, ...body, ...tail].join('\n');
}

function headLines(ledger: Ledger): readonly string[] {
  const { started } = ledger;
  const what = (started?.playbooks ?? []).map(code).join(', ');
  const on = (started?.inventory ?? []).map(code).join(', ');
  return [
    `## orch ${started?.check ? 'check' : 'run'}: ${what}${on === '' ? '' : ` on ${on}`}`,
    '',
    `**${summary(ledger, colors(false))}**${coverageLines(ledger)
      .map((line) => `, ${line}`)
      .join('')}`,
  ];
}

function sections(ledger: Ledger): readonly string[] {
  const failed = failures(ledger);
  const unknown = unforeseen(ledger);
  const changes = ledger.plays.flatMap((play) =>
    play.tasks.flatMap((report) =>
      groupsOf(report)
        .filter(({ outcome }) => outcome.kind === 'changed')
        .map((group) => changeSection(report.task, group)),
    ),
  );
  const warnings = warningsOf(ledger);
  return [
    ...(failed.length > 0 ? ['', '### Failures'] : []),
    ...failed.map(failureSection),
    ...(changes.length > 0
      ? ['', ledger.started?.check ? '### Changes pending' : '### Changes']
      : []),
    ...changes,
    ...exposureSection(ledger),
    ...(unknown.length > 0 ? ['', '### Not foreseen', ''] : []),
    ...unknown.map(
      (one) =>
        `- ${text(`${one.task.name}${itemsOf(one)}`)} on ${code(hostSet(one.hosts))}: ${text(one.why)}`,
    ),
    ...statsSection(ledger),
    ...(warnings.length > 0 ? ['', '### Warnings', ''] : []),
    ...warnings.map((warning) => `- ${warning}`),
  ];
}

/** Who reaches what, before and after. */
function exposureSection(ledger: Ledger): readonly string[] {
  const rows = exposureRows(ledger);
  if (rows.length === 0) return [];
  return ['', '### Exposure', '', ...rows.map((row) => `- ${text(exposureSentence(row))}`)];
}

/** What tasks kept with set_stats. */
function statsSection({ ended }: Ledger): readonly string[] {
  const { stats } = ended ?? {};
  if (!stats) return [];
  const rows = [
    ...Object.entries(stats.hosts),
    ...(Object.keys(stats.run).length === 0 ? [] : [['run', stats.run] as const]),
  ];
  return [
    '',
    '### Stats',
    '',
    ...rows.flatMap(([of, values]) =>
      Object.entries(values).map(
        ([name, value]) => `- ${text(of)}: ${text(name)} = ${code(JSON.stringify(value))}`,
      ),
    ),
  ];
}

function failureSection({ hosts, task, item, outcome, fault }: Failure): string {
  const source = fault?.source ?? task?.source;
  const what = task ? `**${text(task.name)}**` : '**connection lost**';
  const details = [
    `${fault ? `${fault.code}: ` : ''}${fault?.message ?? outcome?.message ?? 'failed'}`,
    ...(outcome?.findings ?? []).flatMap(({ message, cure }) => [
      `- ${message}`,
      ...(cure === undefined ? [] : [`  cure: ${cure.replaceAll('\n', '\n        ')}`]),
    ]),
    ...(fault?.stderr ? ['', 'stderr:', fault.stderr.trimEnd()] : []),
  ].join('\n');
  return [
    '',
    `${what}${item === undefined ? '' : ` (item ${code(item)})`} on ${code(hostSet(hosts))}${source ? ` at ${code(showSource(source))}` : ''}`,
    '',
    fenced('text', details),
    ...(fault ? ['', `Cure: ${text(fault.hint)}`] : []),
  ].join('\n');
}

function changeSection(task: TaskRef, { item, hosts, outcome }: Group): string {
  const disruption = outcome.disruption === 'none' ? '' : ` · ⚠ ${outcome.disruption}`;
  const title = `${text(task.name)}${item === undefined ? '' : ` (item ${code(item)})`}`;
  const lines = blocksOf(outcome.changes).flatMap(({ head, rows }) => [
    ...(head === '' ? [] : [`  ${head}`]),
    ...rows.flatMap(rowLines),
  ]);
  return [
    '',
    `**${title}** on ${count(hosts.length, 'host')}: ${code(hostSet(hosts))}${disruption}`,
    ...(outcome.message === undefined ? [] : ['', text(outcome.message)]),
    ...(lines.length > 0 ? ['', fenced('diff', lines.join('\n'))] : []),
  ].join('\n');
}

function rowLines(row: Row): readonly string[] {
  const label = oneLine(row.label);
  switch (row.kind) {
    case 'set':
      return [
        ...row.removed.map((word) => `-   ${label}: ${oneLine(word)}`),
        ...row.added.map((word) => `+   ${label}: ${oneLine(word)}`),
      ];
    case 'value':
      return [
        ...(row.from === NOTHING ? [] : [`-   ${label}: ${row.from}`]),
        ...(row.to === NOTHING ? [] : [`+   ${label}: ${row.to}`]),
      ];
    case 'text':
      return [`  ${label}:`, ...row.lines];
  }
}

function warningsOf(ledger: Ledger): readonly string[] {
  const general = ledger.warnings.map(
    ({ message, host, source }) =>
      `${host === undefined ? '' : `${code(host)}: `}${text(message)}${source ? ` (${code(showSource(source))})` : ''}`,
  );
  const ofTasks = ledger.plays.flatMap((play) =>
    play.tasks.flatMap((report) =>
      groupsOf(report).flatMap(({ hosts, outcome }) =>
        outcome.warnings.map(
          (warning) => `${code(hostSet(hosts))}: ${text(warning)} (${text(report.task.name)})`,
        ),
      ),
    ),
  );
  return [...new Set([...general, ...ofTasks])];
}

function totalsTable({ ended }: Ledger): readonly string[] {
  const columns = [
    'ok',
    'changed',
    'unreachable',
    'failed',
    'skipped',
    'rescued',
    'ignored',
  ] as const;
  const rows = Object.entries(ended?.totals ?? {}).map(([host, totals]: [string, HostTotals]) =>
    [` ${cell(code(host))} `, ...columns.map((column) => ` ${totals[column]} `)].join('|'),
  );
  const table = [
    `| host | ${columns.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...rows.map((row) => `|${row}|`),
  ];
  return rows.length > 10
    ? ['<details><summary>Totals of each host</summary>', '', ...table, '', '</details>']
    : table;
}

const footLine = ({ started, ended }: Ledger): string =>
  `<sub>orch ${text(started?.orch ?? '')}, run ${code(started?.run ?? '')}, exit ${ended?.exit ?? 'unknown'}</sub>`;

/** Text in which nothing is Markdown, HTML, a mention of a person or a link to an issue. */
const text = (raw: string): string =>
  oneLine(raw)
    .replace(/[\\`*_{}[\]()+!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@#](?=\w)/g, '$&<!-- -->');

/** Text in a code span, whatever backticks it holds. */
function code(raw: string): string {
  const inner = oneLine(raw);
  const ticks = '`'.repeat(longestRun(inner) + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return inner === '' ? '' : `${ticks}${pad}${inner}${pad}${ticks}`;
}

/** A fenced block that its content cannot end. */
function fenced(language: string, content: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(content) + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}

const longestRun = (content: string): number =>
  Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));

const cell = (content: string): string => content.replaceAll('|', '\\|');
