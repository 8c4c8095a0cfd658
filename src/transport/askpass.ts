import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Secret } from '../model/value.ts';

/** Where the system's ssh gets a password. */
export interface PasswordDoor {
  /** What tells ssh of it; the password is not in it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Lays a password ready, once, in a pipe inside a folder that only this user may enter: in no file, argument or environment. */
export async function openPassword(dir: string, password: Secret): Promise<PasswordDoor> {
  const pipe = join(dir, 'p');
  const script = join(dir, 'a');
  await promisify(execFile)('mkfifo', ['-m', '600', pipe]);
  // Asked for anything but a password, it has nothing to say: a host key is never confirmed here.
  await writeFile(
    script,
    `#!/bin/sh\ncase $1 in *assword*|*assphrase*) IFS= read -r p <"\${0%a}p" && printf '%s\\n' "$p" ;; *) exit 1 ;; esac\n`,
    { mode: 0o700 },
  );
  // Both ways, so that it can be written before anybody reads.
  const file = await open(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  await file.write(`${password.reveal()}\n`);
  return {
    env: { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'none' },
    close: () => file.close(),
  };
}
