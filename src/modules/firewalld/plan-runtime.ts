import type { Step } from '../../model/module.ts';
import { callScript, moveTo, setDefaultZone, setRuntime } from './busctl-call.ts';
import {
  BINDINGS,
  changed,
  isEmpty,
  keysOf,
  LISTS,
  type Move,
  movesBetween,
  nameKeys,
  pick,
  without,
  type Zones,
} from './plan-diff.ts';
import { CONF_FILES } from './plan-permanent.ts';
import { coalesce, readPorts, writePorts } from './ports.ts';
import type { ZoneSettings } from './state.ts';

/** What the running zones are and shall be. */
export interface RuntimeChange {
  readonly from: Zones;
  readonly to: Zones;
  readonly defaultZone: { readonly from: string; readonly to: string };
  /** Sources of a running zone in the daemon's own spelling: it compares them as text. */
  spelled(zone: string): readonly string[];
}

/**
 * Steps for the running zones, open before close: first what zones gain, then what moves between zones, then the
 * default zone, then what zones lose. One call for each zone and phase.
 */
export function runtimeSteps(change: RuntimeChange): readonly Step[] {
  const { from, to, defaultZone } = change;
  const moves = movesBetween(from, to).filter(
    ({ binding, name, from: owner }) =>
      binding === 'interfaces' || change.spelled(owner).includes(name),
  );
  const zones = Object.entries(to).flatMap(([name, after]) => {
    const before = from[name];
    return before ? [{ name, before, ...phases(before, after, moves, name) }] : [];
  });
  return [
    ...zones.flatMap(({ name, before, open }) => settingStep(name, before, open, 'none')),
    ...moves.map(moveStep),
    ...(defaultZone.from === defaultZone.to ? [] : [defaultStep(defaultZone.from, defaultZone.to)]),
    ...zones.flatMap(({ name, before, open, close }) =>
      settingStep(name, { ...before, ...open }, close, 'connection'),
    ),
  ];
}

/** Splits the change of a zone into what lets more in and what lets less in. */
function phases(
  before: ZoneSettings,
  after: ZoneSettings,
  moves: readonly Move[],
  zone: string,
): { readonly open: Partial<ZoneSettings>; readonly close: Partial<ZoneSettings> } {
  const difference = changed(before, after);
  const open: Record<string, unknown> = {};
  const close: Record<string, unknown> = {};
  for (const key of keysOf(difference)) {
    const value = after[key];
    if (typeof value === 'boolean')
      (value && key !== 'icmpBlockInversion' ? open : close)[key] = value;
  }
  for (const key of LISTS.filter((name) => name in difference)) {
    const gains = without(after[key], before[key]).length > 0;
    // A block more lets less in.
    const opens = key === 'icmpBlocks' ? !gains : gains;
    (opens ? open : close)[key] =
      key === 'ports' && opens ? merging(before.ports, after.ports) : after[key];
  }
  for (const binding of BINDINGS) {
    const moved = (name: string): boolean =>
      moves.some((m) => m.binding === binding && m.name === name);
    const gained = without(after[binding], before[binding]).filter((name) => !moved(name));
    const lost = without(before[binding], after[binding]).filter(
      (name) => !moves.some((m) => m.binding === binding && m.name === name && m.from === zone),
    );
    if (gained.length > 0) open[binding] = [...before[binding], ...gained];
    if (lost.length > 0) close[binding] = after[binding];
  }
  return { open, close };
}

/**
 * The list to send so that nothing closes on the way: firewalld takes away what is missing before it adds what is
 * new, but a port inside a new range it merges by itself.
 */
function merging(before: readonly string[], after: readonly string[]): readonly string[] {
  const kept = without(before, after).filter(
    (port) => writePorts(coalesce(readPorts([...after, port]))).join() === after.join(),
  );
  return [...after, ...kept];
}

function settingStep(
  zone: string,
  before: ZoneSettings,
  settings: Partial<ZoneSettings>,
  disruption: Step['disruption'],
): readonly Step[] {
  if (isEmpty(settings)) return [];
  const undo = setRuntime(zone, pick(before, keysOf(settings)));
  const closing = disruption === 'connection';
  return [
    {
      name: `runtime ${nameKeys(settings)} of zone ${zone}${closing ? ' (closing)' : ''}`,
      // firewalld checks the whole call first but applies it item by item: a late failure leaves half of it.
      do: callScript([setRuntime(zone, settings)], [undo]),
      inverse: callScript([undo]),
      stage: 'runtime',
      disruption,
      ...(closing ? { reason: `new connections through zone ${zone} meet less open doors` } : {}),
    },
  ];
}

const moveStep = ({ binding, name, from, to }: Move): Step => ({
  name: `runtime ${binding === 'interfaces' ? 'interface' : 'source'} ${name} from zone ${from} to ${to}`,
  do: callScript([moveTo(to, binding, name)]),
  inverse: callScript([moveTo(from, binding, name)]),
  stage: 'runtime',
  disruption: 'connection',
  reason: `new connections from ${name} are judged by zone ${to}`,
});

/** Another default zone. firewalld sets it in both configurations at once: there is no trying it out. */
export const defaultStep = (from: string, to: string): Step => ({
  name: `default zone ${to} instead of ${from}`,
  do: callScript([setDefaultZone(to)]),
  inverse: callScript([setDefaultZone(from)]),
  stage: 'persistent',
  disruption: 'connection',
  reason: `new connections through interfaces in no zone are judged by zone ${to}`,
  files: CONF_FILES,
});
