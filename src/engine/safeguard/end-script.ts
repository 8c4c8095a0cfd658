import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import { folders, GONE } from './arm-script.ts';
import { type Place, type UndoId, unhook } from './place.ts';

/**
 * Ends an undo for good: the change stays. Exits 79 with the record on stdout when the undo was first. Afterwards
 * nothing of it is left on the host.
 */
export function confirmScript(place: Place, id: UndoId): Shell {
  return lines([
    folders(place, id),
    CLOCK,
    sh`if ! mv "$G/armed" "$G/confirmed" 2>/dev/null; then`,
    recordScript(place),
    sh`exit ${GONE}\nfi`,
    stopScript(place),
    raw('rm -rf "$G"; rmdir "${G%/*}" "${P%/*}" 2>/dev/null; exit 0'),
  ]);
}

/** Takes the change back now. The record is on stdout; nothing else is left. Exits 79 when there is nothing to take back. */
export function rollbackScript(place: Place, id: UndoId): Shell {
  return lines([
    folders(place, id),
    CLOCK,
    sh`[ -e "$G/fire" ] || [ -e "$G/outcome" ] || exit ${GONE}`,
    // A step that was ended in this very shell left its mark; nobody is at work here any more.
    raw('read -r b 2>/dev/null <"$G/busy"; [ "$b" != $$ ] || : >"$G/busy"'),
    raw('if [ -e "$G/fire" ]; then sh "$G/fire" "$G" rollback; else cat "$G/outcome"; fi'),
    stopScript(place),
    forgetScript,
  ]);
}

/** The process that waits, where systemd does not. */
const CLOCK = raw('clock=; read -r clock 2>/dev/null <"$G/waiting"');

/** What the host did with an undo: its record on stdout, then it is forgotten. Exits 79 when there is none yet. */
export function tellScript(place: Place, id: UndoId): Shell {
  return lines([
    folders(place, id),
    recordScript(place),
    raw('[ -n "$found" ] || exit 79'),
    forgetScript,
  ]);
}

/**
 * All undos on the host, one a line: `armed ID SECONDS about` or `undone ID HOW WHEN about`, behind it `kept NAME` for
 * each step that could not be taken back. Asking costs no process. With `clean` what is decided is taken away, and what
 * a run left that was killed before it was armed: of run `own` at once, of others when it is old. An undo that was armed
 * when the host went down, and that nothing ran at boot, is `stranded ID about`; with `clean` it is run now, and said as
 * `undid`, in the form of `undone`.
 */
export const lookScript = (
  place: Place,
  { clean = false, own = '' }: { readonly clean?: boolean; readonly own?: string } = {},
): Shell =>
  raw(`for a in ${place.volatile}/*/about ${place.lasting}/*/about; do
  [ -r "$a" ] || continue
  f=\${a%/about} l= o= d=undone; IFS= read -r l <"$a"
  if [ -e "$f/armed" ] && [ "\${f%/*}" = ${place.lasting} ] && [ ! -e "${place.volatile}/\${f##*/}" ]; then
    ${clean ? 'd=undid; sh "$f/fire" "$f" boot >/dev/null' : 'echo "stranded ${f##*/} $l"; continue'}
  fi
  if [ -e "$f/outcome" ]; then
    { IFS= read -r o; echo "$d \${f##*/} $o $l"; while IFS= read -r o; do echo "kept $o"; done; } <"$f/outcome"
    ${clean ? 'rm -rf "$f"; rmdir "${f%/*}" 2>/dev/null' : ':'}
  elif [ -e "$f/armed" ]; then
    read -r d 2>/dev/null <"$f/deadline" && read -r u o </proc/uptime && echo "armed \${f##*/} $((d - \${u%.*})) $l"
  ${clean ? litterScript(own) : ''}
  fi
done
:`);

/** What is neither armed nor decided nor at work. */
const litterScript = (own: string): string =>
  `elif [ ! -e "$f/fired" ] && case \${f##*/} in ${own === '' ? '-' : own}.*) true ;; *) [ -n "$(find "$f" -maxdepth 0 -mmin +1 2>/dev/null)" ] ;; esac; then rm -rf "$f"; rmdir "\${f%/*}" 2>/dev/null`;

/** The record of an undo that fired, wherever it lies: behind a reboot only the copy is left. */
const recordScript = (place: Place): Shell =>
  raw(`found= n=0
while [ -e "$G/fired" ] && [ ! -e "$G/outcome" ] && [ $n -lt 300 ]; do sleep 0.1 2>/dev/null || sleep 1; n=$((n + 1)); done
for f in "$G" ${place.lasting}/"$N"; do [ ! -e "$f/outcome" ] || { cat "$f/outcome"; found=1; break; }; done`);

const forgetScript: Shell = raw(
  'for f in "$G" "$P"; do [ -e "$f/armed" ] || rm -rf "$f"; done; rmdir "${G%/*}" "${P%/*}" 2>/dev/null; exit 0',
);

/** Ends the clock of an undo that is decided, and what would run at boot. A pid is believed only with our own command line. */
const stopScript = (place: Place): Shell =>
  raw(`${unhook(place)}
[ ! -e "$P" ] || rm -rf "$P"
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  systemctl stop "orch-undo-$N.timer" "orch-undo-$N.service" 2>/dev/null
  systemctl reset-failed "orch-undo-$N.service" 2>/dev/null
elif [ -n "$clock" ]; then
  p=$clock c=; IFS= read -r c 2>/dev/null <"/proc/$p/cmdline"
  case $c in *"$G/fire"*) kill -TERM "-$p" 2>/dev/null || kill -TERM "$p" 2>/dev/null ;; esac
fi`);
