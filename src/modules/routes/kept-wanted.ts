import { Refusal } from '../../model/module.ts';
import type { DummyRouteParams } from './dummy-params.ts';
import { filesFor, isMarked, type Keeper, keeperFor } from './keepers.ts';
import type { Kept, NetworkOwner } from './state.ts';

/** The files that should bring a link back after a reboot; those that somebody else wrote are never touched. */
export function keptWanted(
  isWanted: boolean,
  kept: Kept,
  owner: NetworkOwner,
  wanted: DummyRouteParams,
): Kept | Refusal {
  const { name, link: kind, address, gateway, metric } = wanted;
  const foreign = Object.entries(kept).filter(([, text]) => !isMarked(name, text));
  if (!isWanted) return Object.fromEntries(foreign);
  const keeper = keeperWanted(owner, wanted);
  if (keeper instanceof Refusal) return keeper;
  const next = keeper ? filesFor(keeper, { name, kind, address, gateway, metric }) : {};
  const taken = foreign.find(([path]) => path in next);
  if (taken) {
    return new Refusal(`${taken[0]} exists and was not written by orch: it is left alone`, {
      pointer: '/name',
      hint: 'Look what it is for; move it away, or choose another name.',
    });
  }
  return { ...Object.fromEntries(foreign), ...next };
}

function keeperWanted(
  owner: NetworkOwner,
  { persist, name, link }: DummyRouteParams,
): Keeper | undefined | Refusal {
  if (persist === 'none') return undefined;
  if (persist === 'auto') return keeperFor(owner, name, link);
  const missing = owner.running.includes(NEEDS[persist].running)
    ? persist === 'ifupdown' && !owner.sourcesFiles
      ? '/etc/network/interfaces does not read interfaces.d'
      : undefined
    : NEEDS[persist].otherwise;
  if (missing === undefined) return persist;
  return new Refusal(`${missing}: it would not bring ${name} back after a reboot`, {
    pointer: '/persist',
    hint: 'Set persist: auto, which takes whoever owns networking on the host.',
  });
}

const NEEDS: Readonly<Record<Keeper, { readonly running: string; readonly otherwise: string }>> = {
  networkmanager: { running: 'NetworkManager', otherwise: 'NetworkManager does not run here' },
  networkd: { running: 'systemd-networkd', otherwise: 'systemd-networkd does not run here' },
  ifupdown: { running: 'ifupdown', otherwise: 'networking.service is not enabled here' },
  systemd: { running: 'systemd', otherwise: 'systemd does not run here' },
};
