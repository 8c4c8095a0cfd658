import { type Shell, lines, raw, sh } from './shell.ts';

/** Where jobs of a run live on the host: below /run for root, else in a folder of the user that nobody else can enter. */
const folder = (job: string): Shell =>
  lines([
    raw(
      'if [ "$(id -u)" = 0 ] && [ -d /run ]; then J=/run/orch; else J=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/orch-$(id -u); fi',
    ),
    sh`J=$J/jobs/${job}`,
  ]);

/**
 * Starts a script that goes on when the line is gone, for at most so many seconds, with all it started; then it is
 * ended. What it prints and how it ends is kept beside it until the job is collected, or `reap` says that nobody will.
 */
export const startJob = (job: string, script: Shell, seconds: number): Shell =>
  lines([
    raw('umask 077'),
    folder(job),
    raw('mkdir -p "$J" || exit 1'),
    sh`printf '%s\\n' ${script.text} >"$J/job" && printf '%s\\n' ${keeper(seconds)} >"$J/keeper" || exit 1`,
    raw('S=; command -v setsid >/dev/null && S=setsid'),
    raw('J=$J S=$S $S sh "$J/keeper" </dev/null >/dev/null 2>&1 &'),
    raw('echo "$J"'),
  ]);

/** Runs beside a job: ends it when its time is over, notes how it ended. A job of its own group is ended with all it started. */
const keeper = (seconds: number): string => `$S sh "$J/job" >"$J/out" 2>"$J/err" </dev/null &
p=$!
( n=${Math.max(Math.ceil(seconds), 1)}
while [ $n -gt 0 ] && kill -0 $p 2>/dev/null; do sleep 1; n=$((n-1)); done
if kill -0 $p 2>/dev/null; then : >"$J/late"; kill -TERM -$p 2>/dev/null || kill -TERM $p; sleep 1; kill -KILL -$p 2>/dev/null; fi ) &
wait $p
echo $? >"$J/rc.new" && mv "$J/rc.new" "$J/rc"
[ ! -e "$J/reap" ] || rm -rf "$J"`;

/** Tells how a job is: `running`, `gone`, or `done EXIT BYTES` and what it printed. */
export const tellJob = (job: string): Shell =>
  lines([
    folder(job),
    raw(`if [ ! -d "$J" ]; then echo gone
elif [ -e "$J/late" ]; then echo late
elif [ -e "$J/rc" ]; then echo "done $(cat "$J/rc") $(wc -c <"$J/out")"; cat "$J/out" "$J/err"
else echo running; fi`),
  ]);

/** Takes away what is left of jobs: of those still running when they end. */
export const reapJobs = (jobs: readonly string[]): Shell =>
  lines(
    jobs.flatMap((job) => [
      folder(job),
      raw('[ ! -d "$J" ] || { : >"$J/reap"; [ ! -e "$J/rc" ] || rm -rf "$J"; }'),
      raw('rmdir "${J%/*}" 2>/dev/null; :'),
    ]),
  );

/** How a job is. */
export type JobState =
  | { readonly kind: 'running' | 'gone' | 'late' }
  | {
      readonly kind: 'done';
      readonly exit: number;
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    };

/** Reads what `tellJob` printed. */
export function readJob(said: Buffer): JobState {
  const end = said.indexOf(10);
  const head = said.subarray(0, end === -1 ? said.length : end).toString('utf8');
  const [kind, exit = '', bytes = ''] = head.trim().split(/\s+/);
  if (kind === 'running' || kind === 'gone' || kind === 'late') return { kind };
  if (kind !== 'done') return { kind: 'gone' };
  const rest = said.subarray(end + 1);
  const size = Number(bytes);
  return { kind, exit: Number(exit), stdout: rest.subarray(0, size), stderr: rest.subarray(size) };
}
