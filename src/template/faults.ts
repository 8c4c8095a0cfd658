import { OrchError } from '../lib/errors.ts';
import { kindOf } from './kinds.ts';
import { type Val } from './values.ts';

/** A template that cannot be evaluated; the place is added by whoever knows it. */
export const failure = (message: string, hint?: string): OrchError =>
  new OrchError('TEMPLATE_FAILED', message, { hint });

/** A value of the wrong type; never shows the value, which may be secret. */
export const wrongType = (what: string, wanted: string, got: Val): OrchError =>
  failure(`${what} needs ${wanted}, not ${kindOf(got)}.`);

/** What may be spent on one evaluation, so that no template can hang or flood a run. */
export const LIMITS = { steps: 1_000_000, text: 16 * 1024 * 1024, items: 1_000_000, depth: 200 };

/** Refuses a text that would grow too long. */
export function limitText(length: number): void {
  if (length > LIMITS.text) {
    throw failure(
      `The template makes a text of more than ${LIMITS.text / 1024 / 1024} MiB.`,
      'Make less of it at once.',
    );
  }
}

/** Refuses a list that would grow too long. */
export function limitItems(count: number): void {
  if (count > LIMITS.items) {
    throw failure(
      `The template makes a list of more than ${LIMITS.items} items.`,
      'Make less of it at once.',
    );
  }
}
