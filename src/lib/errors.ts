import { ERRORS, type ErrorCode } from './error-table.ts';
import type { Source } from './source.ts';

/** What may be known about an error besides its code and sentence. */
export interface ErrorDetail {
  /** Where in the user's files the cause was written. */
  readonly source?: Source | undefined;
  /** What to do next, better than the table's. */
  readonly hint?: string | undefined;
  /** What the host wrote on stderr, redacted and cut to a readable size. */
  readonly stderr?: string | undefined;
  readonly cause?: unknown;
}

/** Something is wrong with what the user gave us or with a host: never a bug in orch. */
export class OrchError extends Error {
  override readonly name = 'OrchError';
  readonly code: ErrorCode;
  readonly source: Source | undefined;
  readonly stderr: string | undefined;
  readonly #hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.source = detail.source;
    this.stderr = detail.stderr;
    this.#hint = detail.hint;
  }

  /** One sentence that names a next step. */
  get hint(): string {
    return this.#hint ?? ERRORS[this.code].hint;
  }

  /** The same error, placed where nothing was known about its place. */
  at(source: Source | undefined): OrchError {
    if (this.source || !source) return this;
    return new OrchError(this.code, this.message, {
      source,
      hint: this.#hint,
      stderr: this.stderr,
      cause: this.cause,
    });
  }
}

/** Several errors found together: users mend files, not lines. */
export class OrchErrors extends Error {
  override readonly name = 'OrchErrors';
  readonly errors: readonly OrchError[];

  constructor(errors: readonly OrchError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}
