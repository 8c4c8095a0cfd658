import type { ZoneSettings } from './state.ts';

/** The settings of a zone that are lists, and those of them that bind packets to a zone. */
export const LISTS = [
  'services',
  'ports',
  'protocols',
  'sourcePorts',
  'forwardPorts',
  'icmpBlocks',
  'richRules',
] as const;
/** Lists that say what arrives in a zone; an entry is in one zone only. */
export const BINDINGS = ['interfaces', 'sources'] as const;
/** Settings that are on or off. */
export const FLAGS = ['forward', 'masquerade', 'icmpBlockInversion'] as const;

/** A setting that is a list. */
export type ListKey = (typeof LISTS)[number] | Binding;
/** A list that says what arrives in a zone. */
export type Binding = (typeof BINDINGS)[number];

/** Zones of one configuration; a zone that is not in it is left out. */
export type Zones = Readonly<Record<string, ZoneSettings>>;

/** What is in `list` and not in `other`. */
export const without = (list: readonly string[], other: readonly string[]): readonly string[] =>
  list.filter((item) => !other.includes(item));

/** Whether two sorted lists hold the same. */
export const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && without(a, b).length === 0;

/** The settings that differ, with the values of `to`. */
export function changed(from: ZoneSettings, to: ZoneSettings): Partial<ZoneSettings> {
  const keys = [
    ...(from.target === to.target ? [] : (['target'] as const)),
    ...[...BINDINGS, ...LISTS].filter((key) => !sameList(from[key], to[key])),
    ...FLAGS.filter((key) => from[key] !== to[key] && to[key] !== null),
  ];
  return pick(to, keys);
}

/** Some of the settings of a zone. */
export const pick = (
  zone: ZoneSettings,
  keys: readonly (keyof ZoneSettings)[],
): Partial<ZoneSettings> => Object.fromEntries(keys.map((key) => [key, zone[key]]));

/** The settings that are given. */
export const keysOf = (settings: Partial<ZoneSettings>): readonly (keyof ZoneSettings)[] =>
  Object.keys(settings) as (keyof ZoneSettings)[];

/** Whether nothing is given. */
export const isEmpty = (settings: object): boolean => Object.keys(settings).length === 0;

/** An interface or source that goes from one zone to another, or (from nothing) to its first. */
export interface Move {
  readonly binding: Binding;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Bindings that `to` has in another zone than `from`. */
export function movesBetween(from: Zones, to: Zones): readonly Move[] {
  return BINDINGS.flatMap((binding) =>
    Object.entries(to).flatMap(([zone, settings]) =>
      without(settings[binding], from[zone]?.[binding] ?? []).flatMap((name) => {
        const owner = Object.keys(from).find((other) => from[other]?.[binding].includes(name));
        return owner === undefined || owner === zone
          ? []
          : [{ binding, name, from: owner, to: zone }];
      }),
    ),
  );
}

/** For people: "ports, services". */
export const nameKeys = (settings: Partial<ZoneSettings>): string =>
  keysOf(settings)
    .map((key) => WORDS[key])
    .join(', ');

const WORDS: Readonly<Record<keyof ZoneSettings, string>> = {
  target: 'target',
  interfaces: 'interfaces',
  sources: 'sources',
  services: 'services',
  ports: 'ports',
  protocols: 'protocols',
  sourcePorts: 'source ports',
  forwardPorts: 'forward ports',
  icmpBlocks: 'icmp blocks',
  richRules: 'rich rules',
  forward: 'forwarding',
  masquerade: 'masquerading',
  icmpBlockInversion: 'icmp block inversion',
};
