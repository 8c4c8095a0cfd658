import { OrchError } from '../lib/errors.ts';
import type { Identity } from '../model/transport.ts';
import { becomeError, elevation, lastLine } from './become.ts';
import type { Ending, Line } from './pipe.ts';

/** Milliseconds a shell has to answer at all: rc files of a slow host are in it. */
export const GREETING_LIMIT = 60_000;

/** The error of a trip that was cut short from outside. */
export const interrupted = (line: Line): OrchError =>
  new OrchError('INTERRUPTED', `${line.label}: interrupted; what ran on the host was ended`);

/**
 * LINE_BROKEN: the shell, or the line under it, went away. A reply that is missing proves nothing: the host may have
 * begun, and died before it could say so. `at` is the part it was at, -1 before it greeted.
 */
export function torn(
  { label, broken }: Line,
  ended: Ending | 'silent' | 'cut',
  { at, count, sent }: { readonly at: number; readonly count: number; readonly sent: boolean },
): OrchError {
  const why =
    broken ??
    (ended === 'silent'
      ? 'the shell on the host does not answer'
      : ended === 'cut'
        ? 'interrupted'
        : ended.signal
          ? `the shell on the host was ended by SIG${ended.signal.replace(/^SIG/, '')}`
          : 'the shell on the host ended');
  if (!sent)
    return new OrchError('LINE_BROKEN', `${label}: ${why}; what was to be done was not sent`);
  return new OrchError(
    'LINE_BROKEN',
    at < 0
      ? `${label}: ${why} before it answered; what was sent may have happened`
      : `${label}: ${why} in the middle of work (part ${Math.min(at + 1, count)} of ${count}); that part may have happened`,
  );
}

/** The command ended, or hung, before there was a shell: sudo or the account says no. */
export function noShell(
  line: Line,
  identity: Identity,
  ended: Ending | 'silent',
  preface: { readonly stdout: string; readonly stderr: string },
): OrchError {
  const said = `${preface.stderr}\n${preface.stdout}`.trim();
  const become = elevation(identity, line.user);
  if (become) {
    const missing = typeof ended === 'object' && ended.code === 127 && said === '';
    return becomeError(become, line, missing ? `${become.method}: not found` : said);
  }
  const last = lastLine(said);
  const what =
    ended === 'silent'
      ? `no shell answered within ${GREETING_LIMIT / 1000} s`
      : `the login shell ended${ended.code === undefined ? '' : ` (exit ${ended.code})`} before \`sh\` was there`;
  return new OrchError(
    'LOGIN_REFUSED',
    `${line.label}: logged in as ${line.user}, but ${what}${last ? `: ${last}` : ''}`,
    {
      hint: `Look at the login shell of ${line.user} and its rc files on the host; \`ssh HOST 'exec sh'\` must give a shell.`,
      stderr: said || undefined,
    },
  );
}
