import { OrchError } from '../lib/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { Play } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { hasTemplate, isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { opened, type Value } from '../model/value.ts';
import { newHostRun } from './host-run.ts';
import { stageOf } from './play-run.ts';
import type { Staged } from './run.ts';
import { show } from './show.ts';
import type { World } from './stage.ts';
import { taskScope } from './vars.ts';

type Unstaged = Omit<Staged, 'hosts'>;

/** Stands for no host at all: a play is looked at before it has any. */
const NOBODY: Host = {
  name: 'localhost',
  groups: [],
  layers: [],
  own: 0,
  file: '',
  source: { file: '', line: 1, column: 1 },
};

/** What the name and the hosts of a play may read, as in Ansible: all but variables of hosts, which hostvars has. */
function playScope(world: World, one: Unstaged): Scope {
  const stage = stageOf(world, { ...one, hosts: [], last: false }, [], [], 0);
  return taskScope({ stage, run: newHostRun(NOBODY), at: stage.base });
}

/** The hosts of a play. Throws OrchError, PATTERN_NO_MATCH also where a template leaves nothing of the pattern. */
export function hostsOfPlay(world: World, one: Unstaged): readonly Host[] {
  const { input, inventory } = world;
  const { hosts } = one.play;
  const scope = hasTemplate(hosts) ? playScope(world, one) : input.evaluator.scope([]);
  const parts = patternParts(opened(scope.resolve(hosts)));
  if (parts.length > 0) return input.select(parts, inventory);
  if (input.options.allowEmpty) return [];
  throw new OrchError('PATTERN_NO_MATCH', 'The pattern is empty: it names no host.', {
    source: hosts.source,
    hint: 'A template left nothing of it; write `all` where all hosts are meant.',
  });
}

/** A pattern, or a list of them; nothing where all is empty: to select by that would mean all hosts. */
export const patternParts = (pattern: Value): readonly string[] =>
  (Array.isArray(pattern) ? (pattern as readonly Value[]) : [pattern])
    .map((part) => (part === null ? '' : show(part).trim()))
    .filter((part) => part !== '');

/** Whether the hosts of a play may depend on what earlier plays find out. */
export const hostsDepend = ({ hosts }: Play): boolean => mentions(hosts);

const mentions = (tree: Tree): boolean =>
  tree.kind === 'list'
    ? tree.items.some(mentions)
    : isTemplate(tree) && /\b(?:hostvars|groups|vars)\b/.test(String((tree as ScalarTree).value));

/** A play by its finished name; what is not defined stays as it is written. */
export function namedPlay(world: World, one: Unstaged): Play {
  const { play } = one;
  const tree: ScalarTree = { kind: 'scalar', value: play.name, source: play.source };
  if (!isTemplate(tree)) return play;
  try {
    return { ...play, name: show(opened(playScope(world, one).resolve(tree))) };
  } catch (error) {
    if (error instanceof OrchError) return play;
    throw error;
  }
}
