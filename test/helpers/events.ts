import type {
  Fault,
  HostTotals,
  Outcome,
  RunEvent,
  Stamped,
  TaskRef,
} from '../../src/model/event.ts';
import type { Change } from '../../src/model/change.ts';
import type { View } from '../../src/report/paint.ts';
import { colors } from '../../src/report/paint.ts';
import type { Reporting, Write } from '../../src/report/reporting.ts';

/** A task of play.yml, its line ten times its number. */
export const task = (n: number, name: string, more: Partial<TaskRef> = {}): TaskRef => ({
  id: `0.tasks.${n}`,
  name,
  module: 'firewalld_port',
  source: { file: 'play.yml', line: n * 10, column: 5 },
  handler: false,
  ...more,
});

export const outcome = (kind: Outcome['kind'], more: Partial<Outcome> = {}): Outcome => ({
  kind,
  changes: [],
  disruption: 'none',
  notes: [],
  warnings: [],
  findings: [],
  ...more,
});

/** A task that opened ports of zone public, for now and for good. */
export const opened = (added: readonly string[], more: Partial<Outcome> = {}): Outcome =>
  outcome('changed', {
    changes: ['runtime', 'permanent'].map((stage): Change => ({
      kind: 'set',
      path: ['zones', 'public', stage, 'ports'],
      added,
      removed: [],
    })),
    ...more,
  });

export const failed = (fault: Partial<Fault> = {}): Outcome => {
  const whole: Fault = { code: 'STEP_FAILED', message: 'it broke', hint: 'Mend it.', ...fault };
  return outcome('failed', { message: whole.message, fault: whole });
};

export const totals = (more: Partial<HostTotals> = {}): HostTotals => ({
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  unknown: 0,
  ...more,
});

export const runStarted = (
  more: Partial<Extract<RunEvent, { type: 'run-started' }>> = {},
): RunEvent => ({
  type: 'run-started',
  run: 'R1',
  orch: '1.2.3',
  check: false,
  diff: true,
  playbooks: ['play.yml'],
  inventory: ['inventories/prod.yml'],
  forks: 50,
  ...more,
});

export const playStarted = (hosts: readonly string[], tasks: readonly TaskRef[]): RunEvent => ({
  type: 'play-started',
  play: 'web',
  source: { file: 'play.yml', line: 1, column: 3 },
  hosts,
  tasks,
});

export const ended = (host: string, task: TaskRef, outcome: Outcome): RunEvent => ({
  type: 'task-ended',
  host,
  task,
  outcome,
});

export const hostEnded = (host: string, t: HostTotals): RunEvent => ({
  type: 'host-ended',
  host,
  totals: t,
  trips: 2,
  handshakes: 1,
});

export const runEnded = (
  all: Readonly<Record<string, HostTotals>>,
  more: Partial<Extract<RunEvent, { type: 'run-ended' }>> = {},
): RunEvent => ({
  type: 'run-ended',
  exit: 0,
  totals: all,
  coverage: { foreseen: 4, total: 4 },
  ms: 4200,
  interrupted: false,
  ...more,
});

export const stamped = (events: readonly RunEvent[]): readonly Stamped[] =>
  events.map((event, i) => ({ v: 1, seq: i + 1, at: '2026-01-02T03:04:05.678Z', ...event }));

/** How reports look in tests unless they say otherwise: no colours, diffs shown. */
export const view = (more: Partial<View> = {}): View => ({
  colors: colors(false),
  diff: true,
  verbosity: 0,
  ...more,
});

/** All a reporter writes about these events. */
export async function told(
  make: (write: Write) => Reporting,
  events: readonly RunEvent[],
): Promise<string> {
  let text = '';
  const reporting = make((more) => (text += more));
  for (const event of stamped(events)) reporting.report(event);
  await reporting.finish();
  return text;
}

/** A run with everything in it: three hosts, same and other changes, a failure, a lost host, a loop, a handler. */
export function eventfulRun(check = false): readonly RunEvent[] {
  const ports = task(1, 'Open the web ports');
  const motd = task(2, 'Write the motd', { module: 'copy' });
  const users = task(3, 'Add users', { module: 'user' });
  const restart = task(1, 'restart web', { id: '0.handlers.1', module: 'service', handler: true });
  const hosts = ['node1', 'node2', 'node3', 'node4'];
  const text: Outcome = outcome('changed', {
    changes: [{ kind: 'text', path: ['content'], from: 'a\nb\n', to: 'a\nc\n' }],
    warnings: ['the old file was backed up'],
  });
  const loop = outcome('changed', {
    items: [
      { label: 'ann', outcome: outcome('ok') },
      {
        label: 'bob',
        outcome: outcome('changed', {
          changes: [{ kind: 'value', path: ['shell'], from: null, to: '/bin/sh' }],
        }),
      },
    ],
  });
  const lost: Fault = {
    code: 'HOST_UNREACHABLE',
    message: 'node4:22 refused the connection',
    hint: 'Try ssh node4 true.',
  };
  const broke = failed({
    message: 'ports of zone public failed (exit 1)',
    stderr: 'Error: COMMAND_FAILED\nsecond line\n',
  });
  return [
    runStarted({ check }),
    playStarted(hosts, [ports, motd, users, restart]),
    { type: 'host-connected', host: 'node1', address: '10.0.0.1:22', ms: 35 },
    {
      type: 'trip-ended',
      host: 'node1',
      purpose: 'observe',
      parts: 3,
      bytesOut: 900,
      bytesIn: 1200,
      ms: 41,
    },
    ended('node2', ports, opened(['443/tcp', '80/tcp'])),
    ended('node2', motd, text),
    { type: 'host-lost', host: 'node4', fault: lost },
    ended('node4', ports, outcome('unreachable', { message: lost.message, fault: lost })),
    ended('node1', ports, opened(['443/tcp', '80/tcp'])),
    {
      type: 'warned',
      message: 'no handler is called "x"',
      host: 'node1',
      source: { file: 'play.yml', line: 12, column: 9 },
    },
    ended('node3', ports, broke),
    ended('node1', motd, outcome('skipped', { message: 'the condition does not hold' })),
    ended('node1', users, loop),
    ended('node1', restart, outcome('ok')),
    ended(
      'node2',
      users,
      outcome('unknown', { message: 'the output of a command is not known in check mode' }),
    ),
    { type: 'play-ended', play: 'web' },
    ...hosts.map((host) => hostEnded(host, TOTALS[host] ?? totals())),
    runEnded(TOTALS, { exit: 2, coverage: { foreseen: 6, total: 7 } }),
  ];
}

const TOTALS: Readonly<Record<string, HostTotals>> = {
  node1: totals({ ok: 3, changed: 2, skipped: 1 }),
  node2: totals({ ok: 2, changed: 2, skipped: 1, unknown: 1 }),
  node3: totals({ failed: 1 }),
  node4: totals({ unreachable: 1 }),
};
