import type { Source } from '../lib/source.ts';
import type { Plain } from './change.ts';

/** How a host was reached, and as whom, when it was changed. */
export interface Reached {
  readonly host: string;
  /** Who changed it, where that was not the login user. */
  readonly user?: string;
  /** The login user, where the host is not this machine. */
  readonly login?: string;
  /** The host is this machine. */
  readonly local?: true;
}

/** One thing of a resource, as it was and is; left out: there was, or is, none. */
export interface KeptThing {
  readonly path: readonly string[];
  readonly before?: Plain;
  /** Long texts by their hash. */
  readonly after?: Plain;
}

/** One thing of a resource that was changed and cannot be restored from here, and why. */
export interface LostThing {
  readonly path: readonly string[];
  readonly why: string;
}

/** A resource of a host was changed: how it was, and how it is now. For journals alone; `orch rollback` reads it. */
export interface ResourceChanged extends Reached {
  readonly type: 'resource-changed';
  /**
   * `begun`: as planned, before anything was sent. `done`: as it was seen then; without things where all came as planned.
   * `undone`: nothing of it stayed.
   */
  readonly phase: 'begun' | 'done' | 'undone';
  readonly resource: string;
  readonly key: string;
  /** How it is looked at. */
  readonly scopes?: readonly Plain[];
  readonly things?: readonly KeptThing[];
  readonly lost?: readonly LostThing[];
  /** How things are made again that are not there: mode and owner of files. */
  readonly how?: Plain;
}

/** An action changed a host, and how its `undo` tasks would take it back. For journals alone. */
export interface ActionUndo extends Reached {
  readonly type: 'action-undo';
  readonly name: string;
  readonly source: Source;
  /** Left out where a secret is in it. */
  readonly script?: string;
}

/** Whether an event is for journals alone: it holds what was on hosts. */
export const isForJournal = ({ type }: { readonly type: string }): boolean =>
  type === 'resource-changed' || type === 'action-undo';
