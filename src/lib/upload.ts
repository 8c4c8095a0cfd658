import { createHash, randomBytes } from 'node:crypto';
import { sh, type Shell } from './shell.ts';

/** Hex digits of a SHA-256. */
const HASH = 64;

/** A file to be written on a host, and its bytes. */
export interface UploadFile {
  readonly path: string;
  readonly size: number;
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly mode?: string;
  readonly owner?: string;
}

/** Shell functions that any POSIX host has, under one name: `orch_sum` prints the SHA-256 of its input. */
const SUM = `orch_sum() {
  if command -v sha256sum >/dev/null; then sha256sum
  elif command -v shasum >/dev/null; then shasum -a 256
  else openssl dgst -sha256 -r; fi | while read -r orch_s orch_x; do printf '%s\\n' "$orch_s"; done
}`;

/**
 * The part of a trip that writes a file: script and standard input. The bytes go to a new file beside the target,
 * their hash follows them; only when both agree, and owner and mode are set, the new file takes the name of the old.
 * The script ends on its own feet when nobody listens any more: what it says may meet a closed pipe.
 * It exits 0 with the hash on standard output, or says why on standard error and leaves nothing.
 */
export function uploadPart(file: UploadFile): {
  readonly script: Shell;
  readonly input: { readonly size: number; open(): AsyncIterable<Uint8Array> };
} {
  const folder = file.path.replace(/[^/]*$/, '') || './';
  const fresh = `${folder}.orch-${randomBytes(8).toString('hex')}`;
  return {
    script: sh`p=${file.path} t=${fresh} m=${file.mode ?? ''} o=${file.owner ?? ''}
${{ text: SUM }}
[ ! -d "$p" ] || { echo "it is a directory" >&2; exit 21; }
u=$(umask)
umask 077
set -C
: >"$t" || exit 22
set +C
trap 'rm -f "$t"' EXIT
trap 'exit 29' HUP INT TERM
trap '' PIPE
cat >"$t" || exit 23
n=$(wc -c <"$t")
[ "$n" -eq ${file.size + HASH} ] || { echo "only $n of ${file.size + HASH} bytes came" >&2; exit 24; }
w=$(tail -c ${HASH} "$t")
dd if=/dev/null of="$t" bs=1 seek=${file.size} count=0 2>/dev/null || exit 23
h=$(orch_sum <"$t")
[ "$h" = "$w" ] || { echo "what came has another checksum than what was sent ($h, not $w)" >&2; exit 25; }
if [ -f "$p" ]; then
  s=$(stat -L -c '%u:%g %a' "$p" 2>/dev/null)
  [ -n "$o" ] || [ -z "$s" ] || chown "\${s%% *}" "$t" 2>/dev/null || :
  [ -n "$m" ] || m=\${s#* }
  [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$p" "$t" 2>/dev/null || :
fi
[ -z "$o" ] || chown "$o" "$t" || exit 26
if [ -n "$m" ]; then chmod "$m" "$t"; else (umask "$u"; chmod =rw "$t"); fi || exit 27
dd if=/dev/null of="$t" conv=notrunc,fsync 2>/dev/null || :
mv -f "$t" "$p" || exit 28
trap - EXIT
[ ! -e /sys/fs/selinux/enforce ] || restorecon "$p" 2>/dev/null || :
printf '%s' "$h"`,
    input: { size: file.size + HASH, open: () => hashed(file.open()) },
  };
}

/** The script that reads a file: its bytes on standard output, then its checksum on standard error. */
export const downloadScript = (path: string): Shell => sh`p=${path}
${{ text: SUM }}
[ ! -d "$p" ] || { echo "it is a directory" >&2; exit 21; }
cat <"$p" || exit 22
orch_sum <"$p" >&2`;

async function* hashed(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(hash.digest('hex'), 'latin1');
}
