import { oneLine } from '../lib/visible.ts';

/** A heading as Ansible draws it: filled up with stars to 80 columns, at least three of them. */
export const banner = (title: string): string => {
  const text = oneLine(title);
  return `${text} ${'*'.repeat(Math.max(3, 79 - text.length))}`;
};
