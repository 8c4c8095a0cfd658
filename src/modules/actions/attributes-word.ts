import { type Shell, lines, sh } from '../../lib/shell.ts';
import type { AttributeParams } from '../file/attributes.ts';
import { ownerWord } from '../file/write.ts';

/** A command that prints mode, uid, gid, size, owner and group of the path in a shell word. */
export const attributesWord = (word: string): string => `stat -c '%a %u %g %s %U %G' ${word}`;

/** Gives a path the mode and owner that are asked for; the script fails where that cannot be. */
export function setAttributes({ mode, owner, group }: AttributeParams, path: Shell): Shell {
  const who = ownerWord(text(owner), text(group));
  return lines([
    ...(who === undefined ? [] : [sh`chown ${who} ${path} || exit 1`]),
    ...(mode === undefined ? [] : [sh`chmod ${octalOf(mode)} ${path} || exit 1`]),
  ]);
}

const text = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

const octalOf = (mode: string | number): string =>
  typeof mode === 'number' ? mode.toString(8) : mode;
