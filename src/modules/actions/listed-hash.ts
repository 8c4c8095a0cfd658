import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { type UrlParams, curlWith, nameIn, requestOptions } from './curl.ts';

/** A checksum as get_url takes it: the hash itself, or where a list of them is. */
export function wantedHash(checksum: string): {
  readonly algorithm: string;
  readonly hex: string;
  readonly list?: string;
} {
  const [, algorithm = '', rest = ''] = /^([^:]*):(.*)$/.exec(checksum) ?? [];
  return rest.includes('://')
    ? { algorithm, hex: '', list: rest }
    : { algorithm, hex: rest.toLowerCase() };
}

/** Sets `n` to the hash that a list on a server has for the file; exits 65 where it has none. */
export const listedHash = (given: UrlParams, list: string): Shell =>
  lines([
    curlWith([...requestOptions({ ...given, url: list }, 10), 'location', 'fail']),
    raw('l=$(orch_curl) || exit 65'),
    sh`f=${nameIn(given.url)}`,
    raw(`n=$(printf '%s\\n' "$l" | tr -d '\\r' | {
  c=0; while read -r a b; do
    c=$((c+1)); b=\${b#\\*}; while :; do case $b in [./]*) b=\${b#?} ;; *) break ;; esac; done
    [ "$b" != "$f" ] || { echo "$a"; exit; }
    one=$a two=$b
  done
  [ $c != 1 ] || [ -n "$two" ] || echo "$one"; } | tr A-F a-f)`),
    sh`[ -n "$n" ] || { printf '%s\\n' ${`Unable to find a checksum for file '${nameIn(given.url)}' in '${list}'`} >&2; exit 65; }`,
  ]);
