import { type Shell, raw, sh } from '../../lib/shell.ts';

/** The fields that `stat` is asked for, one word each. */
export const STAT = '%f %s %u %g %h %i %d %Y %X %U %G';

/**
 * Shell functions over what a host has: `orch_stat PATH...` prints STAT a line each, `orch_sum <FILE` the SHA-256.
 * Neither exists everywhere under one name: GNU, busybox and openssl are tried.
 */
export const TOOLS: Shell = raw(`orch_stat() {
  if command -v stat >/dev/null 2>&1; then stat -c '${STAT}' "$@"
  else busybox stat -c '${STAT}' "$@"; fi
}
orch_sum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r
  else busybox sha256sum; fi
}`);

/** A path as a shell word: a leading `~` is the home of who runs it, and no path looks like an option. */
export function pathWord(path: string): Shell {
  if (path === '~') return raw('"$HOME"');
  if (path.startsWith('~/')) return sh`"$HOME"/${path.slice(2)}`;
  return sh`${path.startsWith('-') ? `./${path}` : path}`;
}

/** A path without doubled and trailing slashes. */
export const tidy = (path: string): string =>
  path.replace(/\/{2,}/g, '/').replace(/(?<=[^/])\/+$/, '');

/** The folder a path is in. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  if (at < 0) return '.';
  return at === 0 ? '/' : path.slice(0, at);
}

/** The last name of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
