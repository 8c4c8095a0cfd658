import { cidrContains, familyOf } from '../../lib/cidr.ts';
import {
  best,
  colons,
  type KernelRoute,
  readRoutes4,
  readRoutes6,
  routeTo,
} from '../../lib/route-table.ts';
import type { Sections } from './parse-sections.ts';
import type { ControlLine } from './state.ts';

/** What the host says of the connection itself. */
type Line = Omit<ControlLine, 'bound' | 'defaultZone'>;

/** The SSH connection the observation came by; null when the host does not say, as on a local connection. */
export function sessionOf(sections: Sections): Line | null {
  const [line = ''] = sections.lines('session');
  const [from = '', to = '', port = ''] = line.split(' ');
  const [client = '', link] = from.split('%');
  const [server = ''] = to.split('%');
  const number = Number(port);
  if (!familyOf(client) || !familyOf(server) || !/^\d+$/.test(port)) return null;
  if (number < 1 || number > 65535) return null;
  const found = [
    link ?? '',
    ...ownersOf(sections, server),
    ...(link === undefined ? wayBack(routesOf(sections), client) : []),
  ].filter((device) => device !== '' && device !== 'lo');
  return {
    client,
    server,
    port: number,
    interfaces: sections.text('cut') === undefined ? [...new Set(found)].sort() : [],
    profiled: [...new Set(sections.lines('profiles'))].sort(),
  };
}

/** The interfaces that own the server's address, or whose connected network holds it. */
function ownersOf(sections: Sections, server: string): string[] {
  if (familyOf(server) === 'ipv6') {
    return sections.lines('addresses6').flatMap((line) => {
      const [address = '', ...rest] = line.trim().split(/\s+/);
      const device = rest.at(-1) ?? '';
      return cidrContains(colons(address), server) ? [device] : [];
    });
  }
  const told = sections.lines('owner').flatMap((line) => /^\d+:\s+([^\s@]+)/.exec(line)?.[1] ?? []);
  if (told.length > 0) return told;
  const holding = routesOf(sections).filter(
    (route) => route.connected && route.length > 0 && cidrContains(route.network, server),
  );
  return deviceOf(best(holding));
}

/** The interface of the route that would be taken to the client. */
const wayBack = (routes: readonly KernelRoute[], client: string): string[] =>
  deviceOf(routeTo(routes, client));

const deviceOf = (route: KernelRoute | undefined): string[] => (route ? [route.device] : []);

/** Routes of the main table as /proc/net shows them, those that lead somewhere. */
const routesOf = (sections: Sections): readonly KernelRoute[] => [
  ...readRoutes4(sections.lines('routes4')),
  ...readRoutes6(sections.lines('routes6')),
];
