import type { Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import type { Wish } from './desired.ts';
import { unitName } from './state.ts';

/** Arguments that service and systemd share. */
interface Given extends Omit<Wish, 'unit'> {
  readonly name?: string;
}

/** The unit a task is about; `*` where it names none. */
export const unitOf = ({ name }: Given): string => (name === undefined ? '*' : unitName(name));

/** What a task wants of its unit. */
export const wishOf = (given: Given): Wish => ({ ...given, unit: unitOf(given) });

/** A task that names nothing and wants nothing was not meant; one that only names a unit tells its status. */
export function unitProblems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const needs = ['state', 'enabled', 'masked'].filter((key) => key in given);
  if (!('name' in given) && needs.length > 0)
    return [{ pointer: '', message: `name is missing: ${needs.join(' and ')} of what?` }];
  if ('name' in given || 'daemon_reload' in given || 'daemon_reexec' in given) return [];
  return [
    {
      pointer: '',
      message: 'nothing is asked for: name, daemon_reload or daemon_reexec is missing',
    },
  ];
}
