import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { kindOf } from './entry.ts';
import type { FileFacts, Raw } from './state.ts';
import { pathWord } from './tools.ts';

/** Exits 75 unless a path still is what was observed. */
export function guardOf(path: string, facts: FileFacts): Shell {
  const was = facts.raw[path];
  if (!was) return sh`if [ -e ${pathWord(path)} ] || [ -L ${pathWord(path)} ]; then exit 75; fi`;
  const end = was.real === undefined ? undefined : was.end;
  return lines([
    still(path, was),
    ...(end && was.real !== undefined ? [still(was.real, end)] : []),
  ]);
}

/** A folder's time and size change with what is made in it: those do not count there. */
function still(path: string, was: Raw): Shell {
  const [mode = '', size = '', uid = '', gid = '', , inode = '', device = '', mtime = ''] =
    was.stat;
  const word = pathWord(path);
  const isFolder = kindOf(was) === 'directory';
  const wanted = isFolder
    ? `${mode} ${uid} ${gid} ${inode} ${device}`
    : `${mode} ${size} ${uid} ${gid} ${inode} ${device} ${mtime}`;
  return lines([
    sh`s=$(orch_stat ${word} 2>/dev/null) || exit 75`,
    raw('set -- $s'),
    isFolder
      ? sh`[ "$1 $3 $4 $6 $7" = ${wanted} ] || exit 75`
      : sh`[ "$1 $2 $3 $4 $6 $7 $8" = ${wanted} ] || exit 75`,
    ...(was.sha256 === undefined || was.sha256 === ''
      ? []
      : [sh`s=$(orch_sum <${word}) && [ "\${s%% *}" = ${was.sha256} ] || exit 75`]),
  ]);
}
