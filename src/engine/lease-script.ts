import { raw, lines, sh, type Shell } from '../lib/shell.ts';
import type { Reply } from '../model/transport.ts';
import { JUDGE, LEASE, PLACE } from './lease-judge.ts';

/** Exit status of a script that found the host leased to another run: nothing was changed. */
export const HELD = 76;

/** Who asks for a lease. */
export interface Tenant {
  /** Name of the run. */
  readonly run: string;
  /** Whom others should ask: `alice@laptop`. */
  readonly owner: string;
  /** Seconds a lease lasts unless it is renewed, counted by the host. */
  readonly seconds: number;
  /** Names the process of the run on its control node, for other runs there to see whether it lives; `-` where none can. */
  readonly process: string;
}

/** A lease as the host tells it: by its own clock, in seconds from now. */
export interface Told {
  readonly run: string;
  readonly owner: string;
  /** How long it has been held. */
  readonly age: number;
  /** How long it lasts if nobody renews it; below zero when its time is over. */
  readonly left: number;
  /** Whether it still counts: its time is not over and its shell is alive, or that shell is still at work. */
  readonly live: boolean;
  /** Names the process of the run on its control node. */
  readonly process: string;
  /** Set when the run is gone and something that it started still runs on the host: a process there, for so many seconds. */
  readonly work?: { readonly pid: number; readonly age: number; readonly name: string };
}

/**
 * Takes or renews the lease of a host. It is one line, `RUN SINCE UNTIL PID START BOOT SESSION:START PROCESS OWNER`, in
 * seconds since the machine started, which no clock that is set can move. A run writes only the file of its own name; the
 * lease is a second name of it, and who may make that is decided by a third, `next`. A lease is void, and taken over, when
 * its shell has ended, its boot is over, or its run is gone (its session is closed, it is one of the `dead`, or its time
 * passed) and nothing runs for it. Says `taken`, `renewed`, `over RUN OWNER` or, where no lease can be had, `none`; exits
 * 76 with the lease on stdout when it is another run's.
 */
export const takeScript = (
  { run, owner, seconds, process }: Tenant,
  dead: readonly string[] = [],
): Shell =>
  lines([
    sh`R=${run} O=${owner} T=${seconds} C=${process} D=${` ${dead.join(' ')} `}`,
    JUDGE,
    raw(`[ -n "$U" ] || { echo none; exit 0; }
if [ "$L" != ${LEASE} ] && orch_read ${LEASE} && [ "$run" != "$R" ] && orch_live; then orch_tell; exit ${HELD}; fi
[ -n "$L" ] || { echo none; exit 0; }
me=$$ mine=; [ -z "\${orch_plain-}" ] || me=0
[ $me = 0 ] || { mine=$(orch_start $me); orch_session $me; }
orch_write() { (umask 022; echo "$R $1 $((U + T)) $me \${mine:-0} $B \${S:-0:0} $C $O" >"$L.$R") 2>/dev/null; }
n=0
while :; do
  over=
  if orch_read "$L"; then
    if [ "$run" = "$R" ]; then orch_write "$since"; echo renewed; exit 0; fi
    if orch_live; then rm -f "$L.$R"; orch_tell; exit ${HELD}; fi
  fi
  orch_write "$U" || { rm -f "$L.$R"; echo none; exit 0; }
  if ln "$L.$R" "$L.next" 2>/dev/null; then
    # Nobody else becomes the holder now; it may be somebody else by now.
    if orch_read "$L"; then
      if [ "$run" = "$R" ] || orch_live; then rm -f "$L.next"; continue; fi
      over="$run $owner"; orch_forget "$run"
    fi
    mv -f "$L.next" "$L" 2>/dev/null || continue
    orch_read "$L" && [ "$run" = "$R" ] || continue
    if [ -n "$over" ]; then echo "over $over"; else echo taken; fi
    exit 0
  fi
  n=$((n + 1))
  if orch_read "$L.next"; then
    if ! orch_live; then rm -f "$L.next"
    elif [ $n -gt 100 ]; then rm -f "$L.$R"; orch_tell; exit ${HELD}
    else sleep 0.1 2>/dev/null || sleep 1; fi
  elif [ $n -gt 100 ]; then rm -f "$L.$R"; echo none; exit 0; fi
done`),
  ]);

/** Gives a lease back; nothing of it is left. One that is another's by now stays. */
export const releaseScript = (run: string): Shell =>
  lines([
    sh`R=${run}`,
    PLACE,
    raw(`[ -n "$L" ] && [ -e "$L.$R" ] || exit 0
run=; read -r run o 2>/dev/null <"$L"
if [ "$run" = "$R" ]; then rm -f "$L" "$L.$R"; else rm -f "$L.$R"; fi`),
  ]);

/** Tells the lease of a host, and takes it away when it is void, or when `force` says so. Says whether it is gone. */
export const unlockScript = (force: boolean, dead: readonly string[] = []): Shell =>
  lines([
    sh`D=${` ${dead.join(' ')} `}`,
    JUDGE,
    // Root's lease is told to everybody, and taken away by root alone.
    raw(`[ -e ${LEASE} ] && O=${LEASE} || O=$L
[ -n "$O" ] && orch_read "$O" || exit 0
orch_live
orch_tell
[ "$O" = "$L" ] || { echo roots; exit 0; }
[ $v = void ] || [ ${force ? 1 : 0} = 1 ] || exit 0
rm -f "$L" && orch_forget "$run" && echo gone`),
  ]);

/** What came of asking for a lease. */
export type Answer =
  | { readonly kind: 'held'; readonly by: Told }
  /** Ours; taken from a run that is over, where `over` names it. */
  | { readonly kind: 'ours'; readonly over?: string }
  /** This user cannot have one there. */
  | { readonly kind: 'none' };

/** Reads the reply to `takeScript`. */
export function readTaken({ stdout, exit }: Reply): Answer {
  const [word = '', ...rest] = stdout.toString('utf8').trimEnd().split(' ');
  if (exit === HELD) {
    const by = readTold(stdout.toString('utf8'));
    return by ? { kind: 'held', by } : { kind: 'none' };
  }
  if (exit !== 0 || !['taken', 'renewed', 'over'].includes(word)) return { kind: 'none' };
  return { kind: 'ours', ...(word === 'over' ? { over: rest.join(' ') } : {}) };
}

/** Reads what `takeScript` and `unlockScript` say of a lease; nothing when there is none. */
export function readTold(text: string): Told | undefined {
  const found = /^(live|left|void) (\S+) (-?\d+) (-?\d+) (\S+) (.*)$/m.exec(text);
  if (!found) return undefined;
  const [, word, run = '', age, left, process = '-', owner = ''] = found;
  const told = { run, owner, process, age: Number(age), left: Number(left), live: word !== 'void' };
  const [, pid, since, name = ''] = /^work (\d+) (-?\d+) (.*)$/m.exec(text) ?? [];
  if (word !== 'left' || pid === undefined) return told;
  return { ...told, work: { pid: Number(pid), age: Number(since), name } };
}
