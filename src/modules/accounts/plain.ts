import { Secret } from '../../model/value.ts';

/** The text of a value that may be secret: for the line to the host alone. */
export const plainOf = (value: string | Secret): string =>
  value instanceof Secret ? value.reveal() : value;
