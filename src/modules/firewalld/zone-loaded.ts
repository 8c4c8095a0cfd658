import type { Seen } from '../../model/module.ts';
import { reloadReasons } from './plan-reload.ts';
import type { FirewalldFacts, FirewalldState } from './state.ts';
import { withSettings } from './zone-edit.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/** A reload brings up zones that are permanent only, without what runs in other zones. */
export function withLoaded(current: Current, wanted: FirewalldState): FirewalldState {
  if (current.facts.access === 'offline' || reloadReasons(current, wanted).length === 0)
    return wanted;
  const elsewhere = (key: 'interfaces' | 'sources'): ReadonlySet<string> =>
    new Set(Object.values(wanted.zones).flatMap(({ runtime }) => runtime?.[key] ?? []));
  const [interfaces, sources] = [elsewhere('interfaces'), elsewhere('sources')];
  let next = wanted;
  for (const [name, { runtime, permanent }] of Object.entries(wanted.zones)) {
    if (runtime !== null || permanent === null) continue;
    next = withSettings(next, name, 'runtime', {
      ...permanent,
      interfaces: permanent.interfaces.filter((one) => !interfaces.has(one)),
      sources: permanent.sources.filter((one) => !sources.has(one)),
    });
  }
  return next;
}
