import { expect } from 'chai';
import { type Fold, current, foldTask, missing } from '../../../src/engine/fold.ts';
import { type Resource, type StateModule, Refusal } from '../../../src/model/module.ts';

/** Shelves with books; a task that names no shelf means the default one, as firewalld_port does with zones. */
interface Library {
  readonly shelf: string;
  readonly books: Readonly<Record<string, readonly string[]>>;
}
interface Wish {
  readonly book?: string;
  readonly shelf?: string;
}

const library: Resource<Wish, Library, null> = {
  name: 'library',
  key: () => 'library',
  observe: () => {
    throw new Error('not asked here');
  },
  plan: () => ({ steps: [] }),
  footprints: () => ({ reads: [], writes: [] }),
};

const shelve: StateModule<Wish, Wish, Library, null> = {
  kind: 'state',
  name: 'shelve',
  params: { type: 'object', description: '', properties: {}, additionalProperties: false },
  example: '',
  resource: library,
  scope: (wish) => wish,
  desired: ({ state }, { book, shelf }) => {
    if (book === undefined) return { ...state, shelf: shelf ?? state.shelf };
    const at = shelf ?? state.shelf;
    if (at === 'locked') return new Refusal(`the shelf ${at} is locked`);
    const books = [...new Set([...(state.books[at] ?? []), book])].sort();
    return { ...state, books: { ...state.books, [at]: books } };
  },
};

/** What the tasks make of an empty library. */
function foldOf(...wishes: readonly Wish[]): Fold {
  const start: Fold = {
    resource: library,
    seen: { state: { shelf: 'low', books: { low: [], high: [] } }, facts: null },
    steps: [],
  };
  return wishes.reduce((fold, wish, i) => {
    const next = foldTask(fold, shelve, wish, `task ${i}`);
    if (next instanceof Refusal) throw new Error(next.message);
    return next.fold;
  }, start);
}

const shown = (state: Library) => ({ state, facts: null });

describe('what is missing after a change', () => {
  it('is nothing where the host shows what was meant, though the tasks depend on their order', () => {
    const fold = foldOf({ book: 'Emma' }, { shelf: 'high' });
    expect(missing(fold, { state: current(fold), facts: null })).to.deep.equal([]);
  });

  it('is nothing where a task would refuse what a later one made', () => {
    const fold = foldOf({ book: 'Emma' }, { shelf: 'locked' });
    expect(missing(fold, { state: current(fold), facts: null })).to.deep.equal([]);
  });

  it('is nothing where somebody else added something besides', () => {
    const fold = foldOf({ book: 'Emma' });
    const more = { shelf: 'low', books: { low: ['Emma', 'Ulysses'], high: [] } };
    expect(missing(fold, shown(more))).to.deep.equal([]);
  });

  it('is what a task still wants, whatever the order', () => {
    const fold = foldOf({ book: 'Emma', shelf: 'low' }, { shelf: 'high' });
    const lost = { shelf: 'high', books: { low: [], high: [] } };
    expect(missing(fold, shown(lost))).to.deep.equal(['books low +Emma']);
    const stuck = { shelf: 'low', books: { low: ['Emma'], high: [] } };
    expect(missing(fold, shown(stuck))).to.deep.equal(['shelf "low" -> "high"']);
  });
});
