import { type Place, unhook } from './place.ts';

/** Seconds that a step in hand may still take when the undo begins; then it is ended. */
const GRACE = 5;

/**
 * The program that takes a change back, as it lies on the host: `sh fire FOLDER timer|rollback|boot`. With `timer` it
 * first waits until the deadline written beside it, which a run moves on while it is at work. The token `armed` is
 * renamed by whoever wins: this program (then everything begun is taken back, latest first) or the one that confirms. It
 * needs no line and no other file, and what it did is in `outcome`.
 */
export const fireScript = (place: Place): string => `G=$1 W=$2 N=\${1##*/}
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
nap() { sleep 0.1 2>/dev/null || sleep 1; }
if [ "$W" = timer ]; then
  echo $$ >"$G/waiting"
  while [ -e "$G/armed" ]; do
    read -r d <"$G/deadline" && read -r t o </proc/uptime || break
    t=$((d - \${t%.*})); [ $t -gt 0 ] || break
    sleep $t
  done
fi
if ! mv "$G/armed" "$G/fired" 2>/dev/null; then
  n=0
  while [ -e "$G/fired" ] && [ ! -e "$G/outcome" ] && [ $n -lt 600 ]; do nap; n=$((n + 1)); done
  [ ! -e "$G/outcome" ] || cat "$G/outcome"
  exit 0
fi
exec 5>&1 >>"$G/log" 2>&1
below() { # ends what shell $1 runs, and leaves the shell
  D=" $1 " g=1
  while [ $g = 1 ]; do
    g=0
    for f in /proc/[0-9]*/stat; do
      read -r l 2>/dev/null <"$f" || continue
      p=\${l%% *}; set -- \${l##*) }
      case $D in *" $p "*) ;; *" $2 "*) [ "$p" = $$ ] || { D="$D$p " g=1; } ;; esac
    done
  done
  set -- $D; shift
  kill -KILL "$@" 2>/dev/null
}
n=0
while read -r b 2>/dev/null <"$G/busy" && [ -n "$b" ] && [ -e "/proc/$b" ]; do
  n=$((n + 1))
  [ $n -le ${GRACE * 10} ] || { echo "a step was still at work and is ended"; below "$b"; break; }
  nap
done
L=
while read -r w s; do L="$w:$s $L"; done <"$G/begun"
n=0 M=3; [ "$W" != boot ] || M=30
while :; do
  F=
  for x in $L; do sh "$G/\${x%:*}" "\${x#*:}" </dev/null || F="$F$x "; done
  L=$F n=$((n + 1))
  [ -n "$L" ] && [ $n -lt $M ] || break
  sleep 1
done
[ ! -e "$G/saved" ] || while IFS= read -r f; do
  if [ ! -e "$G/saved$f" ]; then rm -f "$f"
  elif ! cmp -s "$G/saved$f" "$f"; then cp -p "$G/saved$f" "$f.orch" && mv "$f.orch" "$f" || echo "$f was not put back"; fi
done <"$G/saved/list"
{
  echo "$W $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  for x in $L; do sh "$G/\${x%:*}" "name \${x#*:}"; done
} >"$G/outcome.new"
rm -f "$G"/w[0-9]* "$G/deadline" "$G/begun" "$G/busy" "$G/waiting" "$G/later" "$G/fire"
rm -rf "$G/saved"
${unhook(place)}
[ "$G" = "${place.lasting}/$N" ] || rm -rf "${place.lasting}/$N"
mv "$G/outcome.new" "$G/outcome"
cat "$G/outcome" >&5
`;
