import type { Plan, Seen, Step } from '../../model/module.ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, sh, type Shell } from '../../lib/shell.ts';
import { isUsable } from './default-routes.ts';
import { ENABLED, type Keeper, keeperOf, makesLinks } from './keepers.ts';
import {
  addAddress,
  addRoute,
  createLink,
  delAddress,
  deleteLink,
  delRoute,
  linkAgain,
} from './link-scripts.ts';
import { keepStep, managedStep, TITLES, unkeepStep } from './plan-keepers.ts';
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
  const forgets = former !== undefined && former !== keeper ? [unkeepStep(former, files, is)] : [];
  if (!wanted) return [...forgets, ...gone(name, is, keeper, facts)];
  const rewritten =
    JSON.stringify(Object.entries(kept).sort()) !== JSON.stringify(Object.entries(had).sort());
  if (keeper === undefined || !makesLinks(keeper)) {
    const keeps = keeper !== undefined && rewritten ? [keepStep(keeper, files)] : [];
    // A keeper that leaves may take the link down; what makes it may be repeated.
    if (forgets.length > 0)
      return [
        ...forgets,
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
    ...forgets,
    ...(lacks || rewritten ? [managedStep(keeper, files, is, wanted)] : []),
    // The keeper may have taken them away by itself.
    ...(is ? strays(name, is, wanted) : []),
  ];
}

/** A link that is to be away; whoever would make it again at boot has to forget it as well. */
function gone(
  name: string,
  is: LinkState | null,
  keeper: Keeper | undefined,
  facts: RoutesFacts,
): readonly Step[] {
  if (is) return [remove(name, is, facts)];
  if (keeper === undefined) return [];
  throw new OrchError('REFUSED', `${TITLES[keeper]} would make ${name}, which is to be away`);
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
    routed(
      step(
        `no ${route} dev ${name}`,
        sh`${delRoute(name, route)} 2>/dev/null || :`,
        addRoute(name, route),
      ),
      leaves(name),
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
    const add = step(`${route} dev ${name}`, addRoute(name, route), delRoute(name, route));
    steps.push(routed(add, comes(name)));
  }
  for (const route of minus(has.routes, wanted.routes)) {
    const take = step(`no ${route} dev ${name}`, delRoute(name, route), addRoute(name, route));
    steps.push(routed(take, leaves(name)));
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
  const take = step(`no link ${name}`, deleteLink(name), linkAgain(name, is));
  if (is.routes.length === 0) return take;
  return routed(take, isLast ? `${name} carries the only default route` : leaves(name));
}

/** A step that changes where packets go. */
const routed = (one: Step, reason: string): Step => ({ ...one, disruption: 'connection', reason });

const comes = (name: string): string => `what no better route takes leaves by ${name}`;

const leaves = (name: string): string => `what left by ${name} takes another route, or none`;

const step = (name: string, script: Shell, inverse: Shell): Step => ({
  name,
  do: script,
  inverse,
  stage: 'runtime',
  disruption: 'none',
});

const minus = (from: readonly string[], what: readonly string[]): readonly string[] =>
  from.filter((word) => !what.includes(word));
