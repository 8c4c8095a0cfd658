import { OrchError } from '../../lib/errors.ts';
import type { Reply } from '../../model/transport.ts';

/** Reads the answer of a host record by record: each ends with a NUL, contents are counted. */
export class Records {
  readonly #reply: Reply;
  #at = 0;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  /** The next record. */
  next(): string {
    const { stdout } = this.#reply;
    const end = stdout.indexOf(0, this.#at);
    if (end < 0) throw this.wrong();
    const word = stdout.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return word;
  }

  /** So many bytes and the NUL behind them. */
  bytes(size: number): Buffer {
    const { stdout } = this.#reply;
    const end = this.#at + size;
    if (stdout[end] !== 0) throw this.wrong();
    const found = stdout.subarray(this.#at, end);
    this.#at = end + 1;
    return found;
  }

  /** A whole number that is not negative. */
  count(word: string | undefined): number {
    if (word === undefined || !/^\d{1,15}$/.test(word)) throw this.wrong();
    return Number(word);
  }

  /** The answer makes no sense. */
  wrong(): OrchError {
    const stderr = this.#reply.stderr.toString('utf8').slice(0, 2000);
    const tool = /(?:^|\s)(busybox|stat|readlink|find|id): (?:command )?not found/.exec(
      stderr,
    )?.[1];
    if (tool !== undefined) {
      const what = tool === 'busybox' ? 'stat and a program for SHA-256' : tool;
      return new OrchError('TOOL_MISSING', `the host lacks ${what}`, {
        stderr,
        hint: 'Install coreutils or busybox on the host.',
      });
    }
    return new OrchError(
      'REPLY_UNREADABLE',
      'what the host says about its files makes no sense, or they changed while it looked',
      { stderr },
    );
  }
}
