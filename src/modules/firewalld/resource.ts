import type { Resource } from '../../model/module.ts';
import { exposuresOf } from './exposure.ts';
import { reachFirewalld } from './lockout-guard.ts';
import { observeFirewalld } from './observe.ts';
import { planFirewalld } from './plan.ts';
import { recallFirewalld } from './recall.ts';
import { reloadToll } from './plan-reload.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState } from './state.ts';

/**
 * firewalld of a host: all zones looked at, running and permanent. Written by D-Bus where there is busctl, else by
 * firewall-cmd, and by firewall-offline-cmd (permanent only) where the daemon is down and the tasks allow it.
 */
export const firewalld: Resource<FirewalldScope, FirewalldState, FirewalldFacts> = {
  name: 'firewalld',
  key: () => 'firewalld',
  observe: observeFirewalld,
  plan: planFirewalld,
  recall: recallFirewalld,
  exposure: exposuresOf,
  reach: reachFirewalld,
  toll: reloadToll,
  footprints: () => ({ reads: ['firewalld:/'], writes: ['firewalld:/'] }),
};
