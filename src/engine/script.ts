import { ERRORS, type ErrorCode } from '../lib/error-table.ts';
import { OrchError } from '../lib/errors.ts';
import type { Shell } from '../lib/shell.ts';
import type { Plan } from '../model/module.ts';
import type { Reply } from '../model/transport.ts';
import { othersScript } from './safeguard/arm-script.ts';
import { PLACE } from './safeguard/place.ts';

/** Exit status of a guard that no longer sees what was observed (EX_TEMPFAIL). */
export const CHANGED_UNDERNEATH = 75;
const STEP_FAILED = 70;

/**
 * One script that does a whole plan: the guard first, then step by step; the first step that fails
 * stops the rest and everything done before it is taken back, latest first. A guard that has a better word
 * than 75 says `CODE: sentence` on stderr, with a code of the error table, and exits with another status.
 */
export function applyScript(plan: Plan): Shell {
  // A subshell that is a condition would ignore `set -e` inside: so its status is looked at afterwards.
  const undo = plan.steps
    .map(({ inverse }, i) => {
      const n = i + 1;
      if (!inverse) return `[ "$1" -lt ${n} ] || echo "undo ${n} none"`;
      const told = `[ $? -eq 0 ] && echo "undo ${n} ok" || echo "undo ${n} failed"`;
      return `if [ "$1" -ge ${n} ]; then\n(\n${inverse.text}\n) >&2 8>&-\n${told}\nfi`;
    })
    .reverse();
  const steps = plan.steps.map(
    ({ do: script }, i) =>
      `(\n${script.text}\n) >&2 8>&-\nr=$?; [ $r -eq 0 ] || { echo "step ${i + 1} $r"; orch_undo ${i}; exit ${STEP_FAILED}; }`,
  );

  // A guard over no files is empty, and an empty subshell no shell.
  const watched = plan.guard?.text.trim() ?? '';
  const guard = watched === '' ? ':' : `(\n${watched}\n) >&2\nr=$?; [ $r -eq 0 ] || exit $r`;
  return {
    text: [
      LOCK,
      othersScript(PLACE).text,
      guard,
      'orch_undo() {',
      ...undo,
      ':',
      '}',
      ...steps,
      'exit 0',
    ].join('\n'),
  };
}

/**
 * Runs that change one host at the same time do so one after the other: between a guard and the last step no
 * other orch writes. The lock is on a folder, so that no file is left behind, and ends with the script. Where
 * there is no flock, or another holds it for long, the guard alone has to do.
 */
export const LOCK =
  'if command -v flock >/dev/null && [ -r /run ]; then exec 8</run; flock -w 20 8 2>/dev/null; fi';

/** How the script of a plan ended. */
export type Applied =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly error: OrchError };

/** Reads the reply to `applyScript`; `fallback` says what becomes of earlier steps where something else takes them back. */
export function readApplied(reply: Reply, plan: Plan, fallback?: string): Applied {
  if (reply.ended === 'skipped') return { kind: 'refused' };
  if (reply.exit === 0) return { kind: 'done' };
  if (reply.exit === CHANGED_UNDERNEATH) return { kind: 'refused' };
  return { kind: 'failed', error: failure(reply, plan, fallback) };
}

function failure(reply: Reply, plan: Plan, fallback: string | undefined): OrchError {
  const stderr = reply.stderr.toString('utf8').trim();
  if (reply.ended === 'deadline') {
    return new OrchError(
      'DEADLINE_PASSED',
      'the change took too long and was ended on the host; how much of it was done is not known',
      { stderr },
    );
  }
  const said = reply.stdout.toString('utf8');
  const step = /^step (\d+) (\d+)$/m.exec(said);
  if (!step) {
    const own = /^([A-Z_]+): (.+)$/.exec(stderr);
    if (own?.[1] !== undefined && own[2] !== undefined && isCode(own[1]))
      return new OrchError(own[1], own[2]);
    return new OrchError(
      'STEP_FAILED',
      `the host cannot take the change now; nothing was written${lastLine(stderr)}`,
      { stderr },
    );
  }
  const name = plan.steps[Number(step[1]) - 1]?.name ?? 'a step';
  const kept = [...said.matchAll(/^undo (\d+) (none|failed)$/gm)].map(
    ([, n]) => plan.steps[Number(n) - 1]?.name ?? '',
  );
  const undone =
    fallback ??
    (step[1] === '1'
      ? 'nothing was done before it'
      : kept.length === 0
        ? 'what was done before it was taken back'
        : `could not be taken back: ${kept.join(', ')}`);
  return new OrchError(
    'STEP_FAILED',
    `${name} failed (exit ${step[2] ?? '?'})${lastLine(stderr)}; ${undone}`,
    { stderr },
  );
}

const isCode = (word: string): word is ErrorCode => Object.hasOwn(ERRORS, word);

const lastLine = (stderr: string): string => {
  const last = stderr.split('\n').at(-1)?.trim();
  return last ? `: ${last}` : '';
};
