import { allVisible, oneLine } from '../lib/visible.ts';
import { showSource } from '../lib/source.ts';
import type { Stamped } from '../model/event.ts';
import { banner } from './banner.ts';
import { openLedger } from './ledger.ts';
import type { View } from './paint.ts';
import { recapLines, seconds } from './recap.ts';
import type { Reporting, Write } from './reporting.ts';
import { lostLines, taskLines } from './task-lines.ts';

/** Lines in Ansible's order for pipes, logs and CI: each task once, when all hosts are through with it. */
export function plain(write: Write, view: View): Reporting {
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
  };
  const { ledger, report } = openLedger({
    play: ({ play, hosts }) =>
      print([
        '',
        banner(`PLAY [${play}]`),
        ...(hosts.length > 0 ? [] : ['skipping: no hosts matched']),
      ]),
    batch: ({ number, of, hosts }) => {
      if (of > 1) print(['', banner(`BATCH ${number} of ${of} [${hosts.join(', ')}]`)]);
    },
    task: (told) => print(['', titleOf(told.task, view), ...taskLines(told, view)]),
    lost: (lost) => print(['', ...lostLines(lost, view.colors)]),
    other: (event) => print(asideLines(event, view)),
  });
  return {
    report: (raw) => {
      const event = allVisible(raw);
      report(event);
      if (event.type === 'run-ended') print(recapLines(ledger, view));
    },
    finish: () => Promise.resolve(),
  };
}

function titleOf(
  task: { name: string; handler: boolean; source: Parameters<typeof showSource>[0] },
  view: View,
): string {
  const title = banner(`${task.handler ? 'RUNNING HANDLER' : 'TASK'} [${task.name}]`);
  return view.verbosity > 1 ? `${title}\ntask path: ${showSource(task.source)}` : title;
}

/** What is told at once, outside the order of tasks: warnings, and with -vv connections and trips. */
export function asideLines(event: Stamped, { colors, verbosity }: View): readonly string[] {
  if (event.type === 'warned') {
    const who = event.host === undefined ? '' : `[${event.host}] `;
    const where = event.source ? ` (${showSource(event.source)})` : '';
    return [colors.warning(`[WARNING]: ${who}${oneLine(event.message)}${where}`)];
  }
  if (event.type === 'safeguard' && verbosity > 0) {
    const time = event.seconds === undefined ? '' : `, the host waits ${event.seconds} s`;
    return [colors.faint(`<${event.host}> safeguard ${event.state}${time}`)];
  }
  if (event.type === 'host-connected' && verbosity > 1) {
    return [colors.faint(`<${event.host}> connected to ${event.address} in ${seconds(event.ms)}`)];
  }
  if (event.type === 'trip-ended' && verbosity > 2) {
    const { host, purpose, parts, bytesOut, bytesIn, ms } = event;
    const amount = `${parts} parts, ${bytesOut} bytes out, ${bytesIn} bytes in`;
    return [colors.faint(`<${host}> trip to ${purpose}: ${amount}, ${seconds(ms)}`)];
  }
  if (event.type === 'task-output' && verbosity > 1) {
    const item = event.item === undefined ? '' : ` (${oneLine(event.item)})`;
    const mark = event.stream === 'stderr' ? '!' : '|';
    return [colors.faint(`<${event.host}>${item} ${mark} ${event.line.slice(0, WIDEST)}`)];
  }
  if (event.type === 'transfer' && verbosity > 1)
    return [colors.faint(`<${event.host}> ${transferOf(event)}`)];
  return [];
}

/** Characters of a line of output that are shown. */
const WIDEST = 2000;

const MIB = 1024 * 1024;

/** How far a transfer came: `sent 412 of 1024 MiB`. */
export const transferOf = ({
  direction,
  bytes,
  size,
}: Pick<Extract<Stamped, { type: 'transfer' }>, 'direction' | 'bytes' | 'size'>): string =>
  `${direction} ${Math.floor(bytes / MIB)}${size === undefined ? '' : ` of ${Math.ceil(size / MIB)}`} MiB`;
