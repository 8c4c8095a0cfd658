import { visible } from '../lib/visible.ts';
import { showSource } from '../lib/source.ts';
import type { Outcome } from '../model/event.ts';
import { openLedger, type Ledger, type PlayReport } from './ledger.ts';
import type { Reporting, Write } from './reporting.ts';
import type { TaskReport } from './track.ts';

/** JUnit XML at the end of the run: a suite per play, a test case per task and host. */
export function junit(write: Write): Reporting {
  const { ledger, report } = openLedger();
  return {
    report,
    finish: () => {
      write(documentOf(ledger));
      return Promise.resolve();
    },
  };
}

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

function documentOf(ledger: Ledger): string {
  const suites = ledger.plays.map((play) => ({ play, cases: casesOf(play) }));
  const all = suites.flatMap(({ cases }) => cases);
  const time = ((ledger.ended?.ms ?? 0) / 1000).toFixed(3);
  const title = `orch ${ledger.started?.check ? 'check' : 'run'}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: title, ...countsOf(all), time })}>`,
    ...suites.flatMap(({ play, cases }) => [
      `  <testsuite${attributes({ name: play.name, ...countsOf(cases), file: play.source.file })}>`,
      ...cases.map(caseXml),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(play: PlayReport): readonly Case[] {
  const lost = [...play.lost].map(([host, fault]) => ({
    name: `connection [${host}]`,
    classname: play.name,
    kind: 'error' as const,
    type: fault.code,
    message: fault.message,
    body: [fault.stderr ?? '', `cure: ${fault.hint}`].filter((line) => line !== '').join('\n'),
  }));
  return [...play.tasks.flatMap(taskCases), ...lost];
}

const taskCases = ({ task, outcomes }: TaskReport): readonly Case[] =>
  [...outcomes].map(([host, outcome]) => ({
    name: `${task.name} [${host}]`,
    classname: `${task.source.file}.${task.module}`,
    kind: kindOf(outcome),
    type: outcome.fault?.code ?? outcome.kind,
    message: messageOf(outcome),
    body: bodyOf(outcome, showSource(task.source)),
  }));

function kindOf({ kind, ignored, handled }: Outcome): Case['kind'] {
  if (ignored || handled === 'rescue') return 'passed';
  if (kind === 'failed') return 'failure';
  if (kind === 'unreachable') return 'error';
  return kind === 'skipped' || kind === 'unknown' ? 'skipped' : 'passed';
}

const messageOf = ({ kind, message, fault }: Outcome): string => {
  const said = fault?.message ?? message ?? '';
  return kind === 'unknown' ? `not foreseen: ${said}` : said;
};

const bodyOf = ({ findings, fault, items }: Outcome, place: string): string =>
  [
    place,
    ...(items ?? [])
      .filter(({ outcome }) => outcome.kind === 'failed')
      .map(({ label, outcome }) => `${label}: ${messageOf(outcome)}`),
    ...findings.map(
      ({ message, cure }) => `- ${message}${cure === undefined ? '' : `\n  cure: ${cure}`}`,
    ),
    ...(fault?.stderr ? [fault.stderr.trimEnd()] : []),
    ...(fault ? [`cure: ${fault.hint}`] : []),
  ].join('\n');

function caseXml({ name, classname, kind, type, message, body }: Case): string {
  const open = `    <testcase${attributes({ name, classname })}`;
  if (kind === 'passed') return `${open}/>`;
  if (kind === 'skipped') return `${open}><skipped${attributes({ message })}/></testcase>`;
  return `${open}><${kind}${attributes({ message, type })}>${escape(body)}</${kind}></testcase>`;
}

const countsOf = (cases: readonly Case[]): Record<string, string> => {
  const n = (kind: Case['kind']): string =>
    String(cases.filter((each) => each.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: n('failure'),
    errors: n('error'),
    skipped: n('skipped'),
  };
};

const attributes = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escape(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');

/** XML 1.0 cannot hold most control characters at all, not even escaped: they are spelt out first. */
const escape = (text: string): string =>
  visible(text)
    .replace(/[\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
