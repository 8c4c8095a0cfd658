import type { TaskRef } from '../model/event.ts';
import type { ActionModule, AnyModule } from '../model/module.ts';
import type { Scope } from '../model/scope.ts';
import type { Part } from '../model/transport.ts';
import type { Ready } from './act.ts';
import type { RunInput } from './input.ts';
import { refFor } from './refs.ts';
import { isHidden } from './shown.ts';
import type { Step } from './cursor.ts';
import type { Stage } from './stage.ts';

/** From this verbosity on, what commands print is told while they run. */
const FROM = 2;
/** Characters of a task on a host that are told at most; the result has the rest. */
const MOST = 1_000_000;
/** A line longer than this is not told while it grows: no secret in it may be told by halves. */
const LONGEST = 65_536;
/** Milliseconds between two states of a line that a program writes over itself, such as a progress bar. */
const REDRAWN = 1000;

/** An action whose output is told as it comes, where that was asked for and the task hides nothing. */
export function heard(
  ready: Ready,
  {
    stage,
    step,
    host,
    module,
    scope,
    item,
  }: {
    readonly stage: Stage;
    readonly step: Step;
    readonly host: string;
    readonly module: AnyModule;
    readonly scope: Scope;
    readonly item?: string | undefined;
  },
): Ready {
  const { input } = stage;
  if (input.options.verbosity < FROM || module.kind !== 'action' || !module.says || ready.foresees)
    return ready;
  if (isHidden(step.task, [scope])) return ready;
  const task = refFor(stage, step, scope);
  const tap = tapFor({ input, host, task, item }, module.says);
  return { ...ready, part: { ...ready.part, tap } };
}

interface Told {
  readonly input: Pick<RunInput, 'emit' | 'now'>;
  readonly host: string;
  readonly task: TaskRef;
  readonly item: string | undefined;
}

/** Hears both streams of a part and tells their lines. What is no whole line yet when the part ends is in the result alone. */
function tapFor(
  told: Told,
  says: NonNullable<ActionModule<unknown>['says']>,
): NonNullable<Part['tap']> {
  let left = MOST;
  const tell = (stream: 'stdout' | 'stderr', line: string): void => {
    if (left <= 0) return;
    left -= line.length + 1;
    const { input, host, task, item } = told;
    const text = left > 0 ? line : '(more is not told as it comes; the result has it)';
    input.emit({
      ...{ type: 'task-output', host, task, stream, line: text },
      ...(item === undefined ? {} : { item }),
    });
  };
  const streams = {
    stdout: new Lines(
      (line) => tell('stdout', line),
      told.input.now,
      (line) => says(line),
    ),
    stderr: new Lines(
      (line) => tell('stderr', line),
      told.input.now,
      () => true,
    ),
  };
  return (stream, chunk) => streams[stream].take(chunk);
}

/** Cuts a stream of bytes into lines. */
class Lines {
  readonly #tell: (line: string) => void;
  readonly #now: () => number;
  readonly #counts: (line: string) => boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = '';
  /** The line is too long: what comes until its end is left out. */
  #skipping = false;
  /** An empty line that is told only when one behind it counts. */
  #empty = 0;
  #redrawn = -REDRAWN;

  constructor(tell: (line: string) => void, now: () => number, counts: (line: string) => boolean) {
    this.#tell = tell;
    this.#now = now;
    this.#counts = counts;
  }

  take(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const line of parts) this.#ended(line);
    if (this.#rest.length > LONGEST) {
      this.#rest = '';
      this.#skipping = true;
    }
    this.#redraw();
  }

  #ended(line: string): void {
    if (this.#skipping) {
      this.#skipping = false;
      this.#tell(`(a line of more than ${LONGEST} characters)`);
      return;
    }
    const whole = line.replace(/\r$/, '');
    this.#say(whole.slice(whole.lastIndexOf('\r') + 1));
  }

  #say(line: string): void {
    if (line === '') {
      this.#empty += 1;
      return;
    }
    const empty = this.#empty;
    this.#empty = 0;
    if (!this.#counts(line)) return;
    for (let i = 0; i < empty; i++) this.#tell('');
    this.#tell(line);
  }

  /** What a program wrote over itself so far is told now and then. */
  #redraw(): void {
    const end = this.#rest.lastIndexOf('\r');
    if (end <= 0 || this.#now() - this.#redrawn < REDRAWN) return;
    this.#redrawn = this.#now();
    const drawn = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    this.#say(drawn.slice(drawn.lastIndexOf('\r') + 1));
  }
}
