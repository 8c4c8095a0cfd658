import { globPattern } from '../../lib/glob.ts';
import { pythonRegex } from '../../lib/python-regex.ts';
import type { Value } from '../../model/value.ts';

/** Something that was found. */
export interface Found {
  readonly path: string;
  readonly root: string;
  readonly values: Readonly<Record<string, Value>>;
  /** It holds the text that is looked for. */
  readonly holds: boolean;
  /** The clock of the host. */
  readonly now: number;
}

/** What it has to fit. */
export interface Wanted {
  readonly patterns: readonly string[];
  readonly excludes?: readonly string[];
  readonly contains?: string;
  readonly file_type: 'any' | 'directory' | 'file' | 'link';
  readonly age?: string;
  readonly age_stamp: 'atime' | 'ctime' | 'mtime';
  readonly size?: string;
  readonly hidden: boolean;
  readonly use_regex: boolean;
}

const KIND = { file: 'isreg', directory: 'isdir', link: 'islnk' } as const;

/** Whether something fits, as Ansible decides it. */
export function matching({ path, values, holds, now }: Found, wanted: Wanted): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('.') && !wanted.hidden) return false;
  if (wanted.file_type !== 'any' && values[KIND[wanted.file_type]] !== true) return false;
  if (!named(name, wanted)) return false;
  if (wanted.age !== undefined) {
    const age = amount(wanted.age, AGES);
    const old = now - Number(values[wanted.age_stamp]);
    if (age >= 0 ? old < Math.abs(age) : old > Math.abs(age)) return false;
  }
  if (wanted.file_type === 'file' && wanted.contains !== undefined && !holds) return false;
  if (wanted.size === undefined || values['isreg'] !== true) return true;
  const size = amount(wanted.size, SIZES);
  const has = Number(values['size']);
  return size >= 0 ? has >= Math.abs(size) : has <= Math.abs(size);
}

function named(name: string, { patterns, excludes = [], use_regex: regex }: Wanted): boolean {
  const fits = (pattern: string): boolean =>
    regex ? begins(pattern, name) : globPattern(pattern).test(name);
  const all = patterns.length === 0 || patterns.some(fits);
  return all && !excludes.some(fits);
}

/** Python's `match`: from the beginning. */
function begins(pattern: string, name: string): boolean {
  const regex = pythonRegex(pattern);
  return regex.exec(name)?.index === 0;
}

const AGES = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const SIZES = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

function amount(text: string, units: Readonly<Record<string, number>>): number {
  const [, sign = '', digits = '', unit = ''] = /^(-?)(\d+)([a-z]?)$/i.exec(text) ?? [];
  const value = Number(digits) * (units[unit.toLowerCase()] ?? 1);
  return sign === '-' ? -value : value;
}
