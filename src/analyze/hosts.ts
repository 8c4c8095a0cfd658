import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Host } from '../model/inventory.ts';
import { allTasks, type Play, type Task } from '../model/play.ts';
import { hasTemplate, type Tree } from '../model/tree.ts';
import { error, type Finding } from './finding.ts';
import type { Program } from './program.ts';
import { metaOf } from './sites.ts';

/** The hosts of plays as far as they are known, and patterns that match none. */
export interface PlayHosts {
  readonly of: ReadonlyMap<Play, readonly Host[]>;
  readonly findings: readonly Finding[];
}

/** Looks for the hosts of every play. Where tasks may bring more, a pattern that matches none is no mistake. */
export function hostsOfPlays({ playbooks, inventory, select }: Program): PlayHosts {
  const of = new Map<Play, readonly Host[]>();
  const findings: Finding[] = [];
  let grows = false;
  for (const play of playbooks.flatMap(({ plays }) => plays)) {
    try {
      if (!hasTemplate(play.hosts)) of.set(play, select(patternsOf(play.hosts)));
    } catch (failed) {
      if (failed instanceof OrchErrors) continue;
      if (!(failed instanceof OrchError)) throw failed;
      const { message, hint } = failed;
      const { source } = play.hosts;
      if (inventory && !grows && failed.code === 'PATTERN_NO_MATCH')
        findings.push(error({ rule: 'no-such-host', message, hint, source }));
    }
    grows ||= allTasks(play).some(brings);
  }
  return { of, findings };
}

/** Whether a task may bring hosts or groups. */
const brings = (task: Task): boolean =>
  task.include !== undefined ||
  task.module === 'add_host' ||
  task.module === 'group_by' ||
  (task.module === 'meta' && metaOf(task) === 'refresh_inventory');

/** Patterns of a list are each read on their own. */
const patternsOf = (tree: Tree): readonly string[] =>
  tree.kind === 'list'
    ? tree.items.flatMap(patternsOf)
    : [tree.kind === 'scalar' ? String(tree.value) : ''];
