import { hostsDepend, patternParts } from '../engine/play-scope.ts';
import { show } from '../engine/show.ts';
import { OrchError } from '../lib/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Play, Playbook } from '../model/play.ts';
import type { Evaluator, Layer, Scope } from '../model/scope.ts';
import { hasTemplate, isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { opened } from '../model/value.ts';
import { playLayers } from './explain-layers.ts';
import { knownWithoutPlay } from './known-without-play.ts';

/** Playbooks to be listed: the names and hosts of their plays as far as they are known before anything runs. */
export function namedPlays(
  books: readonly Playbook[],
  { inventory, extraVars }: { readonly inventory: Inventory; readonly extraVars: Layer },
  evaluator: Evaluator,
): readonly Playbook[] {
  const magic = knownWithoutPlay(inventory, undefined, evaluator);
  const named = (play: Play): Play => {
    const name: ScalarTree = { kind: 'scalar', value: play.name, source: play.source };
    if (!isTemplate(name) && !hasTemplate(play.hosts)) return play;
    const { above, below } = playLayers([{ file: '', plays: [play], warnings: [] }]);
    const own = [...above, ...below].filter(({ within }) => within === undefined);
    const scope = evaluator.scope([magic, extraVars, ...own.map(({ layer }) => layer)]);
    return {
      ...play,
      name: known(() => show(opened(scope.resolve(name)))) ?? play.name,
      hosts: hostsDepend(play)
        ? (known(() => found(play, scope)) ?? play.hosts)
        : found(play, scope),
    };
  };
  return books.map((book) => ({ ...book, plays: book.plays.map(named) }));
}

function found({ hosts }: Play, scope: Scope): Tree {
  const { source } = hosts;
  const value = opened(scope.resolve(hosts));
  const items = patternParts(value).map(
    (part) => ({ kind: 'scalar', value: part, source }) as const,
  );
  return { kind: 'list', items, source };
}

/** What may not be known yet. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}
