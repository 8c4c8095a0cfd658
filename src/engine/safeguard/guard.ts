import type { Source } from '../../lib/source.ts';
import type { RunEvent } from '../../model/event.ts';
import type { Block } from '../../model/play.ts';
import type { Step } from '../../model/module.ts';
import type { Identity } from '../../model/transport.ts';
import { type Fold, type Folded, refold } from '../fold.ts';
import { OrchError } from '../../lib/errors.ts';
import type { Need, Observations } from '../planned.ts';
import type { Move } from '../apply.ts';
import { type Cursor, blocksOf } from '../cursor.ts';
import { sameIdentity } from '../identity.ts';
import type { RunInput } from '../input.ts';
import type { Machine } from '../machine.ts';
import type { WaveUndo } from './arm-script.ts';
import type { Settings } from './settings.ts';
import type { Place, UndoId } from './place.ts';

/** The safeguard of one host: a transaction over all its waves, from the first change to the confirmation. */
export class Guard {
  readonly id: UndoId;
  readonly host: string;
  /** Where the host keeps its undo. */
  readonly place: Place;
  /** What it covers. */
  readonly block: Block;
  readonly settings: Settings;
  /** Place of the keyword. */
  readonly source: Source;
  /** One line for whoever finds the undo on the host. */
  readonly about: string;
  /** Addresses and networks that must keep their way in. */
  readonly sources: readonly string[];
  /** Whether the host will undo by itself. */
  armed = false;
  /** Whether it was told that nothing on the host takes back at boot what lasts. */
  unhooked = false;
  /** The undos the host has, wave by wave. */
  readonly undos: WaveUndo[] = [];
  /** Why it will be taken back: a task failed, and nothing inside rescues it. */
  why: string | undefined;
  /** What was observed of a resource before the first change in here. */
  readonly first = new Map<string, Fold>();
  /** What the tasks in here made of each resource; what waits is planned anew from it. */
  readonly folds = new Map<string, readonly Folded[]>();
  /** What each resource showed last, with all of `folds` over it. */
  readonly latest = new Map<string, Fold>();
  /** Resources that a task changes which hides what it says. */
  readonly hidden = new Set<string>();
  /** What has to be asked to see all of it. */
  readonly needs = new Map<string, Need>();
  #identity: Identity | undefined;
  #machine: Machine | undefined;

  constructor(given: {
    readonly id: UndoId;
    readonly host: string;
    readonly place: Place;
    readonly block: Block;
    readonly settings: Settings;
    readonly source: Source;
    readonly about: string;
    readonly sources: readonly string[];
  }) {
    this.id = given.id;
    this.host = given.host;
    this.place = given.place;
    this.block = given.block;
    this.settings = given.settings;
    this.source = given.source;
    this.about = given.about;
    this.sources = given.sources;
  }

  /** Whether something was changed, or is to be written down in the end. */
  get changed(): boolean {
    return this.armed || this.folds.size > 0;
  }

  /** Where its changes are made; nothing before the first. */
  get machine(): Machine | undefined {
    return this.#machine;
  }

  /** Waves whose undo the host has. */
  get waves(): number {
    return this.undos.length;
  }

  /** The host has the undo of one more wave. */
  note(undo: WaveUndo): void {
    this.undos.push(undo);
  }

  /** What was seen before the first change is old: the host is looked at again. */
  startAnew(): void {
    if (this.waves === 0) this.first.clear();
  }

  /** Who undoes, and where: whoever made the first change. Throws REFUSED for another. */
  identity(wanted: Identity, machine: Machine): Identity {
    this.#identity ??= wanted;
    this.#machine ??= machine;
    if (this.#machine !== machine) {
      throw new OrchError('REFUSED', 'all changes under one safeguard are made on one machine', {
        source: this.source,
        hint: 'Take tasks with delegate_to that change something out of the safeguard.',
      });
    }
    if (sameIdentity(this.#identity, wanted)) return this.#identity;
    throw new OrchError('REFUSED', 'all changes under one safeguard are made by one user', {
      source: this.source,
      hint: 'Set the same become and become_user on all tasks that change something, or give the others a safeguard of their own.',
    });
  }

  /** A task failed; where the host goes on from decides whether the safeguard is left. */
  broke(on: Cursor, why: string): void {
    if (!blocksOf(on).includes(this.block)) this.why ??= why;
  }

  /** Notes how things were before the first change. */
  begin(moves: readonly Move[]): void {
    for (const { key, fold } of moves)
      if (!this.first.has(key)) this.first.set(key, { ...fold, steps: [] });
  }

  /** Tells what happens to it. */
  tell(
    { emit }: Pick<RunInput, 'emit'>,
    more: Pick<Extract<RunEvent, { type: 'safeguard' }>, 'state' | 'seconds' | 'message' | 'user'>,
  ): void {
    emit({ type: 'safeguard', host: this.host, id: this.id, ...more });
  }

  /** Who the undo runs as; nothing before the first change. */
  get user(): Identity {
    return this.#identity ?? {};
  }

  /** The undo of one more wave. Throws REFUSED when a step cannot be taken back. */
  next(steps: readonly Step[]): WaveUndo {
    const gone = steps.find(({ inverse }) => !inverse);
    if (gone) {
      throw new OrchError(
        'REFUSED',
        `under a safeguard every step must have a way back, and there is none for: ${gone.name}`,
        {
          source: this.source,
          hint: 'Give the task `undo:` tasks, or take it out of the safeguard.',
        },
      );
    }
    const lasting = steps.some(({ stage }) => stage === 'persistent');
    const files = [...new Set(steps.flatMap((step) => step.files ?? []))];
    return { wave: this.waves + 1, steps, lasting, files };
  }

  /** What the host shows now, as the tasks in here see it: with all that waits already done. */
  over(seen: Observations): Observations {
    const folded: Observations = new Map();
    for (const [key, fold] of seen) {
      if (fold instanceof OrchError) {
        folded.set(key, fold);
        continue;
      }
      const whole = refold(fold, this.folds.get(key) ?? []);
      folded.set(key, whole);
      if (!this.first.has(key)) this.first.set(key, fold);
      if (this.folds.has(key)) this.latest.set(key, whole);
    }
    return folded;
  }

  /** Keeps what a wave made of its resources, and how they are looked at. */
  remember(folds: Observations, needs: ReadonlyMap<string, Need>): void {
    for (const [key, { resource, scopes }] of needs) {
      const known = this.needs.get(key)?.scopes ?? [];
      this.needs.set(key, { resource, scopes: [...known, ...scopes] });
    }
    for (const [key, fold] of folds) {
      if (fold instanceof OrchError || fold.steps.every(({ changes }) => changes.length === 0))
        continue;
      this.folds.set(key, fold.steps);
      this.latest.set(key, fold);
    }
  }
}
