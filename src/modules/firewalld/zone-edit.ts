import type { FirewalldState, Zone, ZoneSettings } from './state.ts';

/** The two configurations of firewalld. */
export type Config = 'runtime' | 'permanent';

/** Which configurations a task is about. */
export type Persist = 'both' | Config;

/** The configurations that `persist` names, runtime first. */
export const configsOf = (persist: Persist): readonly Config[] =>
  persist === 'both' ? ['runtime', 'permanent'] : [persist];

/** What ansible.posix's two switches mean in orch's word; nothing when neither decides. */
export function aliasPersist(permanent: unknown, immediate: unknown): Persist | undefined {
  if (permanent === true) return immediate === true ? 'both' : 'permanent';
  if (immediate === true || permanent === false) return 'runtime';
  return undefined;
}

const NOWHERE: Zone = { runtime: null, permanent: null };

/** A zone of the state; one that was not looked at exists nowhere. */
export const zoneOf = (state: FirewalldState, zone: string): Zone => state.zones[zone] ?? NOWHERE;

/** The settings of a zone in a configuration; null when it does not exist there. */
export const settingsIn = (
  state: FirewalldState,
  zone: string,
  config: Config,
): ZoneSettings | null => zoneOf(state, zone)[config];

/** The same state with other settings for a zone in a configuration; the same object when they are the same. */
export function withSettings(
  state: FirewalldState,
  zone: string,
  config: Config,
  settings: ZoneSettings | null,
): FirewalldState {
  const old = zoneOf(state, zone);
  if (old[config] === settings) return state;
  return { ...state, zones: { ...state.zones, [zone]: { ...old, [config]: settings } } };
}

/** A zone as firewalld makes a new one; `forward` null where firewalld has no such thing. */
export const emptySettings = (forward: boolean | null): ZoneSettings => ({
  target: 'default',
  interfaces: [],
  sources: [],
  services: [],
  ports: [],
  protocols: [],
  sourcePorts: [],
  forwardPorts: [],
  icmpBlocks: [],
  richRules: [],
  forward,
  masquerade: false,
  icmpBlockInversion: false,
});

/** Adds and takes away; the list stays the same object when nothing changes. Sorted in plain text order. */
export function editList(
  list: readonly string[],
  { add = [], remove = [], only }: ListEdit,
): readonly string[] {
  const gone = new Set(remove.filter((entry) => !add.includes(entry)));
  const kept = list.filter((entry) => !gone.has(entry) && (!only || only.includes(entry)));
  const next = [...new Set([...kept, ...add])].sort();
  return next.length === list.length && next.every((entry) => list.includes(entry)) ? list : next;
}

/** What happens to a list: `add` wins over `remove`; `only` leaves nothing else. */
export interface ListEdit {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly only?: readonly string[] | undefined;
}

/** The zones that hold an interface or a source in a configuration, without `zone` itself. */
export const ownersOf = (
  state: FirewalldState,
  config: Config,
  key: 'interfaces' | 'sources',
  entry: string,
): string[] =>
  Object.keys(state.zones)
    .filter((zone) => settingsIn(state, zone, config)?.[key].includes(entry))
    .sort();

/** Zones that firewalld ships; they can be changed but not deleted. */
export const BUILTIN: readonly string[] = [
  'block',
  'dmz',
  'drop',
  'external',
  'home',
  'internal',
  'nm-shared',
  'public',
  'trusted',
  'work',
  'libvirt',
  'libvirt-routed',
];

const KEYS: readonly (readonly [keyof ZoneSettings, string])[] = [
  ['interfaces', 'interfaces'],
  ['sources', 'sources'],
  ['services', 'services'],
  ['ports', 'ports'],
  ['protocols', 'protocols'],
  ['sourcePorts', 'source ports'],
  ['forwardPorts', 'forward ports'],
  ['icmpBlocks', 'ICMP blocks'],
  ['richRules', 'rich rules'],
  ['target', 'target'],
  ['forward', 'forward'],
  ['masquerade', 'masquerade'],
  ['icmpBlockInversion', 'ICMP block inversion'],
];

/** How runtime and permanent differ, one phrase a key: `services cockpit only in permanent`. Nothing while the daemon is down. */
export function drift({ runtime, permanent }: Zone): string[] {
  if (!runtime || !permanent) return [];
  return KEYS.flatMap(([key, name]) => {
    const [now, later] = [runtime[key], permanent[key]];
    if (typeof now === 'object' && typeof later === 'object' && now && later) {
      return [
        only(
          name,
          'runtime',
          now.filter((entry) => !later.includes(entry)),
        ),
        only(
          name,
          'permanent',
          later.filter((entry) => !now.includes(entry)),
        ),
      ].flat();
    }
    return now === later
      ? []
      : [`${name} ${String(now)} in runtime, ${String(later)} in permanent`];
  });
}

const only = (name: string, config: Config, entries: readonly string[]): string[] =>
  entries.length === 0 ? [] : [`${name} ${entries.join(', ')} only in ${config}`];
