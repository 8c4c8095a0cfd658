import type { Host } from '../model/inventory.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Identity } from '../model/transport.ts';
import type { MapTree } from '../model/tree.ts';
import { checks, identityOf, sameIdentity } from './identity.ts';
import type { HostRun } from './host-run.ts';
import type { Machine } from './machine.ts';
import type { Stage } from './stage.ts';

/** Where a task works, as whom, and whether it only foresees. */
export interface Way {
  readonly machine: Machine;
  readonly identity: Identity;
  readonly check: boolean;
  /** It says itself that it only foresees: nothing comes of it, in a run as little as in a check. */
  readonly idle: boolean;
}

/** Whether two tasks may share a trip. */
export const sameWay = (a: Way, b: Way): boolean =>
  a.machine === b.machine &&
  a.check === b.check &&
  a.idle === b.idle &&
  sameIdentity(a.identity, b.identity);

/**
 * How a task reaches a machine: `there` are the variables of the host it works on, `own` those of the host it
 * is for. Throws OrchError.
 */
export const wayAt = (
  stage: Stage,
  task: Task,
  { host, there, own }: { readonly host: Host; readonly there: Scope; readonly own: Scope },
): Way => ({
  machine: stage.world.machines.at(stage.input.targetOf(host, there)),
  identity: identityOf(task, there, stage.input.options),
  ...checks(task, own, stage.input.options),
});

/** Ways to the own machine of one host, for tasks one after the other: where it is, is asked once for most of them. */
export class Ways {
  readonly #stage: Stage;
  readonly #run: HostRun;
  #machine: Machine | undefined;

  constructor(stage: Stage, run: HostRun) {
    this.#stage = stage;
    this.#run = run;
  }

  /** How a task reaches its own host. Throws OrchError. */
  of(task: Task, scope: Scope): Way {
    const { input } = this.#stage;
    if (elsewhere(task, this.#stage))
      return wayAt(this.#stage, task, { host: this.#run.host, there: scope, own: scope });
    this.#machine ??= this.#stage.world.machines.at(input.targetOf(this.#run.host, scope));
    return {
      machine: this.#machine,
      identity: identityOf(task, scope, input.options),
      ...checks(task, scope, input.options),
    };
  }
}

/** Whether a task says itself how its host is reached. */
const elsewhere = (task: Task, { play }: Stage): boolean =>
  (['connection', 'port', 'remoteUser'] as const).some(
    (word) => task.keywords[word] !== play.keywords[word],
  ) || [...task.vars, ...task.params, ...(task.role?.params ?? [])].some(tellsWhere);

const telling = new WeakMap<MapTree, boolean>();

function tellsWhere(tree: MapTree): boolean {
  const known = telling.get(tree) ?? tree.entries.some(({ key }) => key.startsWith('ansible_'));
  telling.set(tree, known);
  return known;
}
