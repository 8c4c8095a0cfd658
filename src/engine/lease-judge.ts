import { lines, raw } from '../lib/shell.ts';

/** Where root's lease lies on every host; /run is gone after a reboot, and the lease with it. */
export const LEASE = '/run/orch-lease';

/** `L` is where this user keeps the lease: root for all, others for themselves; empty where they cannot. */
export const PLACE = raw(`L=
if [ -w /run ]; then L=${LEASE}
elif [ -w "\${XDG_RUNTIME_DIR:-/run}" ]; then L=$XDG_RUNTIME_DIR/orch-lease; fi`);

/** Programs that stand between a session of sshd and the shell of a run, and may outlive the session. */
const BETWEEN =
  'sh|ash|bash|busybox|csh|dash|fish|ksh|ksh93|mksh|rbash|tcsh|zsh|doas|env|login|pkexec|run0|runuser|su|sudo';

/**
 * Shell functions that judge a lease, builtins only; `U` is the time since boot, `B` names the boot, `D` has the runs that
 * are known to be dead. `orch_read FILE` reads one. `orch_live` says in `v` whether it is `live`, `left` (the run is gone,
 * and what it started, `w`, still runs) or `void`, and fails for the last. `orch_session PID` finds in `S` the process
 * that goes when the connection of a shell goes: its nearest ancestor that is no shell and becomes nobody.
 */
export const JUDGE = lines([
  PLACE,
  raw(`U=; read -r U o 2>/dev/null </proc/uptime; U=\${U%%.*}
B=; read -r B 2>/dev/null </proc/sys/kernel/random/boot_id; B=\${B:--}
orch_start() { s=; read -r s 2>/dev/null <"/proc/$1/stat" || return; set -- \${s##*\\) }; [ "$1" = Z ] || echo "\${20}"; }
orch_session() {
  S= q=$1 k=0
  while [ $k -lt 9 ] && [ "$q" -gt 1 ]; do
    s=; read -r s 2>/dev/null <"/proc/$q/stat" || return 0
    c=\${s#*\\(} c=\${c%\\)*}
    set -- \${s##*\\) }
    case $k:$c in 0:*|*:${BETWEEN.replaceAll('|', '|*:')}) ;; *) S=$q:\${20}; return 0;; esac
    q=$2 k=$((k + 1))
  done
}
orch_work() {
  w= q=$1
  while orch_child $q; do q=\${f#/proc/} q=\${q%/stat} w="$q $((U - t / 100)) $c"; done
}
orch_child() {
  p=$1
  for f in /proc/[0-9]*/stat; do
    read -r s 2>/dev/null <"$f" || continue
    set -- \${s##*\\) }
    [ "$2" = "$p" ] && [ "$1" != Z ] || continue
    c=\${s#*\\(} c=\${c%\\)*} t=\${20}
    return 0
  done
  return 1
}
orch_read() {
  [ -e "$1" ] || return
  for i in 1 2; do
    run= since=0 until=0 pid=0 start=0 boot= sess=0:0 process=- owner=
    read -r run since until pid start boot sess process owner 2>/dev/null <"$1" && break
    [ $i = 2 ] || sleep 1
  done
  sstart=\${sess#*:} sess=\${sess%%:*}
  case $run$since$until$pid$sess in *[!A-Za-z0-9._-]*) run=? since=0 until=0 pid=0 sess=0;; esac
}
orch_live() {
  v=void
  [ "$boot" = "$B" ] || return 1
  if [ "$pid" = 0 ]; then [ "$U" -lt "$until" ] && v=live; return; fi
  g=
  case $D in *" $run "*) g=1;; esac
  [ "$sess" = 0 ] || [ "$(orch_start "$sess")" = "$sstart" ] || g=1
  # A shell that lost its run may be between two things it was told: it ends by itself after the last.
  for k in 1 2 3 4; do
    [ "$(orch_start "$pid")" = "$start" ] || return 1
    if [ -z "$g" ] && [ "$U" -lt "$until" ]; then v=live; return 0; fi
    orch_work "$pid"
    if [ -n "$w" ]; then v=live; [ -z "$g" ] || v=left; return 0; fi
    [ $k = 4 ] || sleep 0.1 2>/dev/null || sleep 1
  done
  return 1
}
orch_tell() { echo "$v $run $((U - since)) $((until - U)) \${process:--} $owner"; [ "$v" != left ] || echo "work $w"; }
orch_forget() { case $1 in ''|*[!A-Za-z0-9-]*) ;; *) rm -f "$L.$1";; esac; }`),
]);
