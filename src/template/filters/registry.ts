import type { Filter } from '../runtime.ts';
import { ADDRESSES } from './addresses.ts';
import { BASICS } from './basics.ts';
import { CHANCES } from './chances.ts';
import { COLLECTIONS } from './collections.ts';
import { COMMENTS } from './comments.ts';
import { DURATIONS } from './durations.ts';
import { ENCODINGS } from './encodings.ts';
import { LISTS } from './lists.ts';
import { MAPS } from './maps.ts';
import { NETWORKS } from './networks.ts';
import { NUMBERS } from './numbers.ts';
import { PASSWORDS } from './passwords.ts';
import { PATHS } from './paths.ts';
import { REGEXES } from './regexes.ts';
import { SELECTIONS } from './selections.ts';
import { SETS } from './sets.ts';
import { SIZES } from './sizes.ts';
import { SPELT } from './spelt.ts';
import { STRUCTURES } from './structures.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import { WRAPPING } from './wrapping.ts';

/** All filters, as in `x | NAME`. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map(
  Object.entries({
    ...ADDRESSES,
    ...BASICS,
    ...CHANCES,
    ...COLLECTIONS,
    ...COMMENTS,
    ...DURATIONS,
    ...ENCODINGS,
    ...LISTS,
    ...MAPS,
    ...NETWORKS,
    ...NUMBERS,
    ...PASSWORDS,
    ...PATHS,
    ...REGEXES,
    ...SELECTIONS,
    ...SETS,
    ...SIZES,
    ...SPELT,
    ...STRUCTURES,
    ...TEXTS,
    ...TIMES,
    ...WRAPPING,
  }),
);
