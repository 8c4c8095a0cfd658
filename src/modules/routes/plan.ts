import type { Disruption, Plan, Seen, Step } from '../../model/module.ts';
import { lines, sh, type Shell } from '../../lib/shell.ts';
import { isUsable } from './default-routes.ts';
import { ENABLED, keeperOf, makesLinks } from './keepers.ts';
import {
  addAddress,
  addRoute,
  createLink,
  delAddress,
  deleteLink,
  delRoute,
  linkAgain,
} from './link-scripts.ts';
import { keepStep, managedStep, unkeepStep } from './plan-keepers.ts';
import type { LinkState, RoutesFacts, RoutesState } from './state.ts';

/** Steps from the links that are to the links that should be; each is idempotent and can be taken back. */
export function planRoutes(current: Seen<RoutesState, RoutesFacts>, desired: RoutesState): Plan {
  const names = Object.keys(desired.links).sort();
  return {
    guard: guard(names, current),
    steps: names.flatMap((name) => stepsFor(name, current, desired)),
  };
}

function stepsFor(
  name: string,
  { state, facts }: Seen<RoutesState, RoutesFacts>,
  desired: RoutesState,
): readonly Step[] {
  const is = state.links[name] ?? null;
  const wanted = desired.links[name] ?? null;
  const had = state.kept[name] ?? {};
  const kept = desired.kept[name] ?? {};
  const files = { name, from: had, to: kept };
  const keeper = keeperOf(name, kept);
  const former = keeperOf(name, had);
  const leaves = former !== undefined && former !== keeper ? [unkeepStep(former, files, is)] : [];
  if (!wanted) return [...leaves, ...(is ? [remove(name, is, facts)] : [])];
  const rewritten =
    JSON.stringify(Object.entries(kept).sort()) !== JSON.stringify(Object.entries(had).sort());
  if (keeper === undefined || !makesLinks(keeper)) {
    const keeps = keeper !== undefined && rewritten ? [keepStep(keeper, files)] : [];
    // A keeper that leaves may take the link down; what makes it may be repeated.
    if (leaves.length > 0)
      return [
        ...leaves,
        ...towards(name, null, wanted),
        ...(is ? strays(name, is, wanted) : []),
        ...keeps,
      ];
    return [...towards(name, is, wanted), ...keeps];
  }
  const lacks =
    !is?.up ||
    minus(wanted.addresses, is.addresses).length + minus(wanted.routes, is.routes).length > 0;
  return [
    ...leaves,
    ...(lacks || rewritten ? [managedStep(keeper, files, is, wanted)] : []),
    // The keeper may have taken them away by itself.
    ...(is ? strays(name, is, wanted) : []),
  ];
}

/** The back ends' own files are compared as well: two tools that write one profile would take turns. */
function guard(names: readonly string[], { state, facts }: Seen<RoutesState, RoutesFacts>): Shell {
  return lines([
    sh`[ "$(ip -4 route show table main default)" = ${facts.routesText} ] || exit 75`,
    ...names.map((name) =>
      state.links[name]
        ? sh`[ -e ${`/sys/class/net/${name}`} ] || exit 75`
        : sh`[ ! -e ${`/sys/class/net/${name}`} ] || exit 75`,
    ),
    ...names.flatMap((name) =>
      Object.entries(state.kept[name] ?? {})
        .filter(([, text]) => text !== ENABLED)
        .map(([path, text]) => sh`[ "$(cat ${path})" = ${text.replace(/\n+$/, '')} ] || exit 75`),
    ),
  ]);
}

const strays = (name: string, is: LinkState, wanted: LinkState): readonly Step[] => [
  ...minus(is.routes, wanted.routes).map((route) =>
    step(
      `no ${route} dev ${name}`,
      sh`${delRoute(name, route)} 2>/dev/null || :`,
      addRoute(name, route),
    ),
  ),
  ...minus(is.addresses, wanted.addresses).map((address) =>
    step(
      `no ${address} on ${name}`,
      sh`${delAddress(name, address)} 2>/dev/null || :`,
      addAddress(name, address),
    ),
  ),
];

function towards(name: string, is: LinkState | null, wanted: LinkState): readonly Step[] {
  const steps: Step[] = [];
  if (!is)
    steps.push(
      step(`${wanted.kind} link ${name}`, createLink(name, wanted.kind), deleteLink(name)),
    );
  if (wanted.up && !is?.up) {
    steps.push(
      step(`link ${name} up`, sh`ip link set dev ${name} up`, sh`ip link set dev ${name} down`),
    );
  }
  const has = is ?? { addresses: [], routes: [] };
  for (const address of minus(wanted.addresses, has.addresses)) {
    steps.push(
      step(`address ${address} on ${name}`, addAddress(name, address), delAddress(name, address)),
    );
  }
  for (const route of minus(wanted.routes, has.routes)) {
    steps.push(step(`${route} dev ${name}`, addRoute(name, route), delRoute(name, route)));
  }
  for (const route of minus(has.routes, wanted.routes)) {
    steps.push(step(`no ${route} dev ${name}`, delRoute(name, route), addRoute(name, route)));
  }
  for (const address of minus(has.addresses, wanted.addresses)) {
    steps.push(
      step(`no ${address} on ${name}`, delAddress(name, address), addAddress(name, address)),
    );
  }
  return steps;
}

function remove(name: string, is: LinkState, facts: RoutesFacts): Step {
  const isLast = is.routes.length > 0 && !facts.defaults.some((route) => isUsable(route, name));
  return {
    ...step(`no link ${name}`, deleteLink(name), linkAgain(name, is)),
    ...(isLast
      ? {
          disruption: 'connection' satisfies Disruption,
          reason: `${name} carries the only default route`,
        }
      : {}),
  };
}

const step = (name: string, script: Shell, inverse: Shell): Step => ({
  name,
  do: script,
  inverse,
  stage: 'runtime',
  disruption: 'none',
});

const minus = (from: readonly string[], what: readonly string[]): readonly string[] =>
  from.filter((word) => !what.includes(word));
