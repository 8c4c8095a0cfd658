import { type Shell, lines, sh } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import { modeWord, octal } from './entry.ts';
import type { Attributes, Raw } from './state.ts';
import { pathWord } from './tools.ts';
import { ownerWord } from './write.ts';

/** Something whose mode, owner or times change while it stays what it is. */
export interface Owned {
  readonly path: string;
  readonly raw: Raw | undefined;
  readonly wanted: Attributes;
  /** The link itself is meant, not what it leads to. */
  readonly link: boolean;
}

/** All of them in one step; processes are started for what differs alone. */
export function chownStep(all: readonly Owned[]): Step {
  const [first] = all;
  const more = all.length > 1 ? ` and ${all.length - 1} more` : '';
  return {
    name: `mode and owner of ${first?.path ?? ''}${more}`,
    do: lines([sh`set -e`, ...all.map(forward)]),
    inverse: lines(all.map(back)),
    stage: 'persistent',
    disruption: 'none',
  };
}

function forward({ path, raw, wanted, link }: Owned): Shell {
  const owner =
    wanted.owner !== undefined && wanted.owner !== raw?.owner ? wanted.owner : undefined;
  const group =
    wanted.group !== undefined && wanted.group !== raw?.group ? wanted.group : undefined;
  const mode = raw && octal(modeWord(raw) & 0o7777) === wanted.mode ? undefined : wanted.mode;
  const who = ownerWord(owner, group);
  return lines([
    ...(who === undefined ? [] : [sh`chown -h ${who} ${pathWord(path)}`]),
    // chown takes the set-user-id bit away.
    ...((mode === undefined && who === undefined) || wanted.mode === undefined || link
      ? []
      : [sh`chmod ${wanted.mode} ${pathWord(path)}`]),
    ...timesOf(path, wanted, raw),
  ]);
}

/** Sets the times that are asked for. */
export function timesOf(path: string, wanted: Attributes, raw?: Raw): readonly Shell[] {
  return [
    ['m', wanted.mtime, raw?.stat[7]] as const,
    ['a', wanted.atime, raw?.stat[8]] as const,
  ].flatMap(([flag, time, now]) => {
    if (time === undefined || time === now) return [];
    return time === 'now'
      ? [sh`touch -c -${flag} ${pathWord(path)}`]
      : [sh`touch -c -${flag} -d ${`@${time}`} ${pathWord(path)}`];
  });
}

function back({ path, raw, wanted, link }: Owned): Shell {
  if (!raw) return sh`:`;
  const [, , uid = '', gid = '', , , , mtime = '', atime = ''] = raw.stat;
  return lines([
    sh`chown -h ${`${uid}:${gid}`} ${pathWord(path)} 2>/dev/null || :`,
    ...(link ? [] : [sh`chmod ${octal(modeWord(raw) & 0o7777)} ${pathWord(path)}`]),
    ...(wanted.mtime === undefined ? [] : [sh`touch -c -m -d ${`@${mtime}`} ${pathWord(path)}`]),
    ...(wanted.atime === undefined ? [] : [sh`touch -c -a -d ${`@${atime}`} ${pathWord(path)}`]),
  ]);
}
