import { wrongType } from './faults.ts';
import { known, numberOf, type Val } from './values.ts';

/** The number a value is; `what` names who needs it. */
export function numberNeeded(what: string, value: Val): number {
  const number = numberOf(known(value));
  if (number === undefined) throw wrongType(`"${what}"`, 'a number', value);
  return number;
}
