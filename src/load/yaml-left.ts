/** Raised where a text is not as simple as the quick parser wants it. */
export class Left extends Error {
  override readonly name = 'Left';
}

/** Stops the quick parser: the whole one is to look at the text. */
export function leave(): never {
  throw new Left();
}
