import { sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Resource, Seen, Step } from '../../model/module.ts';
import { observeUnits, systemctl } from './observe.ts';
import type { Manager, UnitScope, UnitsFacts, UnitsState, UnitState } from './state.ts';

/** Units of one of systemd's managers. */
export const units: Resource<UnitScope, UnitsState, UnitsFacts> = {
  name: 'units',
  key: ({ manager }) => `units:${manager}`,
  observe: observeUnits,
  plan,
  recall: {
    partial: true,
    idle: ['reexecs'],
    // What systemd has read, and what only happens, is nothing that could be made again.
    state: ({ state }) => ({
      ...state,
      units: Object.fromEntries(
        Object.entries(state.units).map(([name, unit]) => [name, unit && lasting(unit)]),
      ),
    }),
  },
  footprints: ({ unit }) => ({
    reads: [`unit:/${unit}`, 'file:/etc/systemd', 'file:/usr/lib/systemd', 'file:/lib/systemd'],
    // What a service does when it starts or ends, nobody knows but itself.
    writes: ['unit:/', 'file:/', 'net:/', 'sysctl:/', 'kernel_module:/'],
  }),
};

/** A unit as it can be made again: what is left out stays as it is. */
function lasting({ running, enabled, masked }: UnitState): UnitState {
  return { running, enabled, masked } as UnitState;
}

function plan({ state, facts }: Seen<UnitsState, UnitsFacts>, desired: UnitsState): Plan {
  const { manager } = desired;
  const pairs = Object.entries(desired.units).flatMap(([unit, after]) => {
    const before = state.units[unit] ?? null;
    return before && after ? [{ unit, before, after }] : [];
  });
  const stale = pairs.some(({ before, after }) => before.stale && !after.stale);
  return {
    steps: [
      ...(desired.reexecs > state.reexecs ? [anew(manager)] : []),
      ...(stale ? [again(manager)] : []),
      ...pairs.flatMap((pair) => unitSteps(pair, manager, facts.hasty.includes(pair.unit))),
    ],
  };
}

const again = (manager: Manager): Step => ({
  name: 'systemd reads its files again',
  do: sh`${systemctl(manager)} daemon-reload`,
  stage: 'runtime',
  disruption: 'none',
});

const anew = (manager: Manager): Step => ({
  name: 'systemd is started anew',
  do: sh`${systemctl(manager)} daemon-reexec`,
  stage: 'runtime',
  disruption: 'none',
});

interface Pair {
  readonly unit: string;
  readonly before: UnitState;
  readonly after: UnitState;
}

/** Unmasked before it is enabled and started; stopped and disabled before it is masked. */
function unitSteps(
  { unit, before, after }: Pair,
  manager: Manager,
  hasty: boolean,
): readonly Step[] {
  const call = (...verb: readonly string[]): Shell =>
    sh`${systemctl(manager)} --no-ask-password ${verb} -- ${unit}`;
  const run = (verb: string): Shell => call(...(hasty ? ['--no-block'] : []), verb);
  const step = (verb: string, back: string, stage: Step['stage']): Step => ({
    name: `${verb} ${unit}`,
    do: stage === 'persistent' ? call('--quiet', verb) : run(verb),
    inverse: stage === 'persistent' ? call('--quiet', back) : run(back),
    stage,
    disruption: 'none',
  });
  const stop: Step = {
    ...step('stop', 'start', 'runtime'),
    disruption: 'restart',
    reason: `${unit} stops`,
  };
  const steps: Step[] = [];
  if (before.masked && !after.masked) steps.push(step('unmask', 'mask', 'persistent'));
  if (!before.enabled && after.enabled) steps.push(step('enable', 'disable', 'persistent'));
  if (!before.running && after.running) steps.push(step('start', 'stop', 'runtime'));
  else if (before.running && after.running && after.restarts > before.restarts)
    steps.push({
      name: `restart ${unit}`,
      // A service may say that it started and end right afterwards.
      do: hasty ? run('restart') : sh`${call('restart')} && ${call('is-active', '--quiet')}`,
      stage: 'runtime',
      disruption: 'restart',
      reason: `${unit} starts anew`,
    });
  else if (after.running && after.reloads > before.reloads)
    steps.push({
      name: `reload ${unit}`,
      do: run('reload'),
      stage: 'runtime',
      disruption: 'reload',
      reason: `${unit} reads its configuration again`,
    });
  if (before.running && !after.running) steps.push(stop);
  if (before.enabled && !after.enabled) steps.push(step('disable', 'enable', 'persistent'));
  if (!before.masked && after.masked) steps.push(step('mask', 'unmask', 'persistent'));
  return steps;
}
