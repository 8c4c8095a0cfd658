import { wrongType } from './faults.ts';
import { known, numberOf, Tuple, type Val } from './values.ts';

/** A value as the key of a map. Secrets are refused: a key stands in the open. */
export function mapKey(value: Val): Val {
  const plain = known(value);
  if (typeof plain === 'string') return plain;
  if (plain === null || plain instanceof Tuple || numberOf(plain) !== undefined) return plain;
  throw wrongType('The key of a map', 'plain text', plain);
}
