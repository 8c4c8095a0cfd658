import type { StateModule } from '../../model/module.ts';
import { desired } from './dummy-desired.ts';
import { type DummyRouteParams, params, problems } from './dummy-params.ts';
import { result } from './dummy-result.ts';
import { routes } from './resource.ts';
import type { RoutesFacts, RoutesScope, RoutesState } from './state.ts';

/** A default route through a dummy link where, and only where, K3s needs one. */
export const dummyRoute: StateModule<DummyRouteParams, RoutesScope, RoutesState, RoutesFacts> = {
  kind: 'state',
  name: 'dummy_route',
  params,
  example: `- name: K3s finds a default route
  dummy_route:
    state: if_needed
- name: The same on a kernel without dummy links, below a DHCP route with metric 1024
  dummy_route:
    link: bridge
    metric: 4096
`,
  resource: routes,
  scope: ({ name, state }) => ({ name, always: state === 'present' }),
  problems,
  desired,
  allowsLockout: ({ allow_lockout }) => allow_lockout,
  result,
};
