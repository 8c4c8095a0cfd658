import { truthy } from '../compare.ts';
import { wrongType } from '../faults.ts';
import type { Test } from '../runtime.ts';
import { isMapping, numberOf, own, type Val } from '../values.ts';

/** Whether a registered result has a flag set. */
function flag(result: Val, name: string): boolean {
  if (!isMapping(result)) throw wrongType(`"is ${name}"`, 'a registered result', result);
  const value = own(result, name);
  return value !== undefined && truthy(value);
}

const outcome = (holds: (result: Val) => boolean): Test => ({ params: [], holds });
const failed = outcome((result) => flag(result, 'failed'));
const succeeded = outcome((result) => !flag(result, 'failed'));
const changed = outcome((result) => {
  if (isMapping(result) && own(result, 'changed') === undefined) {
    const items = own(result, 'results');
    return Array.isArray(items) && (items as readonly Val[]).some((item) => flag(item, 'changed'));
  }
  return flag(result, 'changed');
});
const skipped = outcome((result) => flag(result, 'skipped'));

/** Whether an asynchronous job is as far as `name` says; what is no such job has long been. */
const stage = (name: string): Test =>
  outcome((result) => {
    if (!isMapping(result)) throw wrongType(`"is ${name}"`, 'a registered result', result);
    const value = own(result, name);
    return value === undefined || numberOf(value) === 1;
  });

/** Tests of results that `register` kept. */
export const OUTCOMES: Readonly<Record<string, Test>> = {
  failed,
  failure: failed,
  succeeded,
  success: succeeded,
  successful: succeeded,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  finished: stage('finished'),
  started: stage('started'),
  reachable: outcome((result) => !flag(result, 'unreachable')),
  unreachable: outcome((result) => flag(result, 'unreachable')),
};
