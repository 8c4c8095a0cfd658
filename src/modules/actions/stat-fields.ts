import { type Shell, raw } from '../../lib/shell.ts';
import type { Value } from '../../model/value.ts';

const FORMAT = '%f %s %u %g %h %i %d %X %Y %Z %b %o %t %T %U %G';

/** How many words one line of `orch_stat` has. */
export const STAT_FIELDS = 16;

/** A shell function that prints all fields of paths, a line each. */
export const orchStat = (follow: boolean): Shell =>
  raw(`orch_stat() {
  if command -v stat >/dev/null 2>&1; then stat ${follow ? '-L ' : ''}-c '${FORMAT}' "$@"
  else busybox stat ${follow ? '-L ' : ''}-c '${FORMAT}' "$@"; fi
}`);

const TYPES = {
  isreg: 0o100000,
  isdir: 0o040000,
  islnk: 0o120000,
  ischr: 0o020000,
  isblk: 0o060000,
  isfifo: 0o010000,
  issock: 0o140000,
} as const;

const BITS = {
  rusr: 0o400,
  wusr: 0o200,
  xusr: 0o100,
  rgrp: 0o040,
  wgrp: 0o020,
  xgrp: 0o010,
  roth: 0o004,
  woth: 0o002,
  xoth: 0o001,
  isuid: 0o4000,
  isgid: 0o2000,
} as const;

/** The words of such a line under the names that results of Ansible have. */
export function statValues(words: readonly string[]): Record<string, Value> {
  const [hex = '0', ...rest] = words;
  const mode = parseInt(hex, 16);
  const [size, uid, gid, nlink, inode, dev, atime, mtime, ctime, blocks, blockSize] =
    rest.map(Number);
  const [major = '0', minor = '0', user = '', group = ''] = words.slice(12);
  const flags = (table: Readonly<Record<string, number>>, holds: (bit: number) => boolean) =>
    Object.fromEntries(Object.entries(table).map(([name, bit]) => [name, holds(bit)]));
  return {
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    ...flags(TYPES, (type) => (mode & 0o170000) === type),
    ...flags(BITS, (bit) => (mode & bit) !== 0),
    uid: uid ?? 0,
    gid: gid ?? 0,
    size: size ?? 0,
    inode: inode ?? 0,
    dev: dev ?? 0,
    nlink: nlink ?? 0,
    atime: atime ?? 0,
    mtime: mtime ?? 0,
    ctime: ctime ?? 0,
    blocks: blocks ?? 0,
    block_size: blockSize ?? 0,
    device_type: deviceOf(parseInt(major, 16), parseInt(minor, 16)),
    ...(user === 'UNKNOWN' ? {} : { pw_name: user }),
    ...(group === 'UNKNOWN' ? {} : { gr_name: group }),
  };
}

/** The number of a device as the C library writes it. */
const deviceOf = (major: number, minor: number): number =>
  (minor & 0xff) + (major & 0xfff) * 0x100 + Math.floor(minor / 0x100) * 0x100000;
