import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { pathWord } from '../file/tools.ts';
import { attributesWord } from './attributes-word.ts';
import type { WaitForParams } from './wait-for.ts';

/** `orch_there` succeeds once what is waited for has come; `orch_told` prints what is to be known of it then. */
export function isThere(given: WaitForParams): Shell {
  const { path, port, search_regex: search, timeout, state } = given;
  const told = raw('orch_told() { echo; printf %s "$seen"; }');
  const finder = search === undefined ? [] : [finderOf(search)];
  if (path !== undefined) return lines([...finder, ofFile(path, given)]);
  // Nothing to wait for: time passes.
  if (port === undefined) return lines([sh`sleep ${timeout}; orch_there() { :; }`, told]);
  return lines([
    raw('seen='),
    ...finder,
    state === 'drained' ? drained(port) : ofPort(port, given),
    told,
  ]);
}

const isGone = ({ state }: WaitForParams): boolean => state === 'stopped' || state === 'absent';

/**
 * `orch_find` prints the first line of its input that holds a match, `orch_find_over` the match where it spans lines.
 * Patterns are Python's: perl's are near enough. Where grep knows none of those, what can be said in an extended one is.
 */
function finderOf(search: string): Shell {
  return sh`LC_ALL=C; export LC_ALL
if echo x | grep -Pq x 2>/dev/null; then
  orch_find() { grep -a -m1 -P -e ${search} 2>/dev/null; }
  orch_find_over() { grep -a -z -o -m1 -P -e ${`(?m)${search}`} 2>/dev/null | tr -d '\\000' | grep ''; }
else
  orch_find() { grep -m1 -E -e ${extended(search)} 2>/dev/null; }
  orch_find_over() { false; }
fi`;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: '[[:space:]]',
  S: '[^[:space:]]',
  w: '[[:alnum:]_]',
  W: '[^[:alnum:]_]',
};

/** The pattern as an extended one, as far as there is one that says the same. */
const extended = (search: string): string =>
  search
    .replaceAll(/\\([dDsSwW])/g, (_, letter: string) => CLASSES[letter] ?? '')
    .replaceAll(/\(\?(?::|P<\w+>)/g, '(')
    .replaceAll(/([*+?}])\?/g, '$1');

function ofFile(path: string, given: WaitForParams): Shell {
  const gone = isGone(given) ? raw('! ') : raw('');
  const there =
    given.search_regex === undefined
      ? raw('[ -e "$p" ]')
      : raw('seen=$(orch_find <"$p" || orch_find_over <"$p") 2>/dev/null');
  return sh`p=${pathWord(path)}; seen=
orch_there() { ${gone}${there}; }
orch_told() { [ -e "$p" ] && ${raw(attributesWord('"$p"').replace("%U %G'", "%U %G %F'"))} || echo; printf %s "$seen"; }`;
}

const drained = (port: number): Shell => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return sh`orch_there() { ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -Eq ${`^ *[0-9]+: [0-9A-F]+:${hex} [0-9A-F:]+ (01|02|03|04|05|08|09|0B) `}; }`;
};

/** What a port says is read until it holds a match, it ends, or the time for one try is over. */
const listening = (search: string): Shell => sh`exec 3<>"/dev/tcp/$0/$1" || exit 1
${finderOf(search)}
said=
while :; do
  IFS= read -r -d "" -t 0.3 piece <&3; s=$?; said=$said$piece
  printf '%s\\n' "$said" | orch_find && exit 0
  printf '%s\\n' "$said" | orch_find_over && exit 0
  [ $s -eq 0 ] || [ $s -gt 128 ] || exit 1
done`;

function ofPort(port: number, given: WaitForParams): Shell {
  const { host, connect_timeout: patience, search_regex: search } = given;
  const tries = Math.max(1, patience);
  const gone = isGone(given) ? raw('! ') : raw('');
  const dial =
    search === undefined
      ? sh`timeout ${tries} bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${host} ${port} 2>/dev/null`
      : sh`seen=$(timeout ${tries} bash -c ${listening(search).text} ${host} ${port} 2>/dev/null)`;
  const byNc =
    search === undefined
      ? sh`nc -z -w ${tries} ${host} ${port} >/dev/null 2>&1`
      : sh`seen=$(nc -w ${tries} ${host} ${port} </dev/null 2>/dev/null | orch_find)`;
  return sh`orch_port() {
  if command -v bash >/dev/null 2>&1; then ${dial}
  elif command -v nc >/dev/null 2>&1; then ${byNc}
  else exit 67; fi
}
orch_there() { ${gone}orch_port; }`;
}
