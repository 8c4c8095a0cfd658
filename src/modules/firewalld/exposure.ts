import { type AddressSet, joinAddresses, pieces } from '../../lib/address-set.ts';
import { ALL_PORTS, NO_PORTS } from '../../lib/port-set.ts';
import { grouped } from '../../lib/grouped.ts';
import type { Cell, Exposure, Exposures } from '../../model/exposure.ts';
import type { Seen } from '../../model/module.ts';
import { eitherLets, type Lets, NOTHING_LET, sameLets, zoneLets } from './exposure-zone.ts';
import { type Coming, mayDiffer, meets } from './lockout-meets.ts';
import type { FirewalldFacts, FirewalldState } from './state.ts';
import { type Config, settingsIn } from './zone-edit.ts';
import { parseRich, section } from './zone-rich.ts';

/** What can be reached of a host through firewalld, now and after a reload or reboot, by each interface but lo. */
export const exposuresOf = ({ state, facts }: Seen<FirewalldState, FirewalldFacts>): Exposures => ({
  now: exposureIn(state, facts, 'runtime'),
  later: exposureIn(state, facts, 'permanent'),
});

function exposureIn(state: FirewalldState, facts: FirewalldFacts, config: Config): Exposure {
  const devices = devicesOf(state, facts, config);
  if (config === 'runtime') {
    if (facts.access === 'offline') return everywhere(devices, UNFILTERED);
    // A reload or reboot ends it.
    if (facts.panic) return everywhere(devices, NOTHING_LET);
  }
  const cut = pieces(networksIn(state, config));
  // Interfaces that meet the same zones need not be worked out again.
  const known = new Map<string, readonly Cell[]>();
  const all = devices.map((device): readonly [string, readonly Cell[]] => {
    const met = meets(state, config, coming(state, facts, NOBODY), device);
    const key = [met.zone, ...met.rivals].join(' ');
    const cells = known.get(key) ?? cellsOf(state, facts, config, { device, cut });
    known.set(key, cells);
    return [device, cells];
  });
  return new Map(withoutCrowds(all));
}

/** No source holds it. */
const NOBODY = '';

const UNFILTERED: Lets = {
  open: NO_PORTS,
  unsure: [{ ports: ALL_PORTS, why: 'firewalld is not running: it filters nothing' }],
};

const everywhere = (devices: readonly string[], lets: Lets): Exposure => {
  const cells = pieces([]).reduce<readonly Cell[]>((all, { from }) => added(all, from, lets), []);
  return new Map(withoutCrowds(devices.map((device) => [device, cells])));
};

function cellsOf(
  state: FirewalldState,
  facts: FirewalldFacts,
  config: Config,
  { device, cut }: { readonly device: string; readonly cut: ReturnType<typeof pieces> },
): readonly Cell[] {
  return cut.reduce<readonly Cell[]>((cells, { from, address }) => {
    const met = meets(state, config, coming(state, facts, address), device);
    const letsOf = (zone: string): Lets =>
      zoneLets(settingsIn(state, zone, config), zone, facts, address);
    const others = [...new Set([...met.perhaps, ...met.rivals])];
    const lets = others
      .filter((zone) => zone !== met.zone)
      .reduce<Lets>(
        (so, zone) => eitherLets(so, letsOf(zone), mayDiffer(met, zone, 'the client', device)),
        letsOf(met.zone),
      );
    return added(cells, from, lets);
  }, []);
}

/** Cells with more addresses: those that reach the same are one. */
function added(cells: readonly Cell[], from: AddressSet, lets: Lets): readonly Cell[] {
  const twin = cells.find((cell) => sameLets(cell, lets));
  if (!twin) return [...cells, { from, ...lets }];
  return cells.map((cell) =>
    cell === twin ? { ...cell, from: joinAddresses(cell.from, from) } : cell,
  );
}

const coming = (state: FirewalldState, facts: FirewalldFacts, client: string): Coming => ({
  ...{ client, networkManager: facts.networkManager, prioritised: facts.prioritised },
  bound: facts.session?.bound ?? {},
  profiled: facts.session?.profiled ?? [],
  defaultZone: facts.session?.defaultZone ?? state.defaultZone,
});

/** Interfaces of the host, and those that a zone waits for. */
function devicesOf(state: FirewalldState, facts: FirewalldFacts, config: Config): string[] {
  const awaited = Object.keys(state.zones).flatMap((zone) =>
    (settingsIn(state, zone, config)?.interfaces ?? []).filter((name) => !name.endsWith('+')),
  );
  const none = new Set(['lo', 'bonding_masters']);
  return [...new Set([...facts.interfaces, ...awaited])].filter((name) => !none.has(name)).sort();
}

/** Networks that zones and rich rules tell apart. */
const networksIn = (state: FirewalldState, config: Config): readonly string[] => [
  ...new Set(
    Object.keys(state.zones).flatMap((zone) => {
      const settings = settingsIn(state, zone, config);
      if (!settings) return [];
      const ruled = settings.richRules.flatMap((text) => {
        const rule = parseRich(text);
        return 'message' in rule ? [] : (section(rule, 'source')?.attributes['address'] ?? []);
      });
      return [...settings.sources, ...ruled];
    }),
  ),
];

/** Interfaces of containers and guests, which come and go under names of no meaning. */
const CROWD = /^(veth|cali|lxc|tap|vnet)[0-9a-f_]{1,}$/;

/** Those of a kind that all reach the same are one, named as firewalld names them: `veth+`. */
function withoutCrowds(
  all: readonly (readonly [string, readonly Cell[]])[],
): readonly (readonly [string, readonly Cell[]])[] {
  const crowds = grouped(all, ([device]) => CROWD.exec(device)?.[1]);
  return [...crowds].flatMap(([stem, some]) => {
    const [first] = some;
    if (stem === undefined || !first || some.some(([, cells]) => cells !== first[1])) return some;
    return [[`${stem}+`, first[1]] as const];
  });
}
