import type { Result, Seen } from '../../model/module.ts';
import { isForeign, isUsable, whyUnusable } from './default-routes.ts';
import { isOurs, missingFlags, plainAddress } from './dummy-desired.ts';
import type { DummyRouteParams } from './dummy-params.ts';
import { type Keeper, keeperOf } from './keepers.ts';
import type { RoutesFacts, RoutesState } from './state.ts';

type Now = Seen<RoutesState, RoutesFacts>;

/** What a task tells besides its change. */
export function result(before: RoutesState, after: Now, wanted: DummyRouteParams): Result {
  const { name } = wanted;
  const { facts } = after;
  const link = after.state.links[name] ?? null;
  const real = facts.defaults.filter((route) => route.type === 'unicast' && isForeign(route, name));
  const usable = real.filter((route) => isUsable(route, name));
  const notes: string[] = usable.map(({ text }) => `default route: ${text}`);
  const warnings: string[] = [];
  const keeper = keeperOf(name, after.state.kept[name] ?? {});
  const isOwn = link !== null && isOurs(link, facts, wanted);
  if (link && !isOwn) notes.push(`${name} is a ${link.kind} link that is not ours: left alone`);
  if (isOwn) {
    const useless = facts.defaults.filter((r) => isForeign(r, name) && !usable.includes(r));
    notes.push(...useless.map(whyUnusable).map((why) => `${why}: it does not count`));
    const gone = `the route through ${name} is runtime only: a reboot forgets it`;
    if (keeper !== undefined) notes.push(`${KEEPERS[keeper]} brings ${name} back after a reboot`);
    else if ((before.links[name] ?? null) === null) warnings.push(gone);
    else notes.push(gone);
    const beaten = real.find((route) => route.metric >= wanted.metric);
    if (beaten) {
      warnings.push(
        `the route through ${name} wins over "${beaten.text}": set a higher metric, or state: if_needed`,
      );
    }
    if (missingFlags(facts).length > 0) {
      warnings.push(
        `K3s is not told ${missingFlags(facts).join(' and ')}: without it, it would take ${plainAddress(wanted.address)} for the address of this node; use k3s_flags`,
      );
    }
  }
  return {
    data: {
      name,
      state: isOwn ? 'present' : 'absent',
      persisted_by: keeper ?? 'none',
      needed: usable.length === 0,
      default_routes: usable.map(({ text }) => text),
    },
    notes,
    warnings,
  };
}

const KEEPERS: Readonly<Record<Keeper, string>> = {
  networkmanager: 'NetworkManager',
  networkd: 'systemd-networkd',
  ifupdown: 'ifupdown',
  systemd: 'a systemd unit',
};
