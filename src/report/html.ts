import { showSource } from '../lib/source.ts';
import { allVisible } from '../lib/visible.ts';
import type { TaskRef } from '../model/event.ts';
import { blocksOf, NOTHING, type Row } from './changes.ts';
import { exposureRows, exposureSentence } from './exposure.ts';
import { groupsOf, type Group } from './groups.ts';
import { count, hostSet } from './hosts.ts';
import { STYLE } from './html-style.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { pictureOf } from './matrix-svg.ts';
import { matricesOf, matrixTitle } from './matrix.ts';
import { colors } from './paint.ts';
import { coverageLines, failures, itemsOf, summary, unforeseen, type Failure } from './recap.ts';
import type { Reporting, Write } from './reporting.ts';
import { escapeHtml as text } from './escape-html.ts';

/** One page that needs nothing else: what fails, what changes, who reaches whom, totals. No scripts, no fonts, no links out. */
export function html(write: Write): Reporting {
  const { ledger, report } = openLedger();
  return {
    report: (event) => {
      report(allVisible(event));
    },
    finish: () => {
      write(pageOf(ledger));
      return Promise.resolve();
    },
  };
}

function pageOf(ledger: Ledger): string {
  const { started, ended } = ledger;
  const what = (started?.playbooks ?? []).join(', ');
  const title = `orch ${started?.check ? 'check' : 'run'}: ${what}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    `<title>${text(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${text(title)}</h1>`,
    `<p class="summary">${text([summary(ledger, colors(false)), ...coverageLines(ledger)].join(', '))}</p>`,
    ...section(
      'Failures',
      failures(ledger).map((failure) => failureOf(failure)),
    ),
    ...section(started?.check ? 'Changes pending' : 'Changes', changesOf(ledger)),
    ...section('Exposure', exposureOf(ledger)),
    ...section('Not foreseen', unforeseenOf(ledger)),
    ...section('Who reaches whom', picturesOf(ledger)),
    ...section('Warnings', warningsOf(ledger)),
    ...section('Hosts', [totalsOf(ledger)]),
    `<footer>orch ${text(started?.orch ?? '')}, run ${text(started?.run ?? '')}, inventory ${text((started?.inventory ?? []).join(', '))}, exit ${ended?.exit ?? 'unknown'}</footer>`,
    '</body></html>',
    '',
  ].join('\n');
}

const section = (title: string, parts: readonly string[]): readonly string[] =>
  parts.length === 0 ? [] : [`<h2>${text(title)}</h2>`, ...parts];

function failureOf({ hosts, task, item, outcome, fault }: Failure): string {
  const source = fault?.source ?? task?.source;
  const findings = outcome?.findings ?? [];
  const message = `${fault ? `${fault.code}: ` : ''}${fault?.message ?? outcome?.message ?? 'failed'}`;
  return [
    '<article class="failed">',
    `<h3>${text(task?.name ?? 'connection lost')}${item === undefined ? '' : ` <small>item ${text(item)}</small>`}</h3>`,
    `<p class="where">${text(hostSet(hosts))}${source ? ` · ${text(showSource(source))}` : ''}</p>`,
    ...(findings.length > 0 ? [] : [`<pre>${text(message)}</pre>`]),
    ...findings.map(
      (finding) =>
        `<div class="finding"><p>${text(finding.message)}</p>${finding.cure === undefined ? '' : `<pre class="cure">${text(finding.cure)}</pre>`}</div>`,
    ),
    ...(fault?.stderr ? [`<pre class="stderr">${text(fault.stderr.trimEnd())}</pre>`] : []),
    ...(fault && findings.length === 0 ? [`<p class="cure">Cure: ${text(fault.hint)}</p>`] : []),
    '</article>',
  ].join('\n');
}

const changesOf = (ledger: Ledger): readonly string[] =>
  ledger.plays.flatMap((play) =>
    play.tasks.flatMap((report) =>
      groupsOf(report)
        .filter(({ outcome }) => outcome.kind === 'changed')
        .map((group) => changeOf(report.task, group)),
    ),
  );

function changeOf(task: TaskRef, { item, hosts, outcome }: Group): string {
  const { disruption } = outcome;
  const lines = blocksOf(outcome.changes).flatMap(({ head, rows }) => [
    ...(head === '' ? [] : [`<span class="head">${text(head)}</span>`]),
    ...rows.flatMap(rowLines),
  ]);
  return [
    '<article class="changed">',
    `<h3>${text(task.name)}${item === undefined ? '' : ` <small>item ${text(item)}</small>`}${disruption === 'none' ? '' : ` <small class="warn">${text(disruption)}</small>`}</h3>`,
    `<p class="where">${text(count(hosts.length, 'host'))}: ${text(hostSet(hosts))} · ${text(showSource(task.source))}</p>`,
    ...(outcome.message === undefined ? [] : [`<p>${text(outcome.message)}</p>`]),
    ...(lines.length > 0 ? [`<pre class="diff">${lines.join('\n')}</pre>`] : []),
    '</article>',
  ].join('\n');
}

const plus = (line: string): string => `<ins>+ ${text(line)}</ins>`;
const minus = (line: string): string => `<del>- ${text(line)}</del>`;

function rowLines(row: Row): readonly string[] {
  switch (row.kind) {
    case 'set':
      return [
        ...row.removed.map((word) => minus(`${row.label}: ${word}`)),
        ...row.added.map((word) => plus(`${row.label}: ${word}`)),
      ];
    case 'value':
      return [
        ...(row.from === NOTHING ? [] : [minus(`${row.label}: ${row.from}`)]),
        ...(row.to === NOTHING ? [] : [plus(`${row.label}: ${row.to}`)]),
      ];
    case 'text':
      return [
        text(`${row.label}:`),
        ...row.lines.map((line) =>
          line.startsWith('+')
            ? `<ins>${text(line)}</ins>`
            : line.startsWith('-')
              ? `<del>${text(line)}</del>`
              : text(line),
        ),
      ];
  }
}

const exposureOf = (ledger: Ledger): readonly string[] => {
  const rows = exposureRows(ledger).map((row) => `<li>${text(exposureSentence(row))}</li>`);
  return rows.length === 0 ? [] : [`<ul>${rows.join('\n')}</ul>`];
};

const unforeseenOf = (ledger: Ledger): readonly string[] => {
  const rows = unforeseen(ledger).map(
    (one) =>
      `<li>${text(`${one.task.name}${itemsOf(one)}`)} on ${text(hostSet(one.hosts))}: ${text(one.why)}</li>`,
  );
  return rows.length === 0 ? [] : [`<ul>${rows.join('\n')}</ul>`];
};

const picturesOf = (ledger: Ledger): readonly string[] =>
  matricesOf(ledger).map((matrix) => `<h3>${text(matrixTitle(matrix))}</h3>\n${pictureOf(matrix)}`);

function warningsOf(ledger: Ledger): readonly string[] {
  const general = ledger.warnings.map(({ message, host }) =>
    host === undefined ? message : `${host}: ${message}`,
  );
  const ofTasks = ledger.plays.flatMap((play) =>
    play.tasks.flatMap((report) =>
      groupsOf(report).flatMap(({ hosts, outcome }) =>
        outcome.warnings.map((warning) => `${hostSet(hosts)}: ${warning} (${report.task.name})`),
      ),
    ),
  );
  const all = [...new Set([...general, ...ofTasks])];
  return all.length === 0
    ? []
    : [`<ul>${all.map((one) => `<li>${text(one)}</li>`).join('\n')}</ul>`];
}

const COLUMNS = [
  'ok',
  'changed',
  'unreachable',
  'failed',
  'skipped',
  'rescued',
  'ignored',
] as const;

function totalsOf({ ended, costs }: Ledger): string {
  const rows = Object.entries(ended?.totals ?? {}).map(([host, totals]) => {
    const cells = COLUMNS.map(
      (name) => `<td class="${totals[name] > 0 ? name : 'none'}">${totals[name]}</td>`,
    );
    return `<tr><th scope="row">${text(host)}</th>${cells.join('')}<td class="none">${costs.get(host)?.trips ?? 0}</td></tr>`;
  });
  return [
    '<table class="totals">',
    `<tr><th scope="col">host</th>${[...COLUMNS, 'trips'].map((name) => `<th scope="col">${name}</th>`).join('')}</tr>`,
    ...rows,
    '</table>',
  ].join('\n');
}
