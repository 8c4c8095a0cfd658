import type { AnyModule } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Tree } from '../model/tree.ts';
import { entry, hasTemplate } from '../model/tree.ts';
import type { Scope } from '../model/scope.ts';
import { truthy } from './identity.ts';
import type { Stage } from './stage.ts';

/** How a task is run, told without a host. */
export interface Traits {
  /**
   * `wave`: it shares an observation with its neighbours. `alone`: an action, or one that is tried again, delegated
   * or paused. `flow`: it decides how the play goes on.
   */
  readonly how: 'wave' | 'alone' | 'flow' | 'include';
  readonly module: AnyModule | undefined;
  /** One host runs it for all. */
  readonly once: boolean;
  /** What it registers, sets and fails at is everybody's: `run_once`. */
  readonly shared: boolean;
  /** No host goes on before all others are through with it: a failure of one is the end for all. */
  readonly fence: boolean;
}

/** What `meta` does to all hosts of a batch. */
const ALL = new Set([
  'end_play',
  'end_batch',
  'clear_host_errors',
  'refresh_inventory',
  'clear_facts',
]);
/** Modules that are nothing but an effect. */
const FLOW = new Set(['meta', 'pause', 'add_host', 'group_by', 'include_vars', 'set_stats']);

const known = new WeakMap<Stage, WeakMap<Task, Traits>>();

/** The traits of a task in a play; looked at once. */
export function traitsOf(stage: Stage, task: Task): Traits {
  const ofStage = known.get(stage) ?? new WeakMap<Task, Traits>();
  known.set(stage, ofStage);
  const found = ofStage.get(task) ?? traits(stage, task);
  ofStage.set(task, found);
  return found;
}

function traits(stage: Stage, task: Task): Traits {
  const module = stage.input.registry.get(task.module);
  const free = !stage.gate;
  const { anyErrorsFatal, delegateFacts, runOnce } = task.keywords;
  const shared = !free && isOn(runOnce);
  const forAll = ALL.has(metaOf(task)) || (module?.kind === 'control' && module.once === true);
  const once = !free && (shared || forAll);
  const fence =
    !free &&
    (once ||
      stage.input.options.step === true ||
      isOn(anyErrorsFatal) ||
      stage.maxFail !== undefined ||
      task.module === 'group_by' ||
      // What it gives is another host's, who may stand anywhere in the play.
      isOn(delegateFacts) ||
      ALL.has(metaOf(task)));
  return { how: howOf(task, module), module, once, shared, fence };
}

/** Whether one host runs a task for all, as the host sees it that comes to it: `run_once` may be a template. */
export function runsOnce(stage: Stage, task: Task, scope: () => Scope): boolean {
  const { once, shared } = traitsOf(stage, task);
  const { runOnce } = task.keywords;
  if (!shared || !runOnce || !hasTemplate(runOnce)) return once;
  return truthy(scope().resolve(runOnce));
}

/** A keyword that is there and not plainly false: a template may turn out to be true. */
const isOn = (tree: Tree | undefined): boolean =>
  tree !== undefined &&
  !(
    tree.kind === 'scalar' &&
    (tree.value === false || tree.value === null || /^(no|false|off|0)$/i.test(String(tree.value)))
  );

function howOf(task: Task, module: AnyModule | undefined): Traits['how'] {
  if (task.include) return 'include';
  if (FLOW.has(task.module)) return 'flow';
  const { loopControl } = task;
  const alone =
    module?.kind === 'action' ||
    task.until !== undefined ||
    task.async !== undefined ||
    task.trial !== undefined ||
    task.health !== undefined ||
    task.canary !== undefined ||
    task.maxUnavailable !== undefined ||
    task.keywords.delegateTo !== undefined ||
    loopControl.pause !== undefined ||
    loopControl.breakWhen !== undefined;
  return alone ? 'alone' : 'wave';
}

/** What a `meta` task does; an empty text for any other. */
export function metaOf(task: Task): string {
  if (task.module !== 'meta') return '';
  const action = entry(task.args, 'action')?.value;
  return action?.kind === 'scalar' ? String(action.value) : '';
}
