import type { Resource } from '../../model/module.ts';
import { observeRoutes } from './observe.ts';
import { pathsOf } from './keepers.ts';
import { planRoutes } from './plan.ts';
import { reachRoutes } from './way-back.ts';
import type { LinkState, RoutesFacts, RoutesScope, RoutesState } from './state.ts';

/** Links made for a default route and the IPv4 default routes of table main, and what brings them back after a reboot. */
export const routes: Resource<RoutesScope, RoutesState, RoutesFacts> = {
  name: 'routes',
  key: () => 'routes',
  observe: observeRoutes,
  plan: planRoutes,
  reach: reachRoutes,
  recall: {
    lost: ([what], before, after) =>
      what === 'links' && isDown(before) && isUp(after)
        ? 'a link that was down is not taken down again'
        : undefined,
  },
  footprints: ({ name }) => ({
    reads: ['net:/routes', `net:/links/${name}`, 'file:/etc/rancher/k3s'],
    writes: [
      'net:/routes',
      `net:/links/${name}`,
      `net:/addresses/${name}`,
      ...Object.values(pathsOf(name))
        .flat()
        .map((path) => `file:${path}`),
    ],
  }),
};

const isDown = (link: unknown): boolean => (link as LinkState | null)?.up === false;

const isUp = (link: unknown): boolean => (link as LinkState | null)?.up === true;
