import { allVisible, oneLine } from '../lib/visible.ts';
import type { Fault, Outcome } from '../model/event.ts';
import { Float, type Value } from '../model/value.ts';
import type { View } from './paint.ts';
import type { Reporting, Write } from './reporting.ts';
import { asideLines } from './plain.ts';
import { changeLines } from './task-lines.ts';

/** Modules whose result is what a command printed. */
const COMMANDS = new Set(['command', 'shell', 'raw', 'script']);

/** How the results of one task on many hosts are told. */
export interface AdHocView extends View {
  /** A line for each host. */
  readonly oneLine: boolean;
}

/** What `ansible` prints of one task: each host when it is done, `host | CHANGED | rc=0 >>` and what it said. */
export function adHoc(write: Write, aside: Write, view: AdHocView): Reporting {
  const lost = new Set<string>();
  return {
    report: (raw) => {
      const event = allVisible(raw);
      if (event.type === 'task-ended') {
        // A host that is lost is told once, whichever of the two events comes first.
        const again = event.outcome.kind === 'unreachable' && lost.has(event.host);
        if (event.outcome.kind === 'unreachable') lost.add(event.host);
        if (!again) write(`${told(event.host, event.task.module, event.outcome, view)}\n`);
      } else if (event.type === 'host-lost') {
        if (!lost.has(event.host)) write(`${unreachable(event.host, event.fault, view)}\n`);
        lost.add(event.host);
      } else {
        const lines = asideLines(event, view);
        if (lines.length > 0) aside(`${lines.join('\n')}\n`);
      }
    },
    finish: () => Promise.resolve(),
  };
}

function told(host: string, module: string, outcome: Outcome, view: AdHocView): string {
  const { colors } = view;
  const diff = view.diff ? changeLines(outcome, colors).map((line) => `${line}\n`) : [];
  const text = statusOf(host, module, outcome, view);
  const warnings = outcome.warnings.map(
    (one) => `\n${colors.warning(`[WARNING]: ${oneLine(one)}`)}`,
  );
  return [...diff, text, ...warnings].join('');
}

function statusOf(host: string, module: string, outcome: Outcome, view: AdHocView): string {
  const { colors } = view;
  switch (outcome.kind) {
    case 'skipped':
      return colors.skipped(`${host} | SKIPPED`);
    case 'unknown':
      return colors.skipped(`${host} | SKIPPED => not foreseen: ${oneLine(outcome.message ?? '')}`);
    case 'unreachable':
      return unreachable(host, outcome.fault ?? { message: outcome.message ?? '' }, view);
    case 'failed':
      return colors.failed(
        COMMANDS.has(module) && !view.oneLine && outcome.data?.['rc'] !== undefined
          ? printed(host, 'FAILED', outcome, false)
          : `${host} | FAILED! => ${json(resultOf(outcome), view.oneLine)}`,
      );
    case 'ok':
    case 'changed': {
      const changed = outcome.kind === 'changed';
      const word = changed ? 'CHANGED' : 'SUCCESS';
      const text =
        COMMANDS.has(module) && outcome.data?.['rc'] !== undefined
          ? printed(host, word, outcome, view.oneLine)
          : `${host} | ${word} => ${json(module === 'debug' ? saidOf(outcome) : resultOf(outcome), view.oneLine)}`;
      return changed ? colors.changed(text) : colors.ok(text);
    }
  }
}

function unreachable(host: string, fault: Pick<Fault, 'message'>, view: AdHocView): string {
  const result = { changed: false, msg: fault.message, unreachable: true };
  return view.colors.failed(
    view.oneLine
      ? `${host} | UNREACHABLE!: ${oneLine(fault.message)}`
      : `${host} | UNREACHABLE! => ${json(result, false)}`,
  );
}

/** What a command printed, as it printed it. */
function printed(host: string, word: string, outcome: Outcome, short: boolean): string {
  const text = (name: string): string => {
    const value = outcome.data?.[name];
    return typeof value === 'string' ? value : '';
  };
  const [out, err] = [text('stdout'), text('stderr')];
  const rc = JSON.stringify(outcome.data?.['rc']);
  if (!short) {
    const said = [out, err, text('msg') || (outcome.fault?.message ?? '')].filter(Boolean);
    return `${host} | ${word} | rc=${rc} >>\n${said.join('\n')}`;
  }
  const line = (one: string): string => one.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${host} | ${word} | rc=${rc} | (stdout) ${line(out)}${err === '' ? '' : ` (stderr) ${line(err)}`}`;
}

/** What debug said, and no more: as `ansible` prints it. */
function saidOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { changed: _, msg, ...data } = resultOf(outcome);
  return Object.keys(data).length > 0 ? data : { msg };
}

/** What the module said, with what became of it. */
function resultOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { fault, message, findings, items } = outcome;
  // The changes are told by --diff.
  const { diff: _, ...data } = outcome.data ?? {};
  const msg = fault?.message ?? message;
  return {
    changed: outcome.kind === 'changed' || outcome.changedToo === true,
    ...(msg === undefined ? {} : { msg }),
    ...(findings.length > 0 ? { findings } : {}),
    ...(items
      ? { results: items.map((one) => ({ item: one.label, ...resultOf(one.outcome) })) }
      : {}),
    ...data,
  };
}

/** JSON with sorted keys, over many lines or in one. */
function json(value: Readonly<Record<string, unknown>>, short: boolean): string {
  const whole = JSON.stringify(sorted(value as Value), null, short ? 1 : 4);
  return short ? whole.replace(/\n */g, '') : whole;
}

function sorted(value: Value): unknown {
  if (Array.isArray(value)) return (value as readonly Value[]).map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Float) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one as Value)]),
  );
}
