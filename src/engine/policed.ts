import { OrchError } from '../lib/errors.ts';
import { exposureText } from '../lib/exposure-text.ts';
import { showSource } from '../lib/source.ts';
import type { ExposureChange, Exposures } from '../model/exposure.ts';
import type { PolicyRule } from '../model/policy.ts';
import type { Scope } from '../model/scope.ts';
import { Unknown } from '../model/value.ts';
import type { Move } from './apply.ts';
import { breachesOf, newBreachesOf } from './breaches.ts';
import { seenBefore, seenNow } from './fold.ts';
import { hostLayers, keptLayers } from './layers.ts';
import { magicLayers } from './magic.ts';
import type { WavePlan } from './planned.ts';
import { hides } from './restore/note.ts';
import { ruledBy } from './ruled.ts';
import type { Spot } from './stage.ts';
import { addressLayer } from './vars.ts';

/**
 * The changes of a wave, if they break no rule of the policy that held before; where they do, none of them is made.
 * What was broken already and stays so, what cannot be told, and rules of severity warn are warnings. In check and run alike.
 */
export function policed(
  spot: Omit<Spot, 'at'>,
  host: string | undefined,
  moves: readonly Move[],
  plan: WavePlan,
): readonly Move[] {
  const { world, input } = spot.stage;
  if (!input.policy || host === undefined) return moves;
  const rules = input.policy.rulesOf(host, world.inventory);
  if (rules.length === 0) return moves;
  for (const { key, fold, plan: steps } of moves) {
    if (!fold.resource.exposure || steps instanceof OrchError) continue;
    const before = fold.resource.exposure(seenBefore(fold));
    const after = fold.resource.exposure(seenNow(fold));
    const scope = scopeOf(spot, host, plan);
    for (const rule of rules) {
      const error = judged(
        { rule, host, scope, hidden: hides(plan, key) },
        { before, after },
        (message) => {
          const id = `${host} ${message}`;
          if (world.warnedOf.has(id)) return;
          world.warnedOf.add(id);
          input.emit({ type: 'warned', host, message, source: rule.source });
        },
      );
      if (error) return moves.map((move) => ({ ...move, plan: error }));
    }
  }
  return moves;
}

interface Case {
  readonly rule: PolicyRule;
  readonly host: string;
  readonly scope: Scope;
  readonly hidden: boolean;
}

function judged(
  { rule, host, scope, hidden }: Case,
  { before, after }: { readonly before: Exposures; readonly after: Exposures },
  warn: (message: string) => void,
): OrchError | undefined {
  const named = `policy rule "${rule.name}" (${showSource(rule.source)})`;
  const ruled = tried(() => ruledBy(rule, scope));
  if (ruled instanceof OrchError) return ruled.at(rule.source);
  if (ruled instanceof Unknown) {
    warn(`whether ${named} holds on ${host} cannot be told: ${ruled.why}`);
    return undefined;
  }
  const tell = (list: readonly ExposureChange[], would = true): string =>
    hidden
      ? 'what is changed is hidden by no_log'
      : list.map((one) => breachText(one, would)).join('; ');
  const sure = newBreachesOf(ruled, before, after).filter(isSure);
  if (sure.length > 0) {
    const message = `${named} would not hold on ${host}: ${tell(sure)}`;
    if (rule.severity === 'error')
      return new OrchError('POLICY_VIOLATED', message, { source: rule.source });
    warn(message);
    return undefined;
  }
  const breaches = breachesOf(ruled, after);
  const old = breaches.filter(isSure);
  if (old.length > 0)
    warn(
      `${named} does not hold on ${host} already, and the change does not mend it: ${tell(old, false)}`,
    );
  else if (breaches.length > 0)
    warn(`whether ${named} holds on ${host} cannot be told: ${tell(breaches)}`);
  return undefined;
}

const isSure = ({ kind }: ExposureChange): boolean => kind !== 'unsure';

/** `8472/udp would be reachable from any but 10.0.0.0/24 on eth0` */
export function breachText(breach: ExposureChange, would = true): string {
  const be = would ? 'would be' : 'is';
  const says = {
    opened: `${be} reachable`,
    closed: would ? 'would not be reachable' : 'is not reachable',
    unsure: 'may be reachable',
  };
  return exposureText(breach, says[breach.kind]);
}

/** What a policy reads: what orch knows of the host, `-e`, its facts and the inventory; no variables of plays. */
function scopeOf({ stage, run }: Omit<Spot, 'at'>, host: string, { planned }: WavePlan): Scope {
  const { world, input, play } = stage;
  const own = world.runs.get(host) ?? world.others.get(host) ?? run;
  const at = planned.at(-1)?.step.at ?? stage.base;
  const scope: Scope = input.evaluator.scope([
    ...magicLayers({ stage, run: own, at }, undefined, () => scope),
    input.options.extraVars,
    ...keptLayers(own.kept.now, ['facts']),
    ...hostLayers(own.host, play),
    addressLayer(host),
  ]);
  return scope;
}

function tried<T>(work: () => T): T | OrchError {
  try {
    return work();
  } catch (error) {
    if (error instanceof OrchError) return error;
    throw error;
  }
}
