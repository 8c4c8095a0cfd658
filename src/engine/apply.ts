import { OrchError } from '../lib/errors.ts';
import type { Disruption, Plan } from '../model/module.ts';
import type { Part, Reply } from '../model/transport.ts';
import { sending } from './brought.ts';
import { type Fold, current, missing, netOf, seenBefore } from './fold.ts';
import type { RunInput } from './input.ts';
import type { Need, Observations } from './planned.ts';
import { applyScript, readApplied } from './script.ts';

const OBSERVE_DEADLINE = 120_000;
/** Milliseconds the change of one resource may take. */
const APPLY_DEADLINE = 300_000;

/** Milliseconds a plan may take. */
export const deadlineOf = ({ steps }: Pick<Plan, 'steps'>): number =>
  APPLY_DEADLINE + 1000 * steps.reduce((sum, { patience = 0 }) => sum + patience, 0);

/** What became of the change of one resource. */
export type Fate =
  | {
      readonly kind: 'done';
      readonly disruption: Disruption;
      readonly fold: Fold;
      /** What it did besides. */
      readonly toll?: readonly string[];
      /** What the host shows now, and what the steps printed. */
      readonly shown?: Fold;
      readonly said?: string;
    }
  | { readonly kind: 'failed'; readonly error: OrchError }
  | { readonly kind: 'not-run' };

/** The plan of one resource, or why there is none. */
export interface Move {
  readonly key: string;
  readonly fold: Fold;
  readonly plan: Plan | OrchError;
}

/** The changes a wave needs, resource by resource, in the order of their first task. */
export function movesOf(folds: Observations): readonly Move[] {
  return [...folds].flatMap(([key, fold]): Move[] => {
    if (fold instanceof OrchError || netOf(fold).length === 0) return [];
    try {
      return [{ key, fold, plan: fold.resource.plan(seenBefore(fold), current(fold)) }];
    } catch (error) {
      if (error instanceof OrchError) return [{ key, fold, plan: error }];
      throw error;
    }
  });
}

/** The questions of a wave, in the order of its needs. */
export const observeParts = (needs: ReadonlyMap<string, Need>): readonly Part[] =>
  [...needs.values()].map(({ resource, scopes }) => {
    const { script, room } = resource.observe(scopes);
    return { script, deadline: OBSERVE_DEADLINE, ...(room === undefined ? {} : { room }) };
  });

/** What the host showed, by resource key. */
export function readObserved(
  needs: ReadonlyMap<string, Need>,
  replies: readonly Reply[],
): Observations {
  const seen: Observations = new Map();
  for (const [i, [key, { resource, scopes }]] of [...needs].entries()) {
    const reply = replies[i];
    if (!reply) continue;
    seen.set(key, readOne(resource, scopes, reply));
  }
  return seen;
}

function readOne(
  resource: Need['resource'],
  scopes: readonly unknown[],
  reply: Reply,
): Fold | OrchError {
  if (reply.ended === 'deadline') {
    return new OrchError(
      'DEADLINE_PASSED',
      `looking at ${resource.name} took longer than ${OBSERVE_DEADLINE / 1000} s and was ended on the host; nothing was changed`,
    );
  }
  try {
    return { resource, seen: resource.observe(scopes).parse(reply), steps: [] };
  } catch (error) {
    if (error instanceof OrchError) return error;
    throw error;
  }
}

/** One trip that makes the changes up to the first that has no plan, and looks at everything again. */
export function applyParts(
  moves: readonly Move[],
  needs: ReadonlyMap<string, Need>,
  input: Pick<RunInput, 'bytesOf'>,
): readonly Part[] {
  const parts: Part[] = [];
  for (const { plan } of moves) {
    if (plan instanceof OrchError) break;
    const needsAll = parts.map((_, i) => i);
    const brought = plan.steps.map(({ brings }) => brings);
    const sent = sending(brought, input, deadlineOf(plan));
    parts.push({ script: applyScript(plan), needs: needsAll, ...sent });
  }
  return [...parts, ...observeParts(needs)];
}

/** What the reply to `applyParts` says: the fate of each change, and the fresh observation. */
export interface Aftermath {
  readonly fates: ReadonlyMap<string, Fate>;
  readonly seen: Observations;
  /** A guard found the host changed by somebody else; nothing of that resource was written. */
  readonly refused: readonly string[];
}

/** Reads the reply to `applyParts` and proves every change against the fresh observation. */
export function readAftermath(
  moves: readonly Move[],
  needs: ReadonlyMap<string, Need>,
  replies: readonly Reply[],
): Aftermath {
  const planned = moves.findIndex(({ plan }) => plan instanceof OrchError);
  const sent = planned === -1 ? moves.length : planned;
  const seen = readObserved(needs, replies.slice(sent));
  const fates = new Map<string, Fate>();
  const refused: string[] = [];
  let stopped = false;
  for (const [i, move] of moves.entries()) {
    const fate: Fate | 'refused' = stopped ? NOT_RUN : fateOf(move, replies[i], seen.get(move.key));
    if (fate === 'refused') {
      refused.push(move.key);
      fates.set(move.key, { kind: 'failed', error: underneath(move) });
    } else fates.set(move.key, fate);
    stopped ||= fate === 'refused' || fate.kind !== 'done';
  }
  return { fates, seen, refused };
}

const NOT_RUN: Fate = { kind: 'not-run' };

function fateOf(
  move: Move,
  reply: Reply | undefined,
  shown: Fold | OrchError | undefined,
): Fate | 'refused' {
  if (move.plan instanceof OrchError) return { kind: 'failed', error: move.plan };
  if (!reply) return NOT_RUN;
  const applied = readApplied(reply, move.plan);
  if (applied.kind === 'refused') return 'refused';
  if (applied.kind === 'failed') return { kind: 'failed', error: applied.error };
  if (!shown || shown instanceof OrchError) {
    const why = shown ? `: ${shown.message}` : '';
    return {
      kind: 'failed',
      error: new OrchError(
        'NOT_CONVERGED',
        `the change was made, but the host could not be read afterwards${why}`,
      ),
    };
  }
  const left = missing(move.fold, shown.seen);
  if (left.length === 0)
    return {
      kind: 'done',
      disruption: worst(move.plan),
      fold: move.fold,
      toll: tollOf(move, shown),
      shown,
      said: reply.stderr.toString('utf8'),
    };
  return {
    kind: 'failed',
    error: new OrchError(
      'NOT_CONVERGED',
      `all steps succeeded, yet the host does not show: ${left.join('; ')}`,
    ),
  };
}

/** What the change of a resource did besides, where it disturbs at all. */
export const tollOf = ({ fold, plan }: Move, shown: Fold): readonly string[] =>
  plan instanceof OrchError || worst(plan) === 'none'
    ? []
    : (fold.resource.toll?.(fold.seen, shown.seen) ?? []);

const underneath = ({ fold }: Move): OrchError =>
  new OrchError(
    'CHANGED_UNDERNEATH',
    `${fold.resource.name} was changed by someone else between looking and changing, twice; nothing was written`,
  );

/** How much steps disturb, the least first. */
export const SEVERITY: readonly Disruption[] = [
  'none',
  'connection',
  'reload',
  'restart',
  'reboot',
];

/** Why a plan disturbs as much as it does. */
export const reasonOf = (plan: Plan): string | undefined => {
  const most = worst(plan);
  return most === 'none'
    ? undefined
    : plan.steps.find(({ disruption, reason }) => disruption === most && reason !== undefined)
        ?.reason;
};

/** The worst disruption of any step of a plan. */
export const worst = (plan: Plan): Disruption =>
  plan.steps
    .map((step) => step.disruption)
    .reduce<Disruption>((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), 'none');
