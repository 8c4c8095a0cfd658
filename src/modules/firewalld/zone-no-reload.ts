import { Refusal, type Seen } from '../../model/module.ts';
import { defaultReason, reloadsByDefault } from './plan-reload.ts';
import type { FirewalldFacts, FirewalldState } from './state.ts';
import { zoneOf } from './zone-edit.ts';
import type { ZoneIntent } from './zone-intent.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/** With `reload: never`: why what is wanted cannot be had without one. */
export function refuseReload(
  current: Current,
  { zone }: ZoneIntent,
  wanted: FirewalldState,
): Refusal | undefined {
  const { state, facts } = current;
  const [before, after] = [zoneOf(state, zone).runtime, zoneOf(wanted, zone).runtime];
  const pointer = '/reload';
  const hint = 'leave reload: out, or write persist: permanent and reload at a time you choose';
  if ((before === null) !== (after === null)) {
    const what = after ? 'is new' : 'is deleted';
    return new Refusal(`zone ${zone} ${what}, which needs a reload; reload: never was given`, {
      hint,
      pointer,
    });
  }
  if (facts.access !== 'offline' && reloadsByDefault(current, wanted)) {
    return new Refusal(`${defaultReason(facts)}; reload: never was given`, { hint, pointer });
  }
  if (before?.target === after?.target) return undefined;
  return new Refusal('target cannot change without reload; reload: never was given', {
    hint,
    pointer,
  });
}
