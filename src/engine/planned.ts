import { OrchError } from '../lib/errors.ts';
import type { Outcome, TaskRef } from '../model/event.ts';
import type { Effect } from '../model/effect.ts';
import type { Resource } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Value } from '../model/value.ts';
import type { Cursor, Step } from './cursor.ts';
import type { Doubts } from './doubts.ts';
import type { Fold, Folded } from './fold.ts';
import type { Resolved } from './resolve.ts';
import type { Spot } from './stage.ts';

/** What one resource has to be asked, for all tasks of a wave together. */
export interface Need {
  readonly resource: Resource<unknown, unknown, unknown>;
  readonly scopes: readonly unknown[];
}

/** Arguments that were worked out to know what to look at, and the mark of what the host had been given by then. */
export interface Early {
  readonly resolved: Resolved;
  readonly mark: number;
}

/** One task, or one item of a loop, as planned; what it does to a resource is not yet proved. */
export interface PlannedPart {
  readonly label: string | undefined;
  readonly outcome: Outcome;
  readonly scope: Scope;
  readonly key?: string;
  readonly folded?: Folded;
  /** Variables it gives the host, as facts of it or, when nothing is said, as set_fact does. */
  readonly facts?: Readonly<Record<string, Value>>;
  readonly kind?: 'facts';
  /** What set_fact gives is a fact of the host as well. */
  readonly cacheable?: true;
  /** What it wants the engine to do. */
  readonly effect?: Effect;
}

/** A task as planned on one host. */
export interface Planned {
  readonly step: Step;
  readonly task: Task;
  readonly ref: TaskRef;
  readonly parts: readonly PlannedPart[];
  readonly scope: Scope;
  /** Where the host stands behind it, when it goes well. */
  readonly then: Cursor;
}

/** Whether a task registers what nobody knows before its change is made: whoever reads it has to wait. */
export const tells = ({ task, parts }: Planned): boolean =>
  task.register !== undefined &&
  parts.some(({ folded }) => folded?.module.told !== undefined && folded.changes.length > 0);

/** Observations by resource key: what the host showed, or why it could not be understood. */
export type Observations = Map<string, Fold | OrchError>;

/** What came of planning a wave. */
export interface WavePlan {
  readonly planned: readonly Planned[];
  readonly folds: Observations;
}

/** The tasks whose effect on a thing is foreseen to the letter: its fold holds them. */
export const heldIn = (folds: Observations, key: string | undefined): readonly string[] => {
  const fold = folds.get(key ?? '');
  return !fold || fold instanceof OrchError ? [] : fold.steps.map(({ task }) => task);
};

/** All that planning one task needs. */
export interface Desk extends Omit<Spot, 'at'> {
  readonly folds: Observations;
  readonly needs: ReadonlyMap<string, Need>;
  /** By the position of the task. */
  readonly early: ReadonlyMap<string, Early>;
  /** Nothing will be sent: later tasks see what earlier ones would have done. */
  readonly check: boolean;
  /** What tasks that may or may not run would do. */
  readonly doubts: Doubts;
}
