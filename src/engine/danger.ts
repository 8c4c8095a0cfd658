import { OrchError } from '../lib/errors.ts';
import { type Reach, Refusal } from '../model/module.ts';
import type { Scope } from '../model/scope.ts';

/** What is to be made of a change that may cut the way in: a refusal, or a warning to go on with. */
export interface Danger {
  readonly refusal?: Refusal;
  readonly warnings: readonly string[];
}

/** Nothing to say. */
export const NO_DANGER: Danger = { warnings: [] };

/**
 * A lock-out is refused unless it is allowed. What cannot be told is refused too, unless it is allowed or a safeguard
 * takes it back when it goes wrong: trying is the only way to know.
 */
export function dangerOf(
  reach: Reach,
  { allowed, guarded }: { readonly allowed: boolean; readonly guarded: boolean },
): Danger {
  if (reach.kind === 'safe') return NO_DANGER;
  const { kind, sentence } = reach;
  if (kind === 'lockout') {
    if (allowed) return { warnings: [`this locks you out, as allow_lockout permits: ${sentence}`] };
    const cure = reach.hint ?? 'leave the way in as it is';
    const hint = `${cure}; allow_lockout: true lets it pass`;
    return refuse(`this would lock you out: ${sentence}`, hint);
  }
  const said = `whether this locks you out cannot be told: ${sentence}`;
  if (allowed || guarded) return { warnings: [said] };
  const cure =
    'put `safeguard: 60s` on the task, block or play: the host then takes it back unless';
  return refuse(said, `${cure} a new connection proves it harmless; or allow_lockout: true`);
}

const refuse = (message: string, hint: string): Danger => ({
  refusal: new Refusal(message, { code: 'LOCKOUT', hint }),
  warnings: [],
});

/** Addresses and networks of the variable `management_sources` that must keep their way in. Throws INPUT_INVALID. */
export function managementSources(scope: Scope): readonly string[] {
  const value = scope.get('management_sources');
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === 'string') return one;
    throw new OrchError('INPUT_INVALID', 'management_sources is not a list of addresses', {
      hint: 'Write management_sources: [10.0.0.5, 10.8.0.0/24].',
    });
  });
}
