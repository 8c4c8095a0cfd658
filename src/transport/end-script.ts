import { sh, type Shell } from '../lib/shell.ts';

/**
 * Ends what a shell on the host runs, reading /proc only: the direct children of the shell are stopped so
 * that they start nothing more, all below them (and what they left in the session) get TERM, then KILL.
 * `whole` ends the shell too; else it goes on with the next part.
 */
export function endScript(shell: number, whole: boolean): Shell {
  return sh`P=${shell} W=${whole ? 1 : 0}
orch_table() {
  T=
  for f in /proc/[0-9]*/stat; do
    read -r l 2>/dev/null <$f || continue
    p=\${l%% *}
    set -- \${l##*\\) }
    [ "$1" = Z ] || T="$T $p:$2:$4:\${20}"
  done
}
orch_below() {
  D=" $R "
  g=1
  while [ $g = 1 ]; do
    g=0
    for t in $T; do
      p=\${t%%:*} t=\${t#*:}
      q=\${t%%:*} t=\${t#*:}
      s=\${t%%:*} t=\${t#*:}
      case $D in *" $p "*) continue ;; esac
      [ $p != $P ] && [ $p != $$ ] && [ $p != $PPID ] || continue
      case $D in
      *" $q "*) ;;
      *) [ -n "$S" ] && [ "$s" = "$S" ] && [ "$t" -ge "$B" ] && [ $q != $P ] || continue ;;
      esac
      D="$D$p "
      g=1
    done
  done
}
[ $W = 0 ] || kill -STOP $P 2>/dev/null
orch_table
R= S= B=
for t in $T; do
  p=\${t%%:*} t=\${t#*:}
  q=\${t%%:*} t=\${t#*:}
  s=\${t%%:*} t=\${t#*:}
  [ $p = $P ] && [ "$s" != 0 ] && S=$s
  if [ $q = $P ]; then
    R="$R $p"
    [ -n "$B" ] && [ "$B" -le "$t" ] || B=$t
  fi
done
R="\${R# }"
if [ -n "$R" ]; then
  kill -STOP $R 2>/dev/null
  orch_table
  orch_below
  for p in $D; do
    case " $R " in *" $p "*) ;; *) kill -TERM $p 2>/dev/null ;; esac
  done
  n=0
  while [ $n -lt 2 ]; do
    orch_table
    orch_below
    [ "\${D# }" != "$R " ] || break
    sleep 1
    n=$((n + 1))
  done
  n=0
  while [ $n -lt 5 ]; do
    orch_table
    orch_below
    kill -KILL $D 2>/dev/null
    n=$((n + 1))
    [ "\${D# }" != "$R " ] || break
  done
fi
[ $W = 0 ] || kill -KILL $P 2>/dev/null
exit 0`;
}
