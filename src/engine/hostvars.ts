import type { Item, Play } from '../model/play.ts';
import type { Host } from '../model/inventory.ts';
import type { Given, Scope } from '../model/scope.ts';
import type { LazyMap, Value } from '../model/value.ts';
import { Behind } from './behind.ts';
import { groups } from './groups.ts';
import { Kept } from './kept.ts';
import { hostLayers, keptLayers } from './layers.ts';
import type { Spot } from './stage.ts';

/** `hostvars`: each host's variables are evaluated as that host sees them, when they are read. */
export function hostvars(spot: Spot): LazyMap {
  const { world } = spot.stage;
  return {
    lazy: true,
    keys: () => [...world.inventory.hosts.keys()],
    get: (name) => {
      const host =
        world.inventory.hosts.get(name) ?? (world.runs.get(name) ?? world.others.get(name))?.host;
      return host ? varsOf(spot, host) : undefined;
    },
  };
}

/** What a host shows others: no vars of plays and tasks. */
function varsOf(spot: Spot, host: Host): LazyMap {
  const scope = shown(spot, host);
  const wait = (name?: string): void => {
    if (mayStillChange(spot, host, name)) throw new Behind();
  };
  return {
    lazy: true,
    keys: () => {
      wait();
      return [...new Set(scope.layers.flatMap((layer) => [...layer.vars.keys()]))];
    },
    get: (key): Value | undefined => {
      wait(key);
      return scope.get(key);
    },
  };
}

function shown({ stage, run, at }: Spot, host: Host): Scope {
  const { input, world } = stage;
  const other = world.runs.get(host.name) ?? world.others.get(host.name);
  const kept = other === run ? run.kept.now : (other?.kept ?? new Kept()).before(at);
  const own = new Map<string, Given>([
    ['inventory_hostname', { value: host.name }],
    ['inventory_hostname_short', { value: host.name.split('.')[0] ?? host.name }],
    ['group_names', { value: host.groups }],
    ['groups', { lazy: () => groups(stage) }],
  ]);
  return input.evaluator.scope([
    input.options.extraVars,
    ...keptLayers(kept, ['registered', 'included', 'facts']),
    ...hostLayers(host, stage.play),
    { name: 'set by orch', vars: own },
  ]);
}

/** Whether another host may be given this variable by a task that comes before this one. */
function mayStillChange({ stage, run, at }: Spot, host: Host, name: string | undefined): boolean {
  const { gate } = stage;
  if (!gate || host.name === run.host.name || gate.finished(host.name, at)) return false;
  const given = givenBy(stage.play);
  return given === 'any' || name === undefined || given.has(name);
}

const known = new WeakMap<Play, ReadonlySet<string> | 'any'>();

/** The variables that tasks of a play give their hosts, by name; `any` when that is not known before it runs. */
function givenBy(play: Play): ReadonlySet<string> | 'any' {
  const found =
    known.get(play) ?? collect([...play.sections.flatMap(({ items }) => items), ...play.handlers]);
  known.set(play, found);
  return found;
}

/** Modules that give hosts variables whose names the playbook does not say. */
const GIVES = new Set([
  'include_vars',
  'add_host',
  'setup',
  'gather_facts',
  'service_facts',
  'package_facts',
]);

function collect(items: readonly Item[]): ReadonlySet<string> | 'any' {
  const names = new Set<string>();
  for (const item of items) {
    if (item.kind === 'block') {
      const inner = collect([...item.tasks, ...item.rescue, ...item.always]);
      if (inner === 'any') return inner;
      for (const name of inner) names.add(name);
      continue;
    }
    if (item.include || GIVES.has(item.module)) return 'any';
    if (item.register !== undefined) names.add(item.register);
    if (item.module !== 'set_fact') continue;
    for (const { key } of item.args.entries) {
      if (key.includes('{')) return 'any';
      names.add(key);
    }
  }
  return names;
}
