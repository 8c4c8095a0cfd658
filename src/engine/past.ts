import type { Outcome, RunEvent, TaskRef } from '../model/event.ts';
import type { Past } from '../model/past.ts';

/** A task that ended on a host for good. */
interface Done {
  readonly task: TaskRef;
  readonly outcome: Outcome;
}

/** What a journal tells of one host on its way. */
interface Track {
  readonly done: Done[];
  /** Ended under a safeguard that is not decided yet. */
  open: Done[] | undefined;
  /** It failed or was lost: what came behind that only cleaned up. */
  broken: boolean;
}

/**
 * Reads what is done from the events of a run. What a safeguard covers counts once it was confirmed: it was taken back
 * otherwise, or the host does so by itself. The task at which a host failed or was lost is still to be done.
 */
export function pastOf(run: string, events: readonly RunEvent[]): Past {
  const tracks = new Map<string, Track>();
  for (const event of events) {
    if (event.type === 'task-ended') ended(trackOf(tracks, event.host), event);
    if (event.type === 'safeguard') guarded(trackOf(tracks, event.host), event.state);
  }
  const left = new Map([...tracks].map(([host, { done }]) => [host, [...done]]));
  return {
    run,
    more: (host) => (left.get(host)?.length ?? 0) > 0,
    next: (host, task) => {
      const [first] = left.get(host) ?? [];
      return first && same(first.task, task) ? first.outcome : undefined;
    },
    pass: (host) => void left.get(host)?.shift(),
    forget: (host) => void left.delete(host),
  };
}

function trackOf(tracks: Map<string, Track>, host: string): Track {
  const known = tracks.get(host) ?? { done: [], open: undefined, broken: false };
  tracks.set(host, known);
  return known;
}

function ended(track: Track, { task, outcome }: Done): void {
  if (track.broken) return;
  const failed = outcome.kind === 'failed' || outcome.kind === 'unreachable';
  if (failed && !outcome.ignored && outcome.handled !== 'rescue') {
    track.broken = true;
    return;
  }
  (track.open ?? track.done).push({ task, outcome });
}

function guarded(track: Track, state: Extract<RunEvent, { type: 'safeguard' }>['state']): void {
  if (state === 'confirmed') {
    track.done.push(...(track.open ?? []));
    track.open = undefined;
  } else if (state === 'rolled-back') {
    track.open = undefined;
    track.broken = true;
  } else track.open ??= [];
}

/** The file may lie elsewhere by now; what stands in it may not. */
const same = (a: TaskRef, b: Pick<TaskRef, 'id' | 'module' | 'source'>): boolean =>
  a.id === b.id && a.module === b.module && a.source.line === b.source.line;
