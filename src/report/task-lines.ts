import { oneLine } from '../lib/visible.ts';
import type { Fault, Outcome } from '../model/event.ts';
import type { Value } from '../model/value.ts';
import { blocksOf, type Row } from './changes.ts';
import { groupsOf, type Group } from './groups.ts';
import { count, hostSet } from './hosts.ts';
import type { Colors, View } from './paint.ts';
import type { TaskReport } from './track.ts';

/** The lines below a task's title: one per set of hosts with the same outcome, then what it has to say. */
export function taskLines(report: TaskReport, view: View): readonly string[] {
  const verbose = view.verbosity > 0;
  const shown = { data: verbose, changes: view.diff, notes: verbose };
  const groups = groupsOf(report, shown).flatMap((group) => [
    statusLine(group, view.colors),
    ...detailLines(group.outcome, view).map((line) => (line === '' ? '' : `  ${line}`)),
  ]);
  return [...groups, ...lostLines(report.lost, view.colors)];
}

/** Ansible's line for hosts that were lost. */
export const lostLines = (lost: ReadonlyMap<string, Fault>, colors: Colors): readonly string[] =>
  [...lost].map(([host, fault]) =>
    colors.failed(`fatal: [${host}]: UNREACHABLE! => ${oneLine(fault.message)}`),
  );

function statusLine({ item, hosts, outcome }: Group, colors: Colors): string {
  const who = `[${hostSet(hosts)}]`;
  const of = item === undefined ? '' : ` => (item=${oneLine(item)})`;
  const said = saidBy(outcome);
  const tail = said === '' || said.includes('\n') ? '' : ` => ${said}`;
  switch (outcome.kind) {
    case 'ok':
      return colors.ok(`ok: ${who}${of}${undone(outcome)}${tail}`);
    case 'changed':
      return colors.changed(`changed: ${who}${of}${disrupts(outcome)}${tail}`);
    case 'skipped':
      return colors.skipped(`skipping: ${who}${of}`) + colors.faint(tail);
    case 'unknown':
      return colors.warning(`unforeseen: ${who}${of}${disrupts(outcome)}${tail}`);
    case 'unreachable':
      return colors.failed(`fatal: ${who}: UNREACHABLE!${of}${tail}`);
    case 'failed':
      return colors.failed(
        `${item === undefined ? 'fatal' : 'failed'}: ${who}: FAILED!${of}${tail}`,
      );
  }
}

/** Findings are listed below, each with its cure: the line itself only counts them. */
function saidBy({ message, fault, findings }: Outcome): string {
  if (findings.length > 0) return `${count(findings.length, 'thing')} not as it should be`;
  return message ?? fault?.message ?? '';
}

const undone = ({ undoneBy }: Outcome): string =>
  undoneBy === undefined ? '' : ` (undone by ${undoneBy})`;

const disrupts = ({ disruption, disruptionReason: why }: Outcome): string =>
  disruption === 'none' ? '' : ` (${disruption}${why === undefined ? '' : `: ${oneLine(why)}`})`;

function detailLines(outcome: Outcome, view: View): readonly string[] {
  const { colors, verbosity } = view;
  const said = saidBy(outcome);
  return [
    ...(said.includes('\n') ? said.trimEnd().split('\n') : []),
    ...(view.diff ? changeLines(outcome, colors) : []),
    ...outcome.findings.flatMap(({ message, cure }) => [
      colors.failed(`- ${indented(message)}`),
      ...(cure === undefined ? [] : [`    cure: ${indented(cure, '          ')}`]),
    ]),
    ...(verbosity > 0 ? outcome.notes.map((note) => colors.faint(`note: ${indented(note)}`)) : []),
    ...outcome.warnings.map((warning) => colors.warning(`[WARNING]: ${indented(warning)}`)),
    ...(verbosity > 0 ? outputLines(outcome.data ?? {}, colors) : []),
    ...(verbosity > 1 && outcome.data ? [colors.faint(JSON.stringify(outcome.data))] : []),
    ...(outcome.ignored ? [colors.skipped('...ignoring')] : []),
    ...(outcome.handled === 'rescue' ? [colors.skipped('...rescuing')] : []),
  ].flatMap((line) => line.split('\n'));
}

const indented = (text: string, by = '    '): string => text.trimEnd().replaceAll('\n', `\n${by}`);

/** What a command printed. */
function outputLines(data: Readonly<Record<string, Value>>, colors: Colors): readonly string[] {
  return ['stdout', 'stderr'].flatMap((name) => {
    const text = data[name];
    if (typeof text !== 'string' || text.trim() === '') return [];
    return [
      colors.faint(`${name}:`),
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    ];
  });
}

/** What changed, thing by thing. */
export function changeLines(
  { changes }: Pick<Outcome, 'changes'>,
  colors: Colors,
): readonly string[] {
  return blocksOf(changes).flatMap(({ head, rows }) => {
    const width = Math.max(...rows.map(({ label }) => label.length));
    const inner = rows.flatMap((row) => rowLines(row, width, colors));
    return head === ''
      ? inner
      : [colors.strong(oneLine(head)), ...inner.map((line) => `  ${line}`)];
  });
}

function rowLines(row: Row, width: number, colors: Colors): readonly string[] {
  const label = oneLine(row.label).padEnd(width);
  switch (row.kind) {
    case 'set': {
      const plus = row.added.length > 0 ? [colors.added(`+ ${wordsOf(row.added)}`)] : [];
      const minus = row.removed.length > 0 ? [colors.removed(`- ${wordsOf(row.removed)}`)] : [];
      return [...plus, ...minus].map(
        (line, i) => `${i === 0 ? label : ' '.repeat(width)}  ${line}`,
      );
    }
    case 'value':
      return [`${label}  ${colors.removed(row.from)} -> ${colors.added(row.to)}`];
    case 'text':
      return [label.trimEnd(), ...row.lines.map((line) => `  ${paintDiff(line, colors)}`)];
  }
}

/** Words of a set on one line; those with blanks in them in quotes. */
const wordsOf = (words: readonly string[]): string =>
  words.map((word) => (/\s/.test(word) ? `'${oneLine(word)}'` : word)).join(' ');

function paintDiff(line: string, colors: Colors): string {
  if (line.startsWith('+')) return colors.added(line);
  if (line.startsWith('-')) return colors.removed(line);
  return line.startsWith('@@') ? colors.skipped(line) : line;
}
