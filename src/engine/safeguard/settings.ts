import { OrchError } from '../../lib/errors.ts';
import { secondsOf } from '../../lib/seconds.ts';
import type { Scope } from '../../model/scope.ts';
import { entry, type Tree } from '../../model/tree.ts';
import { Unknown, type Value } from '../../model/value.ts';

/** What `safeguard:` says, finished. */
export interface Settings {
  /** Seconds the host waits for the confirmation before it takes the change back. */
  readonly seconds: number;
  /** A person confirms: the run leaves the change armed once it is proved and written down. */
  readonly manual: boolean;
}

const LEAST = 10;
const MOST = 600;

/** Reads `safeguard: 60s`, or a map of it; nothing when it is switched off (`false`, `off`, 0). Throws ARGUMENT_INVALID. */
export function safeguardOf(
  tree: Tree,
  scope: Scope,
  overrides: { readonly seconds?: number | undefined } = {},
): Settings | undefined {
  const timeout = tree.kind === 'map' ? entry(tree, 'timeout')?.value : tree;
  const value = timeout ? scope.resolve(timeout) : true;
  if (value === false || value === null || value === 0 || value === 'off') return undefined;
  const confirm = tree.kind === 'map' ? entry(tree, 'confirm')?.value : undefined;
  return {
    seconds: overrides.seconds ?? timeOf(value, timeout ?? tree),
    manual: confirm !== undefined && scope.resolve(confirm) === 'manual',
  };
}

function timeOf(value: Value, tree: Tree): number {
  if (value === true) return 60;
  const seconds = secondsOf(value);
  if (seconds === undefined || !Number.isInteger(seconds))
    throw wrong(`a safeguard is a time such as 60s or 2m, not ${shown(value)}`, tree);
  if (seconds < LEAST || seconds > MOST)
    throw wrong(`a safeguard lasts from ${LEAST} s to ${MOST / 60} min, not ${seconds} s`, tree);
  return seconds;
}

const shown = (value: Value): string =>
  value instanceof Unknown ? `unknown (${value.why})` : JSON.stringify(value);

const wrong = (message: string, { source }: Tree): OrchError =>
  new OrchError('ARGUMENT_INVALID', message, {
    source,
    hint: 'Write `safeguard: 60s`, or a map with timeout, confirm and verify.',
  });
