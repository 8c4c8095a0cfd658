import { handlersOf, type Play, type Task } from '../model/play.ts';
import { isTemplate } from '../model/tree.ts';
import { warning, type Finding } from './finding.ts';
import type { Site } from './sites.ts';

/** Where handlers are forced, no failure counts for max_fail_percentage: every host has handlers yet to run. */
export function hiddenFailures({ maxFailPercentage, forceHandlers }: Play): readonly Finding[] {
  const forced = forceHandlers?.kind === 'scalar' && forceHandlers.value === true;
  if (!maxFailPercentage || !forced) return [];
  return [
    warning({
      rule: 'forced-handlers-hide-failures',
      source: maxFailPercentage.source,
      message:
        'With force_handlers no failed task counts for max_fail_percentage: the play goes on, as in Ansible.',
      hint: 'Leave one of them out, or use any_errors_fatal.',
    }),
  ];
}

/** Handlers of the play itself that nothing notifies. */
export function unnotifiedHandlers(play: Play, sites: readonly Site[]): readonly Finding[] {
  const notified = sites.flatMap(({ task }) => task.notify);
  const dynamic = ({ include, name }: Task): boolean =>
    include !== undefined || (name !== undefined && isTemplate(name));
  if (notified.some(isTemplate)) return [];
  const words = new Set(notified.map(({ value }) => String(value)));
  return handlersOf(play)
    .filter((task) => task.role === undefined && !dynamic(task))
    .filter(({ name, listen }) => ![String(name?.value), ...listen].some((one) => words.has(one)))
    .map((task) =>
      warning({
        rule: 'unnotified-handler',
        source: task.source,
        message: `Nothing notifies ${task.name ? `the handler "${String(task.name.value)}"` : 'this handler'}.`,
        hint: 'Name it in `notify` of a task, or remove it.',
      }),
    );
}
