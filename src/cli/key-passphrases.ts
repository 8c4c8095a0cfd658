import { readFileSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { Layer } from '../model/scope.ts';
import type { Secret } from '../model/value.ts';
import { createEvaluator } from '../template/evaluator.ts';
import type { ConnectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import { askPassword, passwordFrom } from './passwords.ts';

const VARIABLES = ['ansible_ssh_private_key_file', 'ansible_private_key_file'];

/**
 * Opens the encrypted keys that the command line and the variables of hosts name, each once and before any host is
 * contacted: with the passphrase of --key-passphrase-file, else it is asked for, where there is a terminal and no agent
 * holds the key. Throws USAGE for a passphrase that is not the right one.
 */
export async function openKeys(
  flags: ConnectionFlags,
  { env }: Pick<Io, 'env'>,
  hosts: Iterable<Host>,
  extraVars: Layer,
): Promise<void> {
  const locked = keysOf(flags, hosts, extraVars, env['HOME'] ?? '').filter(isEncrypted);
  if (locked.length === 0) return;
  const { heldByAgent, openKey } = await import('../transport/logins.ts');
  const given = flags.keyPassphraseFile;
  for (const file of locked) {
    const agent = env['SSH_AUTH_SOCK'];
    if (given === undefined && agent && (await heldByAgent(file, agent))) continue;
    const passphrase =
      given === undefined ? await asked(`Passphrase of ${file}: `) : passwordFrom(given);
    if (!passphrase || openKey(file, passphrase)) continue;
    throw new OrchError('USAGE', `the passphrase does not open the key ${file}`, {
      hint: given === undefined ? 'Run again and type it.' : `It was read from ${given}.`,
    });
  }
}

/** Paths of the keys that are named, each once. */
function keysOf(
  flags: ConnectionFlags,
  hosts: Iterable<Host>,
  extraVars: Layer,
  home: string,
): readonly string[] {
  const named = new Set<string>(flags.privateKey === undefined ? [] : [flags.privateKey]);
  const evaluator = createEvaluator();
  for (const { layers } of hosts) {
    const all = [extraVars, ...layers];
    if (!all.some(({ vars }) => VARIABLES.some((name) => vars.has(name)))) continue;
    const scope = evaluator.scope(all);
    for (const value of VARIABLES.map((name) => scope.get(name)))
      if (typeof value === 'string') named.add(value);
  }
  return [...named].map((file) => file.replace(/^~(?=\/)/, home));
}

/** How every key of OpenSSH begins that has no passphrase: its cipher is "none". */
const OPEN = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmU';

/** Whether a file is a private key that needs a passphrase; ssh is not loaded to tell. */
export function isEncrypted(file: string): boolean {
  try {
    const text = readFileSync(file, 'latin1');
    const [, body] = /BEGIN OPENSSH PRIVATE KEY-----\s*(\S+)/.exec(text) ?? [];
    return body === undefined
      ? /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) && /ENCRYPTED/.test(text)
      : !body.startsWith(OPEN);
  } catch {
    return false;
  }
}

/** Nothing where nobody can be asked: the host that wants the key says so. */
async function asked(prompt: string): Promise<Secret | undefined> {
  try {
    return await askPassword(prompt);
  } catch (error) {
    if (error instanceof OrchError && error.code === 'USAGE') return undefined;
    throw error;
  }
}
