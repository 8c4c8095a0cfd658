import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { pathWord } from '../file/tools.ts';
import { attributesWord, setAttributes } from './attributes-word.ts';
import type { UnarchiveParams } from './unarchive.ts';

/** The first word that the script says. */
export const HOW = {
  exists: 'orch exists',
  same: 'orch same',
  unpacked: 'orch unpacked',
  /** Nobody can tell whether it is all there: tar cannot compare. */
  nobody: 'orch nobody',
} as const;

/** Unpacks an archive where something of it is missing; `check` only looks. */
export function unpackScript(given: UnarchiveParams, check: boolean): Shell {
  return lines([
    raw('LC_ALL=C; export LC_ALL; r=same'),
    ...(given.creates === undefined
      ? []
      : [sh`if [ -e ${pathWord(given.creates)} ]; then printf ${`${HOW.exists}\\0`}; exit 0; fi`]),
    sh`p=${pathWord(given.dest)}`,
    raw(`[ -d "$p" ] || { echo "dest '$p' must be an existing dir" >&2; exit 1; }`),
    raw('k=${TMPDIR:-/tmp}/.orch.$$.archive; l=$k.list; a=$k; umask_=$(umask); umask 077'),
    raw(`trap 'rm -f "$k" "$l" "$k.diff"' EXIT; trap 'exit 1' HUP INT TERM`),
    raw('( set -C; : >"$k"; : >"$l" ) || exit 1'),
    archive(given),
    raw('umask "$umask_"'),
    raw('[ -s "$a" ] || { echo "Invalid archive \'$a\', the file is 0 bytes" >&2; exit 1; }'),
    raw('if [ "$(head -c 2 <"$a")" = PK ]; then handler=ZipArchive'),
    zip(given, check),
    raw('else handler=TgzArchive'),
    tar(given, check),
    raw('fi'),
    ...(check ? [] : [owned(given)]),
    raw(`printf 'orch %s\\0%s\\0%s\\0' "$r" "$handler" "$(${attributesWord('"$p"')})"`),
    ...(given.list_files ? [raw(`tr '\\n' '\\0' <"$l"`)] : []),
  ]);
}

/** The archive as "$a". */
function archive(given: UnarchiveParams): Shell {
  if (given.source) return raw('cat >"$k" || exit 1');
  const { src } = given;
  if (!src.includes('://'))
    return lines([
      sh`a=${pathWord(src)}`,
      raw(`[ -e "$a" ] || { echo "Source '$a' does not exist" >&2; exit 1; }`),
      raw(`[ -r "$a" ] || { echo "Source '$a' not readable" >&2; exit 1; }`),
    ]);
  const loose = given.validate_certs ? [[], []] : [['-k'], ['--no-check-certificate']];
  return sh`if command -v curl >/dev/null; then curl -fsSL ${loose[0] ?? []} -o "$k" ${src} || exit 1
else wget -q ${loose[1] ?? []} -O "$k" ${src} || exit 1; fi`;
}

const GNU = 'case $(tar --version 2>/dev/null) in *GNU*) gnu=y;; *) gnu=;; esac';

function tar(given: UnarchiveParams, check: boolean): Shell {
  const { owner, group, exclude, include, extra_opts: extra } = given;
  const opts = extra.length > 0 ? sh`--show-transformed-names ${extra}` : raw('');
  const words = sh`${opts} ${exclude.map((name) => `--exclude=${name.replace(/\/+$/, '')}`)} -f "$a" ${include}`;
  const who = [
    ...(owner === undefined ? [] : [`--owner=${owner}`]),
    ...(group === undefined ? [] : [`--group=${group}`]),
    ...(given.keep_newer ? ['--keep-newer-files'] : []),
  ];
  // What is set anyway afterwards is no difference.
  const seen = [
    ...(owner === undefined ? ['Uid differs'] : []),
    ...(group === undefined ? ['Gid differs'] : []),
    ...(given.mode === undefined ? ['Mode differs'] : []),
    'Mod time differs',
    'Contents differ',
    'Size differs',
    'File type differs',
    'Symlink differs',
    'Cannot stat: No such file or directory',
  ];
  const mine = seen.filter((line) => !/^[UG]id/.test(line));
  return lines([
    raw(GNU),
    raw('t="tar"; q=; [ -z "$gnu" ] || q=--quoting-style=literal'),
    sh`$t $q -t ${words} >"$l" 2>"$k.diff" || { echo "Failed to find handler for \\"$a\\": $(cat "$k.diff")" >&2; exit 1; }`,
    raw(
      `[ -s "$l" ] || { echo "found no files in archive $a. Empty archive files are not supported." >&2; exit 1; }`,
    ),
    raw('if [ -z "$gnu" ]; then r=nobody'),
    sh`else $t --diff -C "$p" ${who} ${words} >"$k.diff" 2>&1 </dev/null
if [ "$(id -u)" = 0 ]; then x=${seen.join('|')}; else x=${mine.join('|')}; fi
if grep -Eq "(: |^)(Warning: )?($x)" "$k.diff"; then r=unpacked; fi; fi`,
    ...(check
      ? []
      : [
          sh`if [ "$r" != same ]; then r=unpacked; $t -x -C "$p" ${who} ${words} </dev/null >&2 || { echo "failed to unpack $a to $p" >&2; exit 1; }; fi`,
        ]),
  ]);
}

function zip(given: UnarchiveParams, check: boolean): Shell {
  const { exclude, include, extra_opts: extra } = given;
  const without = exclude.length > 0 ? sh`-x ${exclude}` : raw('');
  return lines([
    raw('command -v unzip >/dev/null || { echo "unzip is not on the host" >&2; exit 1; }'),
    sh`unzip -Z1 "$a" ${include} ${without} >"$l" || { echo "Failed to find handler for \\"$a\\"" >&2; exit 1; }`,
    // A name of an archive is no pattern: what unzip would take for one is put into brackets.
    raw(`while IFS= read -r f; do
  case $f in
    */) [ -d "$p/$f" ] || { r=unpacked; break; };;
    *) g=$(printf %s "$f" | sed 's/[[*?]/[&]/g')
      [ -e "$p/$f" ] && unzip -p "$a" "$g" 2>/dev/null </dev/null | cmp -s - "$p/$f" || { r=unpacked; break; };;
  esac
done <"$l"`),
    ...(check
      ? []
      : [
          sh`if [ "$r" != same ]; then unzip ${given.keep_newer ? '-uo' : '-o'} ${extra} "$a" ${include} ${without} -d "$p" </dev/null >&2 || { echo "failed to unpack $a to $p" >&2; exit 1; }; fi`,
        ]),
  ]);
}

/** Mode and owner of all that is in the archive, and of the folders at its top. */
function owned(given: UnarchiveParams): Shell {
  const { mode, owner, group } = given;
  if (mode === undefined && owner === undefined && group === undefined) return raw(':');
  return lines([
    raw(`sed 's#/.*##' "$l" | sort -u >"$k.diff"; cat "$l" >>"$k.diff"`),
    raw('while IFS= read -r f; do f=$p/$f; [ -e "$f" ] || continue'),
    raw('o=$(stat -c "%a %u %g" "$f")'),
    setAttributes(given, raw('"$f"')),
    raw('[ "$(stat -c "%a %u %g" "$f")" = "$o" ] || r=unpacked'),
    raw('done <"$k.diff"'),
  ]);
}
