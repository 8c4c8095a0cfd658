import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import { Secret } from '../model/value.ts';
import type { VaultFlags } from './flags.ts';
import { askPassword } from './passwords.ts';
import type { VaultKey } from './vault.ts';

/** The vault passwords the flags speak of, in their order; those that are asked for are asked for now. */
export async function vaultKeys(flags: VaultFlags): Promise<readonly VaultKey[]> {
  const keys: VaultKey[] = [];
  for (const given of flags.vaultId ?? []) {
    const at = given.indexOf('@');
    const id = at > 0 ? given.slice(0, at) : 'default';
    const from = given.slice(at + 1);
    const prompt = from === 'prompt' || from === 'prompt_ask_vault_pass';
    keys.push({ id, password: prompt ? await asked(id) : fromFile(from, id) });
  }
  for (const file of flags.vaultPasswordFile ?? []) {
    keys.push({ id: 'default', password: fromFile(file, 'default') });
  }
  if (flags.askVaultPassword || flags.askVaultPass) {
    keys.push({ id: 'default', password: await asked('default') });
  }
  return keys;
}

const INSTEAD = 'Use --vault-password-file FILE or --vault-id ID@FILE.';

/** Asks for a password that is to be set, twice. */
export async function askNewPassword(id: string): Promise<Secret> {
  const first = await askPassword(`New vault password (${id}): `, INSTEAD);
  const again = await askPassword(`Confirm new vault password (${id}): `, INSTEAD);
  if (first.reveal() === again.reveal()) return nonEmpty(first, 'typed');
  throw new OrchError('USAGE', 'the two passwords are not the same');
}

const asked = async (id: string): Promise<Secret> =>
  nonEmpty(
    await askPassword(id === 'default' ? 'Vault password: ' : `Vault password (${id}): `, INSTEAD),
    'typed',
  );

/** The password of a file, or what the program prints that the file is. */
export function fromFile(file: string, id: string): Secret {
  if (file === '')
    throw new OrchError('USAGE', 'no vault password file is named', { hint: INSTEAD });
  if (statSync(file, { throwIfNoEntry: false })?.isFile() && isExecutable(file))
    return fromProgram(file, id);
  try {
    return nonEmpty(new Secret(readFileSync(file, 'utf8').trim()), file);
  } catch (cause) {
    if (cause instanceof OrchError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OrchError(
      missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      `the vault password file ${file} ${missing ? 'does not exist' : `cannot be read: ${whyNot(cause)}`}`,
      { cause },
    );
  }
}

/** As Ansible, a program called `NAME-client` is told which password is wanted. */
function fromProgram(file: string, id: string): Secret {
  const client = /-client(\.[^.]*)?$/.test(basename(file));
  const path = file.includes('/') ? file : `./${file}`;
  const ran = spawnSync(path, client ? ['--vault-id', id] : [], {
    stdio: ['inherit', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (ran.error === undefined && ran.status === 0)
    return nonEmpty(new Secret(ran.stdout.replace(/[\r\n]+$/, '')), file);
  throw new OrchError('VAULT_PASSWORD', `The program ${file} gave no vault password.`, {
    hint:
      ran.error === undefined
        ? `It ended with exit code ${String(ran.status)}: ${ran.stderr.trim().slice(0, 500)}`
        : 'It cannot be started: a program needs a first line such as #!/bin/sh.',
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function nonEmpty(password: Secret, from: string): Secret {
  if (password.reveal() !== '') return password;
  throw new OrchError('VAULT_PASSWORD', `The vault password (${from}) is empty.`);
}
