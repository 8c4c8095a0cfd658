import { cidrContains, familyOf } from '../../lib/cidr.ts';
import { type KernelRoute, readRoutes4, routeTo } from '../../lib/route-table.ts';
import { SESSION } from '../firewalld/session-script.ts';
import type { Reach, Seen } from '../../model/module.ts';
import type { LinkState, RoutesFacts, RoutesState, WayBack } from './state.ts';

/**
 * Who is connected and by which routes it is answered: table main, whether it was read to its end, and whether rules
 * send some packets to other tables. The shell itself reads all but the rules.
 */
export const WAY_BACK = `echo '=session'
space=$IFS; s=$(${SESSION}
); case $s in @session*) s=\${s#*"
"}; printf '%s\\n' "\${s%%"
"*}" ;; esac
echo '=table'
n=0; [ ! -r /proc/net/route ] || while read -r d to via f r u m mask l; do
  n=$((n + 1)); [ "$n" -lt 512 ] || { echo cut; break; }; printf '%s\\n' "$d $to $via $f $m $mask"
done </proc/net/route
echo '=rules'
[ -z "$s" ] || ip -4 rule show 2>/dev/null`;

/** Reads what that printed; null where no connection is known. One of IPv6 is not judged, management sources of IPv4 are. */
export function readWayBack(sections: ReadonlyMap<string, string>): WayBack | null {
  const rows = (name: string): readonly string[] =>
    (sections.get(name) ?? '').split('\n').filter((row) => row !== '');
  const [client = '', server = ''] = (rows('session')[0] ?? '').split(' ');
  if (!familyOf(client) || !familyOf(server)) return null;
  const own = rows('rules').filter(
    (row) =>
      !/^(0:\s+from all lookup local|32766:.*lookup main|32767:.*lookup default)\s*$/.test(row),
  );
  const isWhole = !rows('table').includes('cut');
  return { client, server, routes: readRoutes4(rows('table')), isWhole, hasRules: own.length > 0 };
}

type Now = Seen<RoutesState, RoutesFacts>;

/**
 * Whether replies to the client, and to the sources named, would still leave by the route they leave by now: a link that
 * leads nowhere may win over it, shadow their network, have their address, or take the host's own address with it when it goes.
 */
export function reachRoutes(
  before: RoutesState,
  { state: after, facts }: Now,
  sources: readonly string[],
): Reach {
  const { wayBack } = facts;
  if (!wayBack || before === after) return SAFE;
  const [was, is] = [heldBy(before), heldBy(after)];
  const { client, server } = wayBack;
  if (was.includes(server) && !is.includes(server)) {
    return lockout(
      `the host would lose ${server}, the address that the SSH connection in use came to`,
    );
  }
  const blind = new Set([...Object.keys(before.links), ...Object.keys(after.links)]);
  const tables = {
    was: tableOf(before, blind, wayBack),
    is: tableOf(after, blind, wayBack),
    blind,
  };
  for (const source of [client, ...sources]) {
    for (const address of addressesOf(source, tables.is)) {
      const named =
        source === client
          ? `${client}, the client of the SSH connection in use`
          : `${address}, of management source ${source}`;
      if (is.includes(address) && !was.includes(address)) {
        return lockout(`${named}, would be an address of the host itself`);
      }
      const sentence = lost(tables, address, named);
      if (sentence === undefined) continue;
      const doubt = doubtOf(wayBack);
      if (doubt !== undefined) return { kind: 'unknown', sentence: `${sentence}, ${doubt}` };
      return lockout(sentence);
    }
  }
  return SAFE;
}

const SAFE: Reach = { kind: 'safe' };
const lockout = (sentence: string): Reach => ({
  kind: 'lockout',
  sentence,
  hint: 'choose an address that nobody has and a metric above that of every real default route',
});

/** Why table main does not tell all. */
function doubtOf({ hasRules, isWhole }: WayBack): string | undefined {
  if (hasRules) return 'unless a rule of policy routing sends them elsewhere';
  return isWhole
    ? undefined
    : 'unless one of its many routes, not all of which were read, says otherwise';
}

interface Tables {
  /** Links that lead nowhere. */
  readonly blind: ReadonlySet<string>;
  readonly was: readonly KernelRoute[];
  readonly is: readonly KernelRoute[];
}

function lost({ was, is, blind }: Tables, address: string, named: string): string | undefined {
  const [old, now] = [routeTo(was, address), routeTo(is, address)];
  // Without a real route in table main its replies leave by another one, which no link here changes.
  if (!old || blind.has(old.device) || (now && !blind.has(now.device))) return undefined;
  const to = `replies to ${named},`;
  if (!now) return `${to} would have no route any more`;
  return `${to} would leave by ${now.device} (route ${now.network}), which leads nowhere, and no longer by ${old.device} (route ${old.network})`;
}

/** Addresses that stand for a source: its first, and where a route covers only a part of it, that of the route. */
function addressesOf(source: string, routes: readonly KernelRoute[]): readonly string[] {
  if (familyOf(source) !== 'ipv4') return [];
  const parts = routes.filter(({ network, length }) => length > 0 && cidrContains(source, network));
  return [source, ...parts.map(({ network }) => network)].map((text) => text.split('/')[0] ?? text);
}

const heldBy = ({ links }: RoutesState): readonly string[] =>
  Object.values(links).flatMap((link) =>
    (link?.addresses ?? []).map((address) => address.split('/')[0] ?? address),
  );

/** Table main with the links of a state in place of what they have now. */
function tableOf(
  state: RoutesState,
  blind: Tables['blind'],
  { routes }: WayBack,
): readonly KernelRoute[] {
  const made = Object.entries(state.links).flatMap(([name, link]) => routesOf(name, link));
  // A default route of the same metric takes the place of the one there is.
  const replaced = new Set(made.filter(({ length }) => length === 0).map(({ metric }) => metric));
  const rest = routes.filter(
    ({ device, length, metric }) => !blind.has(device) && !(length === 0 && replaced.has(metric)),
  );
  return [...rest, ...made];
}

function routesOf(device: string, link: LinkState | null): readonly KernelRoute[] {
  if (!link?.up) return [];
  return [
    ...link.addresses.flatMap((network): KernelRoute[] => {
      const length = Number(network.split('/')[1] ?? 32);
      return length === 32 ? [] : [{ device, network, length, connected: true, metric: 0 }];
    }),
    ...link.routes.map((route): KernelRoute => {
      const metric = Number(/ metric (\d+)/.exec(route)?.[1] ?? 0);
      return { device, network: '0.0.0.0/0', length: 0, connected: false, metric };
    }),
  ];
}
