/** The shape of a change as far as this file needs it (model/change.ts has it whole). */
interface Shown {
  readonly kind: string;
  readonly path: readonly string[];
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  readonly from?: unknown;
  readonly to?: unknown;
}

/** A change as one line: `zones public permanent ports +80/tcp -81/tcp`. */
export function showChange({ kind, path, added = [], removed = [], from, to }: Shown): string {
  const at = path.join(' ');
  if (kind === 'set')
    return [at, ...added.map((w) => `+${w}`), ...removed.map((w) => `-${w}`)].join(' ');
  if (kind === 'text') return `${at} (text differs)`;
  return `${at} ${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
}
