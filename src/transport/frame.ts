import { quote } from '../lib/shell.ts';
import type { Part, Reply } from '../model/transport.ts';

/** Bytes kept of each stream of a part; what is over is counted, not kept. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024;

const PREFACE_LIMIT = 4096;
/** Longest tail of a marker: `123:255` and the closing byte, with room. */
const TAIL_LIMIT = 40;
const RS = 0x1e;

/**
 * Sent once to a fresh shell. Its own complaints ("Killed", job messages) go nowhere: what it
 * would say belongs to no part. 3 and 4 are the ways out, closed again inside the parts.
 * ksh93 runs a subshell without a process of its own, which nothing could end, until it sets a limit.
 */
export const PREAMBLE =
  'exec 3>&1 4>&2 >/dev/null 2>&1\norch_f() { :; }\ncase $KSH_VERSION in Version*) orch_f() { ulimit -t unlimited; };;esac\n';

/**
 * The text of one trip: a greeting, then every part in a subshell of its own with a marker behind it on both streams.
 * A part with an input says that it wants it; a trip that has one is a single compound command, so that the shell has
 * read all of it before the first byte of an input is on its way.
 */
export function encodeTrip(nonce: string, parts: readonly Part[]): string {
  const mark = (tag: string, word: string): string =>
    `printf '\\036${nonce}:${tag}:%s\\036' ${word} >&3;printf '\\036${nonce}:${tag}:\\036' >&4\n`;
  let text = mark('h', '$$');
  const fed = parts.some(({ input }) => input !== undefined);
  if (fed) text += '{\n';
  for (const [i, { script, input, needs = [] }] of parts.entries()) {
    // The blank keeps a script that starts with "-" from being read as an option of eval.
    const quoted = quote(` ${script.text}`);
    const run = input
      ? // What the part leaves of its input is read to the end: the shell would take it for commands.
        `printf '\\036${nonce}:w:${i}\\036' >&3\nhead -c ${input.size} | ( ( orch_f;eval ${quoted} ) >&3 2>&4 3>&- 4>&-\norch_r=$?;cat;exit $orch_r )\norch_${i}=$?`
      : `( orch_f;eval ${quoted} ) </dev/null >&3 2>&4 3>&- 4>&-\norch_${i}=$?`;
    const needed = [...new Set(needs)].filter((n) => n < i);
    text +=
      needed.length === 0
        ? `${run}\n`
        : `if [ "${needed.map((n) => `$orch_${n}`).join('')}" = ${'0'.repeat(needed.length)} ];then\n` +
          `${run}\nelse orch_${i}=s;fi\n`;
    text += mark(String(i), `$orch_${i}`);
  }
  return fed ? `${text}}\n` : text;
}

/** Takes bytes of the part that is being read; true when they need not be kept. */
type Take = (part: number, bytes: Buffer) => boolean;

/** What one stream carried: text before the greeting, and the bytes of each part. */
class Stream {
  readonly preface: Buffer[] = [];
  readonly bodies: Buffer[][];
  readonly cuts: number[];
  readonly statuses: (string | undefined)[];
  /** What the greeting said; nothing until it came. */
  greeting: string | undefined;
  /** The part that is being read; -1 before the greeting. */
  at = -1;
  /** The part that last asked for its input. */
  wants: number | undefined;
  readonly #prefix: Buffer;
  /** Bytes kept of each part. */
  readonly #rooms: readonly number[];
  readonly #take: Take | undefined;
  #kept = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(nonce: string, rooms: readonly number[], take?: Take) {
    this.#prefix = Buffer.from(`\x1e${nonce}:`);
    this.#rooms = rooms;
    this.#take = take;
    this.bodies = rooms.map(() => []);
    this.cuts = rooms.map(() => 0);
    this.statuses = rooms.map(() => undefined);
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const start = rest.indexOf(this.#prefix);
      if (start < 0) break;
      const from = start + this.#prefix.length;
      const end = rest.indexOf(RS, from);
      this.#keep(rest.subarray(0, start));
      if (end < 0 && rest.length - from < TAIL_LIMIT) {
        this.#held = Buffer.from(rest.subarray(start));
        return;
      }
      if (!this.#mark(rest.toString('latin1', from, Math.max(end, from)))) {
        this.#keep(rest.subarray(start, from));
        rest = rest.subarray(from);
      } else rest = rest.subarray(end + 1);
    }
    const tail = this.#maybeMarker(rest);
    this.#keep(rest.subarray(0, rest.length - tail));
    this.#held = Buffer.from(rest.subarray(rest.length - tail));
  }

  #mark(text: string): boolean {
    const [tag = '', status = ''] = text.split(':');
    if (tag === 'w') {
      this.wants = Number(status);
      return true;
    }
    if (tag === 'h') {
      this.greeting = status;
      this.at = 0;
    } else if (tag === String(this.at)) {
      this.statuses[this.at] = status;
      this.at += 1;
    } else return false;
    this.#kept = 0;
    return true;
  }

  /** How many bytes at the end could be the start of a marker. */
  #maybeMarker(rest: Buffer): number {
    const from = Math.max(0, rest.length - this.#prefix.length + 1);
    for (let i = rest.indexOf(RS, from); i >= 0; i = rest.indexOf(RS, i + 1)) {
      if (rest.subarray(i).equals(this.#prefix.subarray(0, rest.length - i)))
        return rest.length - i;
    }
    return 0;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const body = this.at < 0 ? this.preface : this.bodies[this.at];
    if (!body || (this.at >= 0 && this.#take?.(this.at, bytes))) return;
    const room = this.at < 0 ? PREFACE_LIMIT : (this.#rooms[this.at] ?? 0);
    const fits = Math.max(0, room - this.#kept);
    if (fits > 0) body.push(bytes.length > fits ? bytes.subarray(0, fits) : bytes);
    this.#kept += Math.min(fits, bytes.length);
    if (this.at >= 0 && bytes.length > fits) {
      this.cuts[this.at] = (this.cuts[this.at] ?? 0) + bytes.length - fits;
    }
  }
}

/** Reads the two byte streams of a trip back into replies, as the bytes come. */
export class ReplyDecoder {
  readonly #count: number;
  readonly #stdout: Stream;
  readonly #stderr: Stream;

  constructor(
    nonce: string,
    parts: readonly Pick<Part, 'room'>[],
    /** Takes bytes of a part as they come; true when they need not be kept. */
    take?: (stream: 'stdout' | 'stderr', part: number, bytes: Buffer) => boolean,
  ) {
    this.#count = parts.length;
    const rooms = parts.map(({ room = OUTPUT_LIMIT }) => room);
    const taker = (stream: 'stdout' | 'stderr'): Take | undefined =>
      take && ((part, bytes) => take(stream, part, bytes));
    this.#stdout = new Stream(nonce, rooms, taker('stdout'));
    this.#stderr = new Stream(nonce, rooms, taker('stderr'));
  }

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    (stream === 'stdout' ? this.#stdout : this.#stderr).push(chunk);
  }

  /** Process id of the shell on the host; nothing until it greeted. */
  get pid(): number | undefined {
    return this.#stdout.greeting === undefined ? undefined : Number(this.#stdout.greeting);
  }

  /** The part that runs now; -1 before the greeting, the number of parts when all ended. */
  get at(): number {
    return this.#stdout.at;
  }

  /** The part that waits for its input; nothing when none does. */
  get wants(): number | undefined {
    return this.#stdout.wants === this.at ? this.#stdout.wants : undefined;
  }

  get finished(): boolean {
    return this.#stdout.at >= this.#count && this.#stderr.at >= this.#count;
  }

  /** What came before the greeting, as text: what a login shell or sudo had to say. */
  get preface(): { readonly stdout: string; readonly stderr: string } {
    return {
      stdout: Buffer.concat(this.#stdout.preface).toString('utf8'),
      stderr: Buffer.concat(this.#stderr.preface).toString('utf8'),
    };
  }

  /** Replies so far; parts that never ended count as skipped. */
  replies(late: ReadonlySet<number>): readonly Reply[] {
    return this.#stdout.statuses.map((status, i) => {
      const cut = (this.#stdout.cuts[i] ?? 0) + (this.#stderr.cuts[i] ?? 0);
      const ended = late.has(i)
        ? ('deadline' as const)
        : status === undefined || status === 's'
          ? ('skipped' as const)
          : undefined;
      return {
        stdout: Buffer.concat(this.#stdout.bodies[i] ?? []),
        stderr: Buffer.concat(this.#stderr.bodies[i] ?? []),
        exit: ended ? -1 : Number(status),
        ...(ended ? { ended } : {}),
        ...(cut > 0 ? { cut } : {}),
      };
    });
  }
}
