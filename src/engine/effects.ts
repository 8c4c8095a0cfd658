import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../model/event.ts';
import type { Host } from '../model/inventory.ts';
import type { Effect } from '../model/effect.ts';
import type { Plain } from '../model/change.ts';
import type { Given, Layer } from '../model/scope.ts';
import { isMap } from '../model/value.ts';
import { type Entry, plain } from '../model/tree.ts';
import type { Step } from './cursor.ts';
import { addToGroups } from './regroup.ts';
import { pause } from './pause.ts';
import type { Walker } from './walker.ts';

type More = Partial<Outcome>;

/** Does what a control task asks for; what of its outcome that changes comes back. */
export function effect(walker: Walker, step: Step, wanted: Effect): Promise<More> | More {
  switch (wanted.kind) {
    case 'pause':
      return pause(walker.stage.input, step, wanted);
    case 'add_host':
      return addHost(walker, wanted);
    case 'group_by':
      return groupBy(walker, wanted);
    case 'include_vars':
      return includeVars(walker, step, wanted);
    case 'set_stats':
      return setStats(walker, wanted);
    case 'meta':
      return {};
  }
}

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

function addHost({ stage }: Walker, { name, groups, vars }: Of<'add_host'>): More {
  const { world } = stage;
  const before = world.inventory;
  const known = before.hosts.get(name);
  const layer: Layer = {
    name: 'add_host',
    vars: new Map(Object.entries(vars).map(([key, value]): [string, Given] => [key, { value }])),
  };
  const files = before.hostFiles(name);
  const inherited = known ? known.layers.slice(files.length) : before.inherited(['ungrouped']);
  const host: Host = {
    name,
    groups: known?.groups ?? ['ungrouped'],
    layers: [...files, layer, ...inherited],
    own: (known?.own ?? files.length) + 1,
    file: known?.file ?? '',
    source: known?.source ?? stage.play.source,
  };
  const hosts = new Map(before.hosts).set(name, host);
  world.inventory = addToGroups({ ...before, hosts }, name, groups);
  refresh(stage.world, name);
  const changed =
    !known ||
    groups.some((group) => !known.groups.includes(group)) ||
    Object.entries(vars).some(([key, value]) => !isDeepStrictEqual(valueOf(known, key), value));
  const data = { add_host: { host_name: name, groups, host_vars: vars } };
  return { kind: changed ? 'changed' : 'ok', data };
}

/** What a host has under a name before templates are evaluated. */
function valueOf({ layers }: Host, name: string): unknown {
  const given = layers.map(({ vars }) => vars.get(name)).find((one) => one !== undefined);
  if (!given || 'lazy' in given) return undefined;
  return 'value' in given ? given.value : plain(given.tree);
}

function groupBy({ stage, run }: Walker, { group, parents }: Of<'group_by'>): More {
  const { world } = stage;
  const changed = !run.host.groups.includes(group);
  world.inventory = addToGroups(world.inventory, run.host.name, [group], parents);
  refresh(world, run.host.name);
  return { kind: changed ? 'changed' : 'ok', data: { add_group: group, parent_groups: parents } };
}

/** Hosts that take part see what changed about them. */
function refresh({ inventory, runs, others }: Walker['stage']['world'], name: string): void {
  const host = inventory.hosts.get(name);
  const run = runs.get(name) ?? others.get(name);
  if (host && run) run.host = host;
}

function includeVars({ stage, run }: Walker, step: Step, { from }: Of<'include_vars'>): More {
  const trees = stage.input.varsFrom(from, step.task);
  const entries = trees.flatMap((tree) => tree.entries);
  const { source } = step.task;
  if (from.name === undefined)
    for (const { key, value: tree } of entries) run.kept.set('included', key, { tree }, step.at);
  else
    run.kept.set(
      'included',
      from.name,
      { tree: { kind: 'map', entries: last(entries), source } },
      step.at,
    );
  const whole = stage.input.absolute ?? ((path: string) => path);
  const files = trees.map((tree) => whole(tree.source.file));
  const facts = Object.fromEntries(entries.map(({ key, value }) => [key, plain(value)]));
  const shown = from.name === undefined ? facts : { [from.name]: facts };
  return { data: { ansible_facts: shown, ansible_included_var_files: files } };
}

/** Of equal keys the last. */
const last = (entries: readonly Entry[]): readonly Entry[] => [
  ...new Map(entries.map((entry) => [entry.key, entry])).values(),
];

function setStats({ stage, run }: Walker, { data, perHost, aggregate }: Of<'set_stats'>): More {
  const { stats } = stage.world;
  const key = perHost ? run.host.name : '';
  const before = stats.get(key) ?? {};
  const merged = Object.entries(data).map(([name, value]): [string, Plain] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, aggregate && old !== undefined ? sum(old, value as Plain) : (value as Plain)];
  });
  stats.set(key, { ...before, ...Object.fromEntries(merged) });
  return { data: { ansible_stats: { data, per_host: perHost, aggregate } } };
}

/** As Ansible aggregates: maps are merged, all else is added. */
function sum(old: Plain, value: Plain): Plain {
  if (isMap(old) && isMap(value)) return { ...(old as object), ...(value as object) };
  if (Array.isArray(old) && Array.isArray(value))
    return [...(old as Plain[]), ...(value as Plain[])];
  if (typeof old === 'number' && typeof value === 'number') return old + value;
  if (typeof old === 'string' && typeof value === 'string') return old + value;
  return value;
}
