import { OrchError } from '../lib/errors.ts';
import type { Part } from '../model/transport.ts';
import { feed } from './feed.ts';
import type { ReplyDecoder } from './frame.ts';
import type { Ending, Pipe } from './pipe.ts';
import { GREETING_LIMIT } from './shell-errors.ts';

/** Milliseconds to end what runs on a host, and for the trip to notice that it ended. */
export const END_LIMIT = 6_000;

/**
 * How a trip ended: nothing when all parts answered, `lost` when a part was ended and the shell went with it, an
 * error when a source or a taker of bytes failed, `aborted` when it was stopped and what ran was ended, `cut` when it
 * was stopped and nobody knows whether that ended, else what stopped it.
 */
export type Outcome = Ending | OrchError | 'aborted' | 'cut' | 'silent' | 'lost' | undefined;

/** A trip that is under way. */
export interface Watched {
  readonly pipe: Pipe;
  readonly parts: readonly Part[];
  readonly decoder: ReplyDecoder;
  /** Host in the reader's words. */
  readonly label: string;
  readonly signal: AbortSignal | undefined;
  /** Parts whose deadline passed; filled in here. */
  readonly late: Set<number>;
  /** Counts bytes that went out. */
  readonly sent: (bytes: number) => void;
  /** Says who hears the streams of the shell; nobody when nothing. */
  readonly listen: (
    sink: ((stream: 'stdout' | 'stderr', chunk: Buffer) => void) | undefined,
  ) => void;
  /** Ends what the shell runs on the host, `whole`: the shell too; true when that was done. */
  readonly end: (pid: number, whole: boolean) => Promise<boolean>;
  /** Settles when somebody could not take what the host said. */
  readonly failed?: Promise<OrchError>;
}

type Stop = 'deadline' | 'aborted' | 'silent' | OrchError;

/** Waits for the end of a trip, whatever it is: feeds inputs, keeps deadlines. */
export function watchTrip(trip: Watched): Promise<Outcome> {
  return new Promise((resolve) => new Watch(trip, resolve).begin());
}

class Watch {
  readonly #trip: Watched;
  readonly #resolve: (outcome: Outcome) => void;
  #timer: NodeJS.Timeout | undefined;
  /** The part whose deadline runs. */
  #at: number | undefined;
  /** The last part that got its input. */
  #fed = -1;
  #stopping = false;
  #killing = false;
  #over = false;
  /** Why to stop a shell whose greeting is still on its way: what was sent may run already. */
  #ungreeted: 'aborted' | OrchError | undefined;

  constructor(trip: Watched, resolve: (outcome: Outcome) => void) {
    this.#trip = trip;
    this.#resolve = resolve;
  }

  begin(): void {
    const trip = this.#trip;
    trip.listen((stream, chunk) => {
      trip.decoder.push(stream, chunk);
      this.#heard();
    });
    void trip.failed?.then((error) => this.#stop(error));
    void trip.pipe.closed.then((ending) => {
      if (this.#ungreeted !== undefined) this.#giveUp();
      else if (!this.#killing && !trip.signal?.aborted) this.#finish(ending); // else its end was asked for, and is waited for
    });
    trip.signal?.addEventListener('abort', this.#onAbort);
    if (trip.signal?.aborted) this.#onAbort();
    else this.#arm();
  }

  readonly #onAbort = (): void => this.#stop('aborted');

  #finish(outcome: Outcome): void {
    if (this.#over) return; // the shell may end long after this trip, and the listener is another trip's by then
    this.#over = true;
    clearTimeout(this.#timer);
    this.#trip.signal?.removeEventListener('abort', this.#onAbort);
    this.#trip.listen(undefined);
    this.#resolve(outcome);
  }

  #heard(): void {
    const why = this.#ungreeted;
    if (why === undefined) this.#arm();
    else if (this.#trip.decoder.pid !== undefined) {
      this.#ungreeted = undefined;
      this.#stopping = false;
      this.#stop(why);
    }
  }

  #stop(why: Stop): void {
    if (this.#stopping && why !== 'aborted') return;
    this.#stopping = true;
    clearTimeout(this.#timer);
    const { pid } = this.#trip.decoder;
    if (why === 'silent' || (why === 'deadline' && pid === undefined)) this.#finish('silent');
    else if (pid !== undefined) this.#end(pid, why);
    else if (why !== 'deadline') {
      this.#ungreeted = why;
      this.#timer = setTimeout(() => this.#giveUp(), END_LIMIT);
    }
  }

  /** The host did not greet in time to be told to stop. */
  #giveUp(): void {
    this.#finish(this.#ungreeted === 'aborted' ? 'cut' : this.#ungreeted);
  }

  #end(pid: number, why: Exclude<Stop, 'silent'>): void {
    const { decoder, parts, late } = this.#trip;
    const part = decoder.at;
    if (why === 'deadline') late.add(part);
    // A shell whose part did not read its input to the end would take the rest of it for commands.
    const whole = why !== 'deadline' || parts[part]?.input !== undefined;
    this.#killing = whole;
    void this.#trip.end(pid, whole).then((done) => {
      if (why !== 'deadline') this.#finish(why === 'aborted' && !done ? 'cut' : why);
      else if (decoder.at !== part) this.#arm();
      else {
        this.#timer = setTimeout(
          () => this.#finish(done ? 'lost' : { code: undefined, signal: undefined }),
          whole && done ? 0 : END_LIMIT,
        );
      }
    });
  }

  /** Sees where the host is: feeds the part that wants its input, starts the deadline of the part it is at. */
  #arm(): void {
    const { decoder, parts, pipe, label, sent } = this.#trip;
    if (decoder.finished) {
      this.#finish(undefined);
      return;
    }
    const wants = decoder.wants;
    if (wants !== undefined && wants > this.#fed) {
      this.#fed = wants;
      const input = parts[wants]?.input;
      if (input) feed(pipe, input, label, sent).catch((error: unknown) => this.#stop(fault(error)));
    }
    if (decoder.at === this.#at) {
      if (parts[this.#at]?.room !== undefined && !this.#stopping) this.#timer?.refresh();
      return;
    }
    const at = (this.#at = decoder.at);
    this.#stopping = false;
    clearTimeout(this.#timer);
    const limit = at < 0 ? GREETING_LIMIT : parts[at]?.deadline;
    if (limit !== undefined)
      this.#timer = setTimeout(() => this.#stop(at === -1 ? 'silent' : 'deadline'), limit);
  }
}

/** What a source or taker of bytes threw, as an error about the transfer. */
export function fault(error: unknown): OrchError {
  if (error instanceof OrchError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new OrchError('TRANSFER_FAILED', `a transfer was given up here: ${why}`, { cause: error });
}
