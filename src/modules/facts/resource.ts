import { raw } from '../../lib/shell.ts';
import type { Resource } from '../../model/module.ts';
import { factsOf } from './gather.ts';
import { factsScript } from './probe.ts';
import type { Subset } from './subsets.ts';
import type { Facts } from './system.ts';

/** What a task wants to know of a host. */
export interface FactsScope {
  readonly subsets: ReadonlySet<Subset>;
  /** Where local facts are. */
  readonly path: string;
  /** Nothing is wanted but that the host answers. */
  readonly bare: boolean;
}

/** What a host is: nothing is managed here, so there is no state and nothing to plan. */
export const hostFacts: Resource<FactsScope, null, Facts> = {
  name: 'facts',
  key: ({ path }) => `facts:${path}`,
  observe: (scopes) => {
    if (scopes.every(({ bare }) => bare))
      return { script: raw(':'), parse: () => ({ state: null, facts: {} }) };
    const subsets = new Set(scopes.flatMap((scope) => [...scope.subsets]));
    return {
      script: factsScript(subsets, scopes[0]?.path ?? '/etc/ansible/facts.d'),
      parse: (reply) => ({ state: null, facts: factsOf(reply, subsets) }),
    };
  },
  plan: () => ({ steps: [] }),
  // Facts tell of everything: what another task changes may change them.
  footprints: () => ({ reads: ['file:/', 'package:/', 'user:/', 'service:/'], writes: [] }),
};
