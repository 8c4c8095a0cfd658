import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { nodeFiles } from '../load/node-files.ts';
import type { Files } from '../model/files.ts';
import type { HiddenNames } from '../model/hidden.ts';
import type { Programs } from '../inventory/script.ts';
import type { VaultFlags } from './flags.ts';
import { holdSecret } from './secrets.ts';
import { openVault } from './vault.ts';
import { vaultKeys } from './vault-keys.ts';

/** This machine as loaders see it: its files, encrypted ones too, and every secret that was read from them. */
export interface World {
  readonly files: Files;
  readonly secrets: Set<string>;
  /** Variables that are secret by what the playbooks read so far say of them. */
  readonly hidden: HiddenNames;
}

/** Opens the files of this machine; asks for vault passwords where the flags say so. */
export async function openWorld(flags: VaultFlags): Promise<World> {
  const secrets = new Set<string>();
  holdSecret(secrets);
  const keys = await vaultKeys(flags);
  for (const { password } of keys) secrets.add(password.reveal());
  return {
    files: { ...nodeFiles, vault: openVault(keys, (secret) => secrets.add(secret)) },
    secrets,
    hidden: new Map(),
  };
}

/** Most that an inventory program may print. */
const MOST = 256 * 1024 * 1024;

/** Inventories that are programs: run as they are, never through a shell. */
export const programs: Programs = {
  executable(path) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  run(path, args) {
    const ran = spawnSync(resolve(path), args, {
      encoding: 'utf8',
      maxBuffer: MOST,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (ran.error) {
      throw new OrchError('INVENTORY_INVALID', `The inventory program ${path} cannot be run.`, {
        source: { file: path, line: 1, column: 1 },
        hint: 'Its first line must name its interpreter, such as #!/usr/bin/env python3, and that must be installed.',
        cause: ran.error,
      });
    }
    return { stdout: ran.stdout, stderr: ran.stderr, exit: ran.status ?? 1 };
  },
};
