import { failure } from '../faults.ts';
import { Mersenne } from '../mersenne.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { integerOf, isText, isList, type Val } from '../values.ts';

/** Draws whole numbers below a limit: as Python does for a seed, else by chance. */
function drawer(given: Given, runtime: Runtime): (limit: number) => number {
  const seed = given.get('seed');
  if (seed !== undefined && seed !== null) {
    const numbers = new Mersenne(seed);
    return (limit) => numbers.below(limit);
  }
  const roll = runtime.ports.random;
  if (!roll) throw failure('Chance is not available here.', 'Give a seed.');
  return (limit) => Math.floor(roll() * limit);
}

function random(value: Val, given: Given, runtime: Runtime): Val {
  const draw = drawer(given, runtime);
  const end = integerOf(value);
  if (end !== undefined) {
    const start = given.integer('start', 0);
    const step = given.get('step') === undefined ? 1 : given.integer('step') || 1;
    const count = Math.ceil((Number(end) - start) / step);
    if (count < 1) throw failure('There is no number between the start and the end of random().');
    return start + draw(count) * step;
  }
  if (!isText(value) && !isList(value)) throw failure('"random" needs a list or a whole number.');
  if (given.get('start') !== undefined || given.get('step') !== undefined) {
    throw failure('"start" and "step" of random() are for numbers only.');
  }
  const items = isText(value) ? Array.from(text(value)) : value;
  const found = items.length > 0 ? items[draw(items.length)] : undefined;
  if (found === undefined) throw failure('An empty list has no item to choose.');
  return found;
}

function shuffle(value: Val, given: Given, runtime: Runtime): Val {
  const draw = drawer(given, runtime);
  const items = [...iterate(value)];
  for (let i = items.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [items[i], items[j]] = [items[j] ?? null, items[i] ?? null];
  }
  return items;
}

/** Filters that leave something to chance; with a seed they give what Ansible gives. */
export const CHANCES: Readonly<Record<string, Filter>> = {
  random: { params: ['start', 'step', 'seed'], run: random },
  shuffle: { params: ['seed'], run: shuffle },
};
