import { Refusal, type Seen } from '../../model/module.ts';
import { type DefaultRoute, isForeign, isUsable, routeWords } from './default-routes.ts';
import type { DummyRouteParams } from './dummy-params.ts';
import { keptWanted } from './kept-wanted.ts';
import { reachRoutes } from './way-back.ts';
import type { LinkState, RoutesFacts, RoutesState } from './state.ts';

type Now = Seen<RoutesState, RoutesFacts>;

/** The link, its route and what brings them back, as they should be. */
export function desired(current: Now, wanted: DummyRouteParams): RoutesState | Refusal {
  const { name, state } = wanted;
  const usable = current.facts.defaults.filter((route) => isUsable(route, name));
  const isWanted = state === 'present' || (state === 'if_needed' && usable.length === 0);
  const link = current.state.links[name] ?? null;
  const next = isWanted
    ? present(link, current.facts, wanted)
    : absent(link, usable, current, wanted);
  if (next instanceof Refusal) return next;
  const links = { ...current.state.links, [name]: next };
  if (isWanted && !(link?.routes.includes(routeOf(wanted)) ?? false)) {
    const risk = unsafeMetric(current, links, wanted);
    if (risk) return risk;
  }
  const kept = keptWanted(isWanted, current.state.kept[name] ?? {}, current.facts.owner, wanted);
  if (kept instanceof Refusal) return kept;
  return {
    links,
    kept: { ...current.state.kept, [name]: kept },
  };
}

function present(
  link: LinkState | null,
  facts: RoutesFacts,
  wanted: DummyRouteParams,
): LinkState | Refusal {
  const { name, address } = wanted;
  const route = routeOf(wanted);
  const refusal = foreignLink(link, facts, wanted);
  if (refusal) return refusal;
  if (!link && wanted.link === 'dummy' && facts.lacksDummy) {
    return new Refusal(
      'the kernel of this host has no dummy links: neither built in nor as a module',
      {
        pointer: '/link',
        hint: 'Install its extra modules (kernel-modules-extra on Red Hat, the full instead of the cloud kernel elsewhere), or set link: bridge.',
      },
    );
  }
  const isThere = link?.routes.includes(route) === true && link.up;
  if (
    wanted.require_k3s_flags &&
    !isThere &&
    facts.k3sInstalled &&
    missingFlags(facts).length > 0
  ) {
    return new Refusal(
      `K3s is installed and its configuration sets no ${missingFlags(facts).join(' and no ')}: with the route through ${name} it would take ${plainAddress(address)} for the address of this node`,
      {
        pointer: '/require_k3s_flags',
        hint: 'Set them first with the module k3s_flags (preset: segregated or shared), or set require_k3s_flags: false.',
      },
    );
  }
  return {
    kind: wanted.link,
    up: true,
    addresses: [...new Set([...(link?.addresses ?? []), address])].sort(),
    routes: [route],
  };
}

function foreignLink(
  link: LinkState | null,
  facts: RoutesFacts,
  { name, link: kind, address }: DummyRouteParams,
): Refusal | undefined {
  if (!link) return undefined;
  if (link.kind !== kind) {
    return new Refusal(
      `${name} already exists and is a ${link.kind} link, not a ${kind} one: it belongs to somebody else and is left alone`,
      {
        pointer: '/name',
        hint: `Choose another name, or set link: ${kind === 'dummy' ? 'bridge' : 'dummy'} if it is yours.`,
      },
    );
  }
  const ports = facts.ports[name] ?? [];
  if (ports.length > 0) {
    return new Refusal(`${name} is a bridge in use, with ${ports.join(', ')} as ports`, {
      pointer: '/name',
      hint: 'Choose another name.',
    });
  }
  if (link.addresses.length > 0 && !link.addresses.includes(address)) {
    return new Refusal(
      `${name} already exists with another address, ${link.addresses.join(', ')}: it belongs to somebody else and is left alone`,
      { pointer: '/name', hint: 'Choose another name, or remove that link if it is not needed.' },
    );
  }
  return undefined;
}

const routeOf = ({ gateway, metric }: DummyRouteParams): string => routeWords(gateway, metric);

/**
 * A real route with a higher metric would lose to ours; one with the same would be replaced by it, and no undo brings
 * it back. Where the way back to who is connected is lost by that, it is a lock-out, judged as all of them are.
 */
function unsafeMetric(
  { state, facts }: Now,
  links: RoutesState['links'],
  { name, metric }: DummyRouteParams,
): Refusal | undefined {
  const beaten = facts.defaults.find(
    (route) =>
      isForeign(route, name) &&
      (route.type === 'unicast' ? route.metric >= metric : route.metric === metric),
  );
  const lease = facts.owner.leases.find((one) => one.metric >= metric);
  if (!beaten && lease) {
    return new Refusal(
      `${lease.file} asks for a default route by DHCP, with metric ${lease.metric}: one through ${name} with metric ${metric} would win over it as soon as there is a lease`,
      {
        pointer: '/metric',
        hint: `Set metric: ${safe(lease.metric)}, or UseGateway=no in that file.`,
      },
    );
  }
  if (!beaten) return undefined;
  const how = beaten.metric === metric ? 'replace' : 'win over';
  const cuts = reachRoutes(state, { state: { ...state, links }, facts }, []).kind === 'lockout';
  if (cuts && how === 'win over') return undefined;
  return new Refusal(
    `a route through ${name} with metric ${metric} would ${how} "${beaten.text}": the host could lose its way out`,
    {
      pointer: '/metric',
      hint: `Set metric: ${safe(beaten.metric)}.`,
      ...(cuts ? { code: 'LOCKOUT' as const } : {}),
    },
  );
}

const safe = (metric: number): number => (metric < 4096 ? 4096 : metric + 1);

function absent(
  link: LinkState | null,
  usable: readonly DefaultRoute[],
  { facts }: Now,
  wanted: DummyRouteParams,
): LinkState | null | Refusal {
  if (!link || !isOurs(link, facts, wanted)) return link;
  if (facts.k3sActive && usable.length === 0 && !wanted.force) {
    return new Refusal(
      `K3s runs here and ${wanted.name} carries the only default route: without it service addresses stop working`,
      { pointer: '/state', hint: 'Add a real default route first, or set force: true.' },
    );
  }
  return null;
}

/** Whether a link is the one a task is about, and nobody else's. */
export const isOurs = (link: LinkState, facts: RoutesFacts, wanted: DummyRouteParams): boolean =>
  link.kind === wanted.link &&
  link.addresses.includes(wanted.address) &&
  (facts.ports[wanted.name] ?? []).length === 0;

/** What K3s must be told where its default route leads nowhere, and is not. */
export const missingFlags = (facts: RoutesFacts): readonly string[] =>
  ['node-ip', 'flannel-iface'].filter((flag) => !facts.k3sFlags.includes(flag));

/** The address without its prefix length. */
export const plainAddress = (cidr: string): string => cidr.split('/')[0] ?? cidr;
