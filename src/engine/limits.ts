import { OrchError } from '../lib/errors.ts';
import type { Disruption, Plan } from '../model/module.ts';
import { type Move, SEVERITY } from './apply.ts';
import type { Planned, WavePlan } from './planned.ts';
import type { World } from './stage.ts';

/**
 * The changes of a wave as far as this run may make them: one that disturbs more than `--allow-disruption` says, or does
 * harm that nobody allowed, is refused, and so is all that goes beyond `--max-changes`. In check and run alike.
 */
export function limited(world: World, moves: readonly Move[], plan: WavePlan): readonly Move[] {
  const { allowDisruption, maxChanges } = world.input.options;
  const calm = moves.map((move): Move => {
    const error = move.plan instanceof OrchError ? undefined : tooMuch(move.plan, allowDisruption);
    return error ? { ...move, plan: error } : move;
  });
  if (maxChanges === undefined) return calm;
  const count = plan.planned.filter(changes).length;
  world.changes += count;
  if (world.changes <= maxChanges || count === 0) return calm;
  world.changes -= count;
  const error = tooMany(world.changes + count, maxChanges);
  return calm.map((move) => ({ ...move, plan: error }));
}

/** The refusal of what is beyond `--max-changes`. */
export const tooMany = (count: number, most: number): OrchError =>
  new OrchError('REFUSED', `${count} changes would be made, and --max-changes allows ${most}`, {
    hint: 'See what they are with orch check; then allow more, or limit the hosts.',
  });

const changes = ({ parts }: Planned): boolean =>
  parts.some(({ folded }) => folded !== undefined && folded.changes.length > 0);

function tooMuch({ steps }: Plan, allowed: Disruption | undefined): OrchError | undefined {
  const most = SEVERITY.indexOf(allowed ?? 'reboot');
  const over = steps.find(({ disruption }) => SEVERITY.indexOf(disruption) > most);
  if (over) return tooMuchOf(over.name, over.disruption, over.reason);
  const harmful = steps.find(
    ({ harm, disruption }) =>
      harm !== undefined &&
      (allowed === undefined || SEVERITY.indexOf(disruption) > SEVERITY.indexOf(allowed)),
  );
  return harmful && refused(`${harmful.name} does harm: ${harmful.harm ?? ''}`, harmful.disruption);
}

/** The refusal of what disturbs more than is allowed. */
export const tooMuchOf = (
  name: string,
  disruption: Disruption,
  reason: string | undefined,
): OrchError => refused(`${name} means a ${disruption}${why(reason)}`, disruption);

const refused = (message: string, needed: Disruption): OrchError =>
  new OrchError('REFUSED', message, {
    hint: `--allow-disruption ${needed} lets it pass; choose a time when it may happen.`,
  });

const why = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);
