import { lines, quote, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import { fireScript } from './fire-script.ts';
import { type Place, type UndoId, unhook } from './place.ts';

/** Exit status of a script that found the undo gone: the host has taken the change back, or somebody confirmed it. */
export const GONE = 79;
/** Exit status of a script that could not arm an undo: nothing was changed. */
export const NOT_ARMED = 78;

/** What one wave can be taken back by: numbered steps. */
export interface WaveUndo {
  /** 1 for the first wave of a safeguard. */
  readonly wave: number;
  readonly steps: readonly Step[];
  /** A step has no runtime layer: the undo must survive a reboot. */
  readonly lasting: boolean;
  /** Files whose bytes are kept, and put back when the wave is undone. */
  readonly files: readonly string[];
}

/** An undo to be armed, or to be told of one more wave. */
export interface Arming {
  readonly id: UndoId;
  readonly place: Place;
  /** Seconds the host waits from now on for the confirmation. */
  readonly seconds: number;
  readonly undo: WaveUndo;
  /** One line for whoever finds it: whose change this is. */
  readonly about: string;
}

/** `G` is the folder of the undo, `P` its copy that survives a reboot. */
export const folders = (place: Place, id: UndoId): Shell =>
  sh`G=${`${place.volatile}/${id}`} P=${`${place.lasting}/${id}`} N=${id}`;

/**
 * Writes the undo of the first wave, starts the clock and sees it run, before anything is changed. Exits 78 with the
 * reason on stderr when that cannot be done; then nothing is left of it. Says `armed systemd` or `armed shell`, before
 * it `unhooked` when what lasts would not be undone at boot.
 */
export function armScript(arming: Arming): Shell {
  const { id, place, seconds, undo, about } = arming;
  return lines([
    raw('umask 077'),
    folders(place, id),
    raw(`no() { ${unhook(place)}; rm -rf "$G" "$P"; echo "$1" >&2; exit ${NOT_ARMED}; }`),
    raw('u=; while read -r k r u o; do [ "$k" != Uid: ] || break; done </proc/self/status'),
    sh`[ ${place.volatile} != /run/orch ] || [ "$u" = 0 ] || no 'only root can arm an undo that nobody else can stop: set become: true'`,
    othersScript(place),
    raw('[ -d "${G%/*}" ] || mkdir -p "${G%/*}"; mkdir "$G" || no "the undo could not be written"'),
    raw(': >"$G/begun" && : >"$G/busy"'),
    writeFile('fire', fireScript(place)),
    writeFile('about', `${about}\n`),
    writeFile(`w${undo.wave}`, waveScript(undo)),
    saveScript(undo),
    deadline(seconds, 'deadline'),
    ...(undo.lasting ? [keepScript(place), raw('keep || no "$why"')] : []),
    raw(': >"$G/armed" || no "the undo could not be written"'),
    startScript(seconds),
  ]);
}

/** Adds the undo of one more wave and gives the host the whole time anew. Exits 79 when the undo is gone. */
export function extendScript(arming: Arming): Shell {
  const { id, place, seconds, undo } = arming;
  return lines([
    raw('umask 077'),
    folders(place, id),
    ENTER,
    writeFile(`w${undo.wave}`, waveScript(undo)),
    saveScript(undo),
    // In one go: the process that waits reads it.
    deadline(seconds, 'deadline.new'),
    sh`mv "$G/deadline.new" "$G/deadline" || exit ${NOT_ARMED}`,
    ...(undo.lasting
      ? [
          keepScript(place),
          raw(`keep || { : >"$G/busy"; echo "$why" >&2; exit ${NOT_ARMED}; }`),
          raw(': >"$P/armed"'),
        ]
      : []),
    raw(': >"$G/busy"'),
  ]);
}

/** Another run's undo on this host would write old values over new ones: nobody changes anything until it is decided. */
export const othersScript = (place: Place, own = '${G-}'): Shell =>
  raw(`for a in ${place.volatile}/*/armed; do
  [ -e "$a" ] && [ "\${a%/armed}" != "${own}" ] || continue
  l=; IFS= read -r l 2>/dev/null <"\${a%/armed}/about"; t=; read -r d 2>/dev/null <"\${a%/armed}/deadline" && read -r u o </proc/uptime && t="; the host undoes it in $((d - \${u%.*})) s"
  echo "SAFEGUARD_PENDING: a change on this host waits for its confirmation ($l)$t" >&2; exit 1
done`);

/** The word of a wave file: `sh w1 3` takes step 3 back, `sh w1 'name 3'` names it. */
function waveScript({ steps }: WaveUndo): string {
  const cases = steps.map(({ name, inverse }, i) => {
    const undo = inverse ? `(\n${inverse.text}\n)` : 'false';
    return `${i + 1})\n${undo} ;;\n'name ${i + 1}') echo ${quote(name)} ;;`;
  });
  return ['case $1 in', ...cases, 'esac', ''].join('\n');
}

/**
 * Before each step: says that a step is at work, then looks whether the undo is still armed. The undo does it the other
 * way round, so no step begins behind its back and none is taken back while it runs. Where the undo is over already its
 * folder is gone: `true` fails there, where `:` would end the shell with another code.
 */
export const ENTER = raw(
  `{ echo $$ >"$G/busy"; } 2>/dev/null
[ -e "$G/armed" ] || { { true >"$G/busy"; } 2>/dev/null; exit ${GONE}; }`,
);

/** What a step of a wave runs in: noted before it begins, so that only what was begun is taken back. */
export function guardedStep(wave: number, number: number, step: Step): Shell {
  const mark = `w${wave} ${number}`;
  return lines([
    ENTER,
    sh`echo ${mark} >>"$G/begun"; [ ! -d "$P" ] || echo ${mark} >>"$P/begun"`,
    raw(`(\n${step.do.text}\n) >&2 8>&-\nr=$?; : >"$G/busy"`),
    sh`[ $r -eq 0 ] || { echo "step ${number} $r"; exit 70; }`,
  ]);
}

/**
 * Keeps the bytes of files below `saved`, each under its own path, or notes that there are none; those kept before stay
 * as they were then. One process a folder: a host pays for each.
 */
const saveScript = ({ files }: WaveUndo): Shell =>
  files.length === 0
    ? raw(':')
    : lines([
        raw(`listed() { [ -e "$G/saved/list" ] || return 1
while IFS= read -r l; do [ "$l" != "$1" ] || return 0; done <"$G/saved/list"; return 1; }`),
        ...[...byFolder(files)].map(
          ([
            folder,
            inIt,
          ]) => sh`d="$G/saved"${folder}; [ -d "$d" ] || mkdir -p "$d" || exit ${NOT_ARMED}
set --
for f in ${inIt}; do
  listed "$f" && continue
  [ ! -e "$f" ] || set -- "$@" "$f"
  printf '%s\n' "$f" >>"$G/saved/list"
done
[ $# -eq 0 ] || cp -p "$@" "$d/" || exit ${NOT_ARMED}`,
        ),
      ]);

function byFolder(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf('/'));
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return folders;
}

const writeFile = (name: string, text: string): Shell =>
  sh`printf %s ${text} >"$G"/${name} || exit ${NOT_ARMED}`;

/** Counted in seconds since the machine started, which no clock that is set can move. */
const deadline = (seconds: number, name: string): Shell =>
  sh`read -r t o </proc/uptime; echo $((\${t%.*} + ${seconds})) >"$G"/${name} || exit ${NOT_ARMED}`;

/**
 * Copies the undo to where it survives a reboot and has it run at boot. `why` says what is missing. Says `unhooked` where
 * neither systemd nor OpenRC is there to run it: then the next run that comes to the host does. The unit has another name
 * than the one of the clock: systemd-run takes none that has a file.
 */
const keepScript = (place: Place): Shell =>
  raw(`why="the undo could not be written to ${place.lasting}"
keep() {
  mkdir -p "$P" && cp -p "$G"/w[0-9]* "$G/fire" "$G/begun" "$G/about" "$P/" && { [ ! -e "$G/saved" ] || cp -pR "$G/saved" "$P/"; } && : >"$P/armed" || return
  if [ -d /run/systemd/system ]; then
    printf '%s\\n' '[Unit]' "Description=orch takes back a change that was not confirmed ($N)" 'After=network.target dbus.service firewalld.service NetworkManager.service systemd-networkd.service' '[Service]' 'Type=oneshot' "ExecStart=/bin/sh $P/fire $P boot" '[Install]' 'WantedBy=multi-user.target' >"${place.units}/orch-undo-boot-$N.service" &&
      mkdir -p ${place.units}/multi-user.target.wants && ln -sf "../orch-undo-boot-$N.service" "${place.units}/multi-user.target.wants/orch-undo-boot-$N.service"
  elif [ -d ${place.local} ]; then
    printf '#!/bin/sh\\nsh %s/fire %s boot >/dev/null 2>&1 &\\n' "$P" "$P" >"${place.local}/orch-undo-$N.start" && chmod 700 "${place.local}/orch-undo-$N.start"
  else echo unhooked; fi
}`);

/** Starts the clock, in a process that outlives this line, and sees it run. */
const startScript = (seconds: number): Shell =>
  raw(`if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  e=$(systemd-run --quiet --unit="orch-undo-$N" --description="orch takes back a change that was not confirmed" --on-active=${seconds} --timer-property=AccuracySec=1s /bin/sh "$G/fire" "$G" timer 2>&1) || no "systemd-run: $e"
  systemctl is-active --quiet "orch-undo-$N.timer" || no "the timer orch-undo-$N does not run"
  echo 'armed systemd'
else
  if command -v setsid >/dev/null; then (setsid sh "$G/fire" "$G" timer </dev/null >/dev/null 2>&1 8>&- &)
  else (trap '' HUP; sh "$G/fire" "$G" timer </dev/null >/dev/null 2>&1 8>&- &); fi
  n=0
  until read -r p 2>/dev/null <"$G/waiting" && kill -0 "$p" 2>/dev/null; do
    n=$((n + 1)); [ $n -le 50 ] || no 'the process that would take the change back did not start'
    sleep 0.02 2>/dev/null || sleep 1
  done
  echo 'armed shell'
fi`);
