import type { Hidden, HiddenNames } from '../model/hidden.ts';
import { Secret } from '../model/value.ts';
import { seal } from './secrets.ts';
import { Dict, dict, entriesOf, isDict, isList, Tuple, type Val } from './values.ts';

/** Variables that are secret by their names. */
export interface HidingPort {
  readonly names: Readonly<Pick<HiddenNames, 'get' | 'size'>>;
  /** Hears of every text and number that is hidden, so that it is masked wherever it is shown. */
  note(text: string): void;
}

/** The value of a variable; a secret where its name is hidden. */
export function covered(name: string, value: Val, hiding: HidingPort | undefined): Val {
  const hidden = hiding && hiding.names.size > 0 ? hiding.names.get(name) : undefined;
  return hidden ? cover(value, hidden, (text) => hiding?.note(text)) : value;
}

/** A value as templates see it, what is to be hidden of it as secrets. */
export function cover(value: Val, hidden: Hidden, note: HidingPort['note']): Val {
  if (hidden.whole) {
    tell(value, note);
    return seal(value);
  }
  if (isList(value)) {
    const items = value.map((item) => cover(item, hidden, note));
    return value instanceof Tuple ? Tuple.make(items) : items;
  }
  if (!(value instanceof Dict) && !isDict(value)) return value;
  return dict(
    entriesOf(value).map(([key, item]) => {
      const below = typeof key === 'string' ? hidden.below.get(key) : undefined;
      return [key, below ? cover(item, below, note) : item];
    }),
  );
}

/** Numbers of fewer digits are left alone: as numbers they are everywhere. */
const DIGITS = 4;

function tell(value: Val, note: HidingPort['note']): void {
  if (typeof value === 'string') note(value);
  else if (value instanceof Secret) note(value.reveal());
  else if (typeof value === 'number' || typeof value === 'bigint') {
    if (String(value).length >= DIGITS) note(String(value));
  } else if (isList(value)) for (const item of value) tell(item, note);
  else if (value instanceof Dict || isDict(value))
    for (const [, item] of entriesOf(value)) tell(item, note);
}
