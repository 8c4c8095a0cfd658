import type { Host } from '../model/inventory.ts';
import type { Task } from '../model/play.ts';
import type { Given, Scope } from '../model/scope.ts';
import { opened, type Value, isLazy } from '../model/value.ts';
import { type HostRun, newHostRun } from './host-run.ts';
import { hostvars } from './hostvars.ts';
import { OMIT } from './magic.ts';
import { type Way, wayAt } from './way.ts';
import { show } from './show.ts';
import type { World } from './stage.ts';
import { addressLayer, taskScope } from './vars.ts';
import type { Walker } from './walker.ts';
import type { Step } from './cursor.ts';

/** The machine a task is delegated to, and the host whose name it was reached by. */
export interface Delegate {
  readonly run: HostRun;
  readonly way: Way;
  /** What the task sees: its own variables, and beside them those of the host it works on. */
  readonly scope: Scope;
}

/** The host a task or one item of it is delegated to; nothing when it is for its own. Throws OrchError. */
export function delegateOf(walker: Walker, step: Step, scope: Scope): Delegate | undefined {
  const { delegateTo } = step.task.keywords;
  if (!delegateTo) return undefined;
  const name = show(opened(scope.resolve(delegateTo)));
  if (name === '' || name === OMIT || name === 'null') return undefined;
  const { stage } = walker;
  const run = named(stage.world, name);
  const there = withLoopVars(taskScope({ stage, run, at: step.at }, step.task), step.task, scope);
  const way = wayAt(stage, step.task, { host: run.host, there, own: scope });
  return { run, way, scope: besides(walker, step, { name, there, own: scope }) };
}

/**
 * `ansible_delegated_vars` holds what the other host shows; `ansible_host` is its address, where the own host has none
 * written down.
 */
function besides(
  { stage, run }: Walker,
  { at }: Step,
  { name, there, own }: { readonly name: string; readonly there: Scope; readonly own: Scope },
): Scope {
  const address = (): Value => there.get('ansible_host') ?? name;
  const shown = (): Value => {
    const of = hostvars({ stage, run, at }).get(name);
    const given = isLazy(of) ? of : undefined;
    const mine: Readonly<Record<string, Value>> = {
      ansible_host: address(),
      inventory_hostname: run.host.name,
    };
    return {
      lazy: true,
      keys: () => [...new Set([...Object.keys(mine), ...(given?.keys() ?? [])])],
      get: (key) => (Object.hasOwn(mine, key) ? mine[key] : given?.get(key)),
    };
  };
  const written = own.layers.some(
    (layer) => layer !== addressLayer(run.host.name) && layer.vars.has('ansible_host'),
  );
  const vars = new Map<string, Given>([
    ['ansible_delegated_vars', { lazy: () => ({ [name]: shown() }) }],
    ...(written ? [] : [['ansible_host', { lazy: address }] as const]),
  ]);
  return own.with({ name: 'the host it is delegated to', vars });
}

/** Connection variables may depend on the item of a loop. */
function withLoopVars(there: Scope, { loopControl: { loopVar } }: Task, own: Scope): Scope {
  const item = own.get(loopVar);
  if (item === undefined) return there;
  return there.with({ name: loopVar, vars: new Map([[loopVar, { value: item }]]) });
}

/** What is known of a host by its name. One that is in no inventory is reached by its name; localhost is this machine. */
function named(world: World, name: string): HostRun {
  const known = world.runs.get(name) ?? world.others.get(name);
  if (known) return known;
  const run = newHostRun(hostCalled(world, name));
  world.others.set(name, run);
  return run;
}

const hostCalled = ({ inventory }: World, name: string): Host =>
  inventory.hosts.get(name) ?? inventory.implicit(name) ?? unlisted(name);

const unlisted = (name: string): Host => ({
  name,
  groups: ['ungrouped'],
  layers: [],
  own: 0,
  file: '',
  source: { file: 'delegate_to', line: 1, column: 1 },
});
