/** A mistake in the text of a template, at an offset; becomes an OrchError where the file is known. */
export class Flaw extends Error {
  readonly at: number;
  readonly hint: string | undefined;

  constructor(message: string, at: number, hint?: string) {
    super(message);
    this.at = at;
    this.hint = hint;
  }
}
