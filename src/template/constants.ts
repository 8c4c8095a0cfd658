import { integer, numeric, type Val } from './values.ts';

/** Words that stand for a value. */
export const CONSTANTS: ReadonlyMap<string, Val> = new Map<string, Val>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** The value of a number as it is written. */
export function numberIn(written: string, float: boolean): Val {
  const digits = written.replaceAll('_', '');
  return float ? numeric(Number(digits), true) : integer(BigInt(digits));
}
