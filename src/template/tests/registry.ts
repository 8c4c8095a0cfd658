import { bareName } from '../bare-name.ts';
import { FILTERS } from '../filters/registry.ts';
import type { Test } from '../runtime.ts';
import { text } from '../text.ts';
import { ADDRESSES } from './addresses.ts';
import { COMPARISONS } from './comparisons.ts';
import { FILES } from './files.ts';
import { NETWORKS } from './networks.ts';
import { OUTCOMES } from './outcomes.ts';
import { TEXTS } from './texts.ts';
import { TYPES } from './types.ts';

/** Whether the language has a filter or test of a name. */
const LANGUAGE: Readonly<Record<string, Test>> = {
  filter: { params: [], holds: (value) => FILTERS.has(bareName(text(value))) },
  test: { params: [], holds: (value) => TESTS.has(bareName(text(value))) },
};

/** All tests, as in `x is NAME`. */
export const TESTS: ReadonlyMap<string, Test> = new Map(
  Object.entries({
    ...TYPES,
    ...COMPARISONS,
    ...TEXTS,
    ...OUTCOMES,
    ...ADDRESSES,
    ...FILES,
    ...NETWORKS,
    ...LANGUAGE,
  }),
);
