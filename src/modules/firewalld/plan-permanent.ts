import type { Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import { addZone, callScript, loadDefaults, removeZone, setPermanent } from './busctl-call.ts';
import {
  BINDINGS,
  changed,
  isEmpty,
  keysOf,
  nameKeys,
  pick,
  without,
  type Zones,
} from './plan-diff.ts';
import type { ZoneSettings } from './state.ts';

/** One permanent write, with the one that takes it back. */
export interface Write {
  readonly name: string;
  readonly zone: string;
  readonly call: Shell;
  readonly undo: Shell;
}

/**
 * Permanent writes, one for each zone: zones that lose an interface or source first, then those that gain (firewalld
 * refuses a binding that another zone's file still has). `from` and `to` are what the files hold and shall hold.
 * Zones of `builtIn` shall be as they came, with no file of their own.
 */
export function permanentWrites(
  from: Zones,
  to: Zones,
  builtIn: readonly string[] = [],
): readonly Write[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const update = (zone: Kept): readonly Write[] => {
    const writes = updated(zone);
    if (writes.length === 0 || !builtIn.includes(zone.zone)) return writes;
    return writes.map((write) => ({ ...write, call: loadDefaults(write.zone) }));
  };
  const removed = names.flatMap((zone) => {
    const before = from[zone];
    return before && !to[zone] ? [removal(zone, before)] : [];
  });
  const kept = names.flatMap((zone) => {
    const before = from[zone];
    const after = to[zone];
    return before && after ? [{ zone, before, after }] : [];
  });
  const loses = ({ before, after }: Kept): boolean =>
    BINDINGS.some((binding) => without(before[binding], after[binding]).length > 0);
  const gains = ({ before, after }: Kept): boolean =>
    BINDINGS.some((binding) => without(after[binding], before[binding]).length > 0);
  // A zone that does both gives first: else two zones that swap would wait for each other.
  const giving = kept.filter((zone) => loses(zone) && gains(zone)).map((zone) => given(zone));
  const halfway = (zone: Kept): Kept => giving.find((g) => g.zone === zone.zone)?.next ?? zone;
  return [
    ...removed,
    ...giving.flatMap(({ zone, before, after }) => updated({ zone, before, after })),
    ...kept.filter((zone) => loses(zone) && !gains(zone)).flatMap(update),
    ...kept.filter((zone) => !loses(zone) || gains(zone)).flatMap((zone) => update(halfway(zone))),
    ...names.flatMap((zone) => {
      const after = to[zone];
      return after && !from[zone] ? [addition(zone, after)] : [];
    }),
  ];
}

interface Kept {
  readonly zone: string;
  readonly before: ZoneSettings;
  readonly after: ZoneSettings;
}

function given({ zone, before, after }: Kept): Kept & { readonly next: Kept } {
  const less = {
    ...before,
    interfaces: before.interfaces.filter((name) => after.interfaces.includes(name)),
    sources: before.sources.filter((name) => after.sources.includes(name)),
  };
  return { zone, before, after: less, next: { zone, before: less, after } };
}

function updated({ zone, before, after }: Kept): readonly Write[] {
  const settings = changed(before, after);
  if (isEmpty(settings)) return [];
  return [
    {
      name: `permanent ${nameKeys(settings)} of zone ${zone}`,
      zone,
      call: setPermanent(zone, settings),
      undo: setPermanent(zone, pick(before, keysOf(settings))),
    },
  ];
}

const addition = (zone: string, after: ZoneSettings): Write => ({
  name: `new zone ${zone}`,
  zone,
  call: addZone(zone, after),
  undo: removeZone(zone),
});

const removal = (zone: string, before: ZoneSettings): Write => ({
  name: `zone ${zone} away`,
  zone,
  call: removeZone(zone),
  undo: addZone(zone, before),
});

/** The writes as steps of their own, for when nothing has to be reloaded. */
export const permanentSteps = (writes: readonly Write[]): readonly Step[] =>
  writes.map(({ name, zone, call, undo }): Step => ({
    name,
    do: callScript([call]),
    inverse: callScript([undo]),
    stage: 'persistent',
    disruption: 'none',
    late: true,
    files: zoneFiles(zone),
  }));

/** What firewalld writes for the permanent settings of a zone: its file, and the one before it. */
export const zoneFiles = (zone: string): readonly string[] => [
  `/etc/firewalld/zones/${zone}.xml`,
  `/etc/firewalld/zones/${zone}.xml.old`,
];

/** What firewalld writes for another default zone. */
export const CONF_FILES = [
  '/etc/firewalld/firewalld.conf',
  '/etc/firewalld/firewalld.conf.old',
] as const;
