import { sameContent } from './content.ts';
import type { Attributes, Content, Entry } from './state.ts';

const sameAttributes = (a: Attributes, b: Attributes): boolean =>
  a.mode === b.mode &&
  a.owner === b.owner &&
  a.group === b.group &&
  a.mtime === b.mtime &&
  a.atime === b.atime;

const sameBytes = (a: Content | undefined, b: Content | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameContent(a, b);

/** Whether two entries are the same thing apart from mode, owner and times. */
export function sameThing(a: Entry, b: Entry): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'link' && b.kind === 'link') return a.target === b.target;
  if (a.kind !== 'file' || b.kind !== 'file') return true;
  return sameBytes(a.content, b.content) && (a.same ?? []).join('\0') === (b.same ?? []).join('\0');
}

/** Whether two entries are the same in all that is compared. */
export function sameEntry(a: Entry, b: Entry): boolean {
  if (!sameThing(a, b)) return false;
  if (a.kind === 'link' && b.kind === 'link') {
    const ends = a.leads && b.leads ? sameEntry(a.leads, b.leads) : a.leads === b.leads;
    return ends && a.owner === b.owner && a.group === b.group;
  }
  return a.kind === 'absent' || b.kind === 'absent' || sameAttributes(a, b);
}
