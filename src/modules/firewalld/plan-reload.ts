import { OrchError } from '../../lib/errors.ts';
import type { Seen } from '../../model/module.ts';
import type { FirewalldFacts, FirewalldState, Zone } from './state.ts';

type Looked = Seen<FirewalldState, FirewalldFacts>;

/** Why firewalld must be reloaded to get from one state to the other, or reloads by itself; empty when neither. */
export function reloadReasons(current: Looked, desired: FirewalldState): readonly string[] {
  return [
    ...zoneReasons(current.state, desired),
    ...(reloadsByDefault(current, desired) ? [defaultReason(current.facts)] : []),
  ];
}

/** Why another default zone is a reload, where it is one. */
export const defaultReason = ({ version }: FirewalldFacts): string =>
  `firewalld ${version} reloads when another zone becomes the default zone`;

/** firewalld 2 has no other way to another default zone; 0.9 and 1 move what is bound to it, and that is all. */
export const reloadsByDefault = (
  { state, facts: { version } }: Looked,
  desired: FirewalldState,
): boolean => state.defaultZone !== desired.defaultZone && Number.parseInt(version, 10) >= 2;

function zoneReasons(current: FirewalldState, desired: FirewalldState): readonly string[] {
  return Object.entries(desired.zones).flatMap(([name, { runtime: after }]) => {
    const before = current.zones[name]?.runtime ?? null;
    if (before === null && after === null) return [];
    if (before === null) return [`zone ${name} starts to exist only with a reload`];
    if (after === null) return [`zone ${name} ceases to exist only with a reload`];
    return before.target === after.target
      ? []
      : [`the target of zone ${name} changes only with a reload`];
  });
}

/**
 * Zones that are to be permanent and not to run although there is a reload: their files are written behind it, for it would
 * bring them up. One that neither runs now nor is written is brought up all the same.
 */
export const heldBack = (current: FirewalldState, desired: FirewalldState): ReadonlySet<string> =>
  new Set(
    Object.entries(desired.zones).flatMap(([name, { runtime, permanent }]) => {
      const before = current.zones[name];
      const isTouched = !before?.permanent || before.runtime !== null;
      return runtime === null && permanent !== null && isTouched ? [name] : [];
    }),
  );

/** What a reload costs on this host, beyond runtime-only rules of others. */
export function reloadCost({ version, k3sActive, unsaved }: FirewalldFacts): readonly string[] {
  const major = Number.parseInt(version, 10);
  const dropped =
    unsaved.length === 0 ? [] : [`a reload drops what only runs of ${unsaved.join(', ')}`];
  if (k3sActive !== true || major >= 2) return dropped;
  return [
    `firewalld ${version} flushes iptables on reload and k3s is active: kube-proxy rules return in <= 30 s, ` +
      'hostPort rules only after pod restart (K#7542, RKE#10469)',
    ...dropped,
  ];
}

/** Rules of K3s that are there before a change and not after it: whoever reloaded, they are missed. */
export function reloadToll({ facts: before }: Looked, { facts: after }: Looked): readonly string[] {
  const [was, is] = [before.kubeRules, after.kubeRules];
  if (was === null || is === null || is >= was) return [];
  return [
    `the reload of firewalld took ${was - is} of ${was} rules of K3s away (chains KUBE-*, CNI-*): kube-proxy makes its own again within 30 s, ` +
      'those of hostPort (servicelb) come back only when their pods restart',
  ];
}

/** Throws REFUSED when a reload would do harm, or could not lead to the state wanted. */
export function refuseReload({ facts }: Looked, desired: FirewalldState): void {
  const [stray] = facts.poison;
  if (stray !== undefined) {
    throw new OrchError(
      'REFUSED',
      `the change needs a reload, but ${facts.poison.join(', ')} would make a reload fail or erase all zones`,
      {
        hint: `Mend ${stray}, or move it out of /etc/firewalld/zones: only zone files NAME.xml belong there (firewalld issue 1486).`,
      },
    );
  }
  for (const [name, zone] of Object.entries(desired.zones)) {
    const why = lostBy(zone);
    if (why !== undefined) {
      throw new OrchError(
        'REFUSED',
        `the change needs a reload, but then ${why.replaceAll('ZONE', `zone ${name}`)}`,
        {
          hint: 'Change it in both configurations: persist: both.',
        },
      );
    }
  }
}

/** What of a wanted zone a reload cannot keep. */
function lostBy({ runtime, permanent }: Zone): string | undefined {
  if (runtime !== null && permanent === null) return 'ZONE would be gone: it is not permanent';
  if (runtime !== null && permanent !== null && runtime.target !== permanent.target) {
    return `ZONE would have its permanent target ${permanent.target}, not ${runtime.target}`;
  }
  return undefined;
}
