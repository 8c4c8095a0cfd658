import { type Shell, lines, quote, raw, sh } from '../../lib/shell.ts';
import { type FileScope, LARGEST_EDIT, LARGEST_TEXT, type Look } from './state.ts';
import { TOOLS, folderOf, nameOf, pathWord } from './tools.ts';

/** What all scopes of a fold want to know of one path. */
export function merged(scopes: readonly FileScope[]): readonly Look[] {
  const found = new Map<string, Look>();
  for (const look of scopes.flatMap((scope) => scope.look)) {
    const other = found.get(look.path);
    found.set(look.path, other ? both(other, look) : look);
  }
  return [...found.values()].map((look) => {
    const isEdited = look.feeds?.some((path) => found.get(path)?.content === 'text') ?? false;
    return isEdited ? { ...look, content: 'text', large: true } : look;
  });
}

function both(a: Look, b: Look): Look {
  const flag = <
    K extends 'attributes' | 'large' | 'secret' | 'sums' | 'through' | 'times' | 'below',
  >(
    name: K,
  ): { [P in K]?: true } =>
    a[name] === true || b[name] === true ? ({ [name]: true } as { [P in K]?: true }) : {};
  const content = CLOSEST.find((one) => one === a.content || one === b.content);
  const feeds = [...(a.feeds ?? []), ...(b.feeds ?? [])];
  const same = a.same ?? b.same;
  return {
    path: a.path,
    ...flag('attributes'),
    ...flag('large'),
    ...flag('secret'),
    ...flag('sums'),
    ...flag('through'),
    ...flag('times'),
    ...flag('below'),
    ...(content === undefined ? {} : { content }),
    known: [...new Set([...(a.known ?? []), ...(b.known ?? [])])],
    ...(same === undefined ? {} : { same }),
    ...(feeds.length === 0 ? {} : { feeds }),
  };
}

const CLOSEST = ['text', 'sum', 'hash'] as const;

/**
 * Looks at paths, one after the other, and changes nothing. Every record ends with a NUL: names and link targets
 * may hold anything else. The content of a file is preceded by its size.
 */
export function observeScript(scopes: readonly FileScope[]): Shell {
  const looks = merged(scopes);
  const needsHome = looks.some(({ path }) => path.startsWith('~'));
  return lines([
    raw('LC_ALL=C; export LC_ALL'),
    TOOLS,
    raw(LOOK),
    ...looks.map(lookAt),
    ...(scopes.some(({ backup }) => backup)
      ? [raw(`printf 'stamp %s.%s~\\0' "$$" "$(date +%Y-%m-%d@%H:%M:%S)"`)]
      : []),
    ...(needsHome ? [raw(`printf 'home %s\\0' "$HOME"`)] : []),
    // What is taken away may be made again by a later task.
    ...(scopes.some(({ look }) => look.some(({ whole }) => whole)) ? [raw('m=1')] : []),
    raw(`[ -z "$m" ] || printf 'self %s\\0' "$(id)"`),
    raw(`printf 'umask %s\\0done\\0' "$(umask)"`),
  ]);
}

function lookAt(look: Look, i: number): Shell {
  const want = look.secret && look.content === 'sum' ? 'hash' : (look.content ?? 'none');
  const known = quote(` ${(look.known ?? []).join(' ')} `);
  const path = pathWord(look.path);
  const above = pathWord(folderOf(look.path));
  return lines([
    sh`orch_look ${i} ${path} ${raw(want)} ${raw(known)} ${look.through ? 'through' : ''} ${look.sums ? 'sums' : ''} ${look.large ? LARGEST_EDIT : LARGEST_TEXT}`,
    sh`orch_above ${i} ${above}`,
    sh`orch_alias ${i} ${above} ${nameOf(look.path)} ${look.path.startsWith('~') ? 'home' : ''}`,
    ...(look.below ? [below(i, path)] : []),
  ]);
}

/** A few records hold many paths each: their stat lines, then their names. */
const below = (i: number, path: Shell): Shell =>
  lines([
    sh`if [ -d ${path} ] && [ ! -L ${path} ]; then printf 'below %s\\0' ${i}`,
    sh`find ${path} -exec sh -c ${BATCH} sh {} +`,
    raw(`printf 'end\\0'; fi`),
  ]);

const BATCH = `${TOOLS.text}
orch_stat "$@"; printf '\\0'; printf '%s\\0' "$@"; printf '\\0'`;

// $1 number, $2 path, $3 none|hash|sum|text, $4 known hashes, $5 through, $6 sums, $7 most bytes that are sent. $m is set when something is missing.
const LOOK = `m=
orch_look() {
  if [ ! -e "$2" ] && [ ! -L "$2" ]; then m=1 a=1; printf 'absent %s\\0' "$1"; return 0; fi
  a=
  s=$(orch_stat "$2") || { printf 'lost %s\\0' "$1"; return 0; }
  printf 'stat %s %s\\0' "$1" "$s"
  if [ -L "$2" ]; then
    t=$(readlink "$2"; printf x); t=\${t%x}; printf 'target %s\\0' "\${t%?}"
    [ "$5" = through ] || return 0
    t=$(readlink -f "$2"; printf x); t=\${t%x}; printf 'real %s\\0' "\${t%?}"
    [ -e "$2" ] || { m=1; printf 'absent %s\\0' "$1"; return 0; }
    orch_look "$1" "\${t%?}" "$3" "$4" '' "$6" "$7"
    return 0
  fi
  if [ -d "$2" ]; then
    for f in "$2"/* "$2"/.[!.]* "$2"/..?*; do
      if [ -e "$f" ] || [ -L "$f" ]; then printf 'filled\\0'; break; fi
    done
    return 0
  fi
  [ -f "$2" ] && [ "$3" != none ] || return 0
  h=$(orch_sum <"$2") || { printf 'unreadable\\0'; return 0; }
  h=\${h%% *}
  printf 'sum %s\\0' "$h"
  if [ "$6" = sums ]; then
    h1=$(sha1sum <"$2" 2>/dev/null) && printf 'sha1 %s\\0' "\${h1%% *}"
    h1=$(md5sum <"$2" 2>/dev/null) && printf 'md5 %s\\0' "\${h1%% *}"
  fi
  z=\${s#* }; z=\${z%% *}
  [ "$z" -le "$7" ] || return 0
  case $3 in hash) return 0;; sum) case $4 in *" $h "*) return 0;; esac;; esac
  printf 'bytes %s\\0' "$z"
  cat "$2"
  printf '\\0'
}
orch_above() {
  [ -n "$a" ] || return 0
  n=0 d=$2
  while [ ! -d "$d" ]; do
    n=$((n+1))
    case $d in */*) d=\${d%/*}; d=\${d:-/};; *) break;; esac
  done
  printf 'above %s %s\\0' "$1" "$n"
}
# $1 number, $2 folder, $3 name in it, $4 given by ~: where that is, when a link or .. leads there. Nothing is started where none does.
orch_alias() {
  d=$2 l=$4
  while :; do
    case $d in /*) ;; *) l=1; break;; esac
    [ -L "$d" ] && { l=1; break; }
    case $d in */..|*/.) l=1; break;; /*/*) d=\${d%/*};; *) break;; esac
  done
  [ -n "$l" ] || return 0
  d=$2 t=
  while [ ! -d "$d" ]; do case $d in */*) t=/\${d##*/}$t d=\${d%/*} d=\${d:-/};; *) return 0;; esac; done
  d=$(cd -P -- "$d" 2>/dev/null && pwd -P && printf x) || return 0
  d=\${d%?x}
  [ "$d" != / ] || d=
  printf 'alias %s %s%s/%s\\0' "$1" "$d" "$t" "$3"
}`;
