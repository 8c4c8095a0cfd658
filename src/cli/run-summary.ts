import type { Stamped } from '../model/event.ts';

/** What `--limit @RUN:WORD` may say. */
export const ENDS = ['failed', 'unreachable', 'changed', 'unfinished'] as const;

/** How hosts of a run ended; one may be in several. */
export type End = (typeof ENDS)[number];

/** A run as its journal tells it. */
export interface RunSummary {
  readonly run: string;
  readonly check: boolean;
  readonly playbooks: readonly string[];
  readonly words: readonly string[] | undefined;
  readonly cwd: string | undefined;
  readonly hosts: readonly string[];
  /** Nothing when the run did not come to its end: killed, or still at work. */
  readonly exit: number | undefined;
  /** Hosts by how they ended. */
  readonly ends: Readonly<Record<End, ReadonlySet<string>>>;
}

/** Reads a run from its events, whole or cut. */
export function summaryOf(run: string, events: readonly Stamped[]): RunSummary {
  const hosts = new Set<string>();
  const ended = new Set<string>();
  const ends: Record<End, Set<string>> = {
    failed: new Set(),
    unreachable: new Set(),
    changed: new Set(),
    unfinished: new Set(),
  };
  let exit: number | undefined;
  let started: Extract<Stamped, { type: 'run-started' }> | undefined;
  for (const event of events) {
    if (event.type === 'run-started') started = event;
    else if (event.type === 'play-started') for (const host of event.hosts) hosts.add(host);
    else if (event.type === 'host-ended') ended.add(event.host);
    else if (event.type === 'run-ended') exit = event.exit;
    else for (const end of endsOf(event)) ends[end].add('host' in event ? (event.host ?? '') : '');
  }
  for (const host of hosts)
    if (!ended.has(host) || ends.failed.has(host) || ends.unreachable.has(host))
      ends.unfinished.add(host);
  return { run, ...startOf(started), hosts: [...hosts], exit, ends };
}

/** Whether a run may be gone on with or taken back: no check, and none that only decided over another one. */
export const hasActed = ({ check, words }: RunSummary): boolean => !check && words !== undefined;

/** How a run was started; of a journal without a beginning nothing is known. */
const startOf = (
  started: Extract<Stamped, { type: 'run-started' }> | undefined,
): Pick<RunSummary, 'check' | 'playbooks' | 'words' | 'cwd'> => ({
  check: started?.check ?? false,
  playbooks: started?.playbooks ?? [],
  words: started?.command?.words,
  cwd: started?.command?.cwd,
});

/** What an event says about how its host ends. */
function endsOf(event: Stamped): readonly End[] {
  if (event.type === 'host-lost') return ['unreachable'];
  if (event.type === 'safeguard') return event.state === 'rolled-back' ? ['failed'] : [];
  if (event.type !== 'task-ended') return [];
  const { kind, ignored, handled, changedToo } = event.outcome;
  const lasting = !ignored && handled !== 'rescue';
  return [
    ...(kind === 'failed' && lasting ? ['failed' as const] : []),
    ...(kind === 'unreachable' && lasting ? ['unreachable' as const] : []),
    ...(kind === 'changed' || changedToo ? ['changed' as const] : []),
  ];
}
