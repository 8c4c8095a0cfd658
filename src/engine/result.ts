import type { Outcome } from '../model/event.ts';
import { Unknown, type Value } from '../model/value.ts';

/** Whether a task changed its host, failed or not. */
export const hasChanged = (o: Outcome): boolean => o.kind === 'changed' || o.changedToo === true;

/** Whether a result tells of a failure: also where failed_when says that it is none. */
const saysFailed = (o: Outcome): boolean => o.kind === 'failed' || o.data?.['failed'] === true;

/** What `register` sees of one outcome: Ansible's words. */
export function registered(o: Outcome): Value {
  if (o.kind === 'unknown') return new Unknown(o.message ?? 'not run in check mode');
  if (o.items) return ofLoop(o, o.items);
  const attempts = o.attempts === undefined ? {} : { attempts: o.attempts };
  switch (o.kind) {
    case 'skipped':
      if (o.data && 'skipped_reason' in o.data) return { ...o.data, changed: false };
      return { changed: false, skipped: true, skip_reason: o.message ?? '', ...o.data };
    case 'unreachable':
      return { changed: false, unreachable: true, msg: o.message ?? '' };
    case 'ok':
    case 'changed':
    case 'failed':
      return {
        ...(o.message === undefined ? {} : { msg: o.message }),
        ...(o.findings.length > 0
          ? { findings: o.findings.map((f) => ({ message: f.message, cure: f.cure ?? '' })) }
          : {}),
        ...attempts,
        ...o.data,
        changed: hasChanged(o),
        failed: saysFailed(o),
      };
  }
}

/** What a loop registers: its items, and what they have in common. */
function ofLoop(o: Outcome, items: NonNullable<Outcome['items']>): Value {
  const failed = o.kind === 'failed' || items.some(({ outcome }) => saysFailed(outcome));
  const skipped = o.kind === 'skipped';
  const msg = skipped
    ? 'All items skipped'
    : failed
      ? 'One or more items failed'
      : 'All items completed';
  return {
    results: items.map(({ outcome }) => registered(outcome)),
    skipped,
    changed: hasChanged(o),
    ...(failed ? { failed } : {}),
    msg,
  };
}
