import { hostsDepend, patternParts } from '../engine/play-scope.ts';
import { truthy } from '../engine/identity.ts';
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
    const scope = evaluator.scope([magic, extraVars, ...layersOf(play)]);
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

/** What a play gives itself, strongest first. */
function layersOf(play: Play): readonly Layer[] {
  const { above, below } = playLayers([{ file: '', plays: [play], warnings: [] }]);
  return [...above, ...below]
    .filter(({ within }) => within === undefined)
    .map(({ layer }) => layer);
}

/** Whether a play gathers facts, where `gather_facts` is a template; nothing where that is not known before it runs. */
export function gathers(
  play: Play,
  { inventory, extraVars }: { readonly inventory: Inventory; readonly extraVars: Layer },
  evaluator: Evaluator,
): boolean | undefined {
  const { gatherFacts } = play;
  if (!gatherFacts || !isTemplate(gatherFacts)) return undefined;
  const magic = knownWithoutPlay(inventory, undefined, evaluator);
  const scope = evaluator.scope([magic, extraVars, ...layersOf(play)]);
  return known(() => truthy(scope.resolve(gatherFacts)));
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
