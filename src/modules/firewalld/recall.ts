import type { Recall } from '../../model/recall.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState } from './state.ts';

/** Zones are written down whole, running and permanent, and whether they have a file of their own. */
export const recallFirewalld: Recall<FirewalldScope, FirewalldState, FirewalldFacts> = {
  state: ({ state, facts }) => ({
    ...state,
    how: {
      builtIn: Object.keys(state.zones).filter((zone) =>
        facts.raw[`permanent ${zone}`]?.startsWith('/usr/'),
      ),
      unnamed: Object.entries(facts.networkManager).flatMap(([device, { zone }]) =>
        zone === '' ? device : [],
      ),
    },
  }),
  scopes: (scopes, paths) => {
    const all = (key: 'zones' | 'interfaces' | 'sources' | 'services'): string[] => [
      ...new Set(scopes.flatMap((scope) => scope[key])),
    ];
    const changed = paths.flatMap(([what, zone]) =>
      what === 'zones' && zone !== undefined ? [zone] : [],
    );
    return [
      {
        zones: [...new Set([...all('zones'), ...changed])].sort(),
        ...{ interfaces: all('interfaces'), sources: all('sources'), services: all('services') },
        ...{ definitions: true, mayReload: true },
        thorough: scopes.some(({ thorough }) => thorough),
        offline: scopes.every(({ offline }) => offline),
      },
    ];
  },
};
