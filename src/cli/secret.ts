import { existsSync, rmSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { isVaulted } from '../model/vault.ts';
import type { SecretFlags } from './flags.ts';
import type { Io } from './io.ts';
import { editText } from './secret-edit.ts';
import { readAll, readBytes, replaceFile } from './secret-files.ts';
import { seal } from './vault-cipher.ts';
import { writeEnvelope } from '../lib/vault-text.ts';
import { askNewPassword, fromFile, vaultKeys } from './vault-keys.ts';
import { openWith, type Opened, type VaultKey } from './vault.ts';

/** Names of the sub-commands of `orch secret`. */
export type SecretVerb =
  | 'encrypt'
  | 'decrypt'
  | 'edit'
  | 'view'
  | 'rekey'
  | 'encrypt-string'
  | 'create';

/** Encrypts and opens files and values as ansible-vault does. Text in the clear is on disk only where decrypt puts it. */
export async function secret(
  verb: SecretVerb,
  names: readonly string[],
  flags: SecretFlags,
  io: Io,
): Promise<number> {
  const keys = await keysFor(verb, flags);
  switch (verb) {
    case 'encrypt':
      each(names, flags, io, (bytes, at) => encrypted(bytes, at, keyOf(keys, flags)));
      break;
    case 'decrypt':
      each(names, flags, io, (bytes, at) => opened(keys, bytes, at).bytes);
      break;
    case 'view':
      for (const name of names) io.out(opened(keys, readBytes(name), name).bytes.toString('utf8'));
      break;
    case 'edit':
    case 'create':
      for (const name of names) edit(verb, name, keys, flags, io);
      break;
    case 'rekey':
      await rekey(names, keys, flags, io);
      break;
    case 'encrypt-string':
      strings(names, keys, flags, io);
      break;
  }
  return 0;
}

/** The passwords given; where there is none it is asked for, twice when something new is encrypted. */
async function keysFor(verb: SecretVerb, flags: SecretFlags): Promise<readonly VaultKey[]> {
  const keys = await vaultKeys(flags);
  if (keys.length > 0) return keys;
  if (verb === 'encrypt' || verb === 'encrypt-string' || verb === 'create')
    return [{ id: 'default', password: await askNewPassword('default') }];
  return vaultKeys({ askVaultPassword: true });
}

/** The key to encrypt with: the one named, else the only one. */
function keyOf(keys: readonly VaultKey[], { encryptVaultId: wanted }: SecretFlags): VaultKey {
  const ids = keys.map(({ id }) => id);
  const found =
    wanted === undefined
      ? new Set(ids).size === 1
        ? keys[0]
        : undefined
      : keys.find(({ id }) => id === wanted);
  if (found) return found;
  throw new OrchError(
    'USAGE',
    wanted === undefined
      ? `there are several passwords to encrypt with: ${ids.join(', ')}`
      : `there is no password "${wanted}" to encrypt with`,
    { hint: `Name one that is given: --encrypt-vault-id ${ids[0] ?? 'ID'}.` },
  );
}

const place = (name: string): { file: string; line: number; column: number } => ({
  file: name === '-' ? 'standard input' : name,
  line: 1,
  column: 1,
});

function encrypted(bytes: Buffer, name: string, { id, password }: VaultKey): string {
  if (!isVaulted(bytes.toString('latin1'))) return writeEnvelope(seal(bytes, password, id));
  throw new OrchError('USAGE', `${name} is encrypted already`, {
    hint: 'To change its password: orch secret rekey.',
  });
}

function opened(keys: readonly VaultKey[], bytes: Buffer, name: string): Opened {
  const text = bytes.toString('latin1');
  if (isVaulted(text)) return openWith(keys, text, place(name));
  throw new OrchError('VAULT_INVALID', `${name} is not encrypted.`, {
    hint: 'Encrypt it: orch secret encrypt FILE.',
  });
}

/** Every file in its place, or one to `--output`; without a file, or for `-`, standard input to standard output. */
function each(
  names: readonly string[],
  { output }: SecretFlags,
  io: Io,
  work: (bytes: Buffer, name: string) => string | Buffer,
): void {
  const all = names.length > 0 ? names : ['-'];
  if (output !== undefined && all.length > 1)
    throw new OrchError('USAGE', '--output takes the result of one file');
  // All of them are worked out before the first is written: a wrong password changes none.
  const done = all.map((name) => ({ name, result: work(readAll(name), name) }));
  for (const { name, result } of done) {
    const to = output ?? name;
    if (to === '-') io.out(result.toString());
    else replaceFile(to, result);
  }
}

function edit(
  verb: 'edit' | 'create',
  name: string,
  keys: readonly VaultKey[],
  flags: SecretFlags,
  io: Io,
): void {
  const before: Opened =
    verb === 'edit'
      ? opened(keys, readBytes(name), name)
      : { bytes: Buffer.from(''), key: keyOf(keys, flags) };
  if (verb === 'create') demandNew(name);
  const after = editText(before.bytes, name, io.env);
  if (verb === 'edit' && after.equals(before.bytes)) {
    io.err(`${name} is unchanged\n`);
    return;
  }
  const { id, password } = flags.encryptVaultId === undefined ? before.key : keyOf(keys, flags);
  replaceFile(name, writeEnvelope(seal(after, password, id)));
}

/** Found out before somebody types: what is there is not written over, and what is typed can be kept. */
function demandNew(name: string): void {
  if (existsSync(name))
    throw new OrchError('USAGE', `${name} exists`, {
      hint: 'Edit it: orch secret edit FILE; or encrypt it: orch secret encrypt FILE.',
    });
  replaceFile(name, '');
  rmSync(name);
}

async function rekey(
  names: readonly string[],
  keys: readonly VaultKey[],
  flags: SecretFlags,
  io: Io,
): Promise<void> {
  const old = names.map((name) => ({ name, plain: opened(keys, readBytes(name), name).bytes }));
  const { id, password } = await newKey(flags);
  for (const { name, plain } of old) {
    replaceFile(name, writeEnvelope(seal(plain, password, id)));
    io.err(`${name}: new password\n`);
  }
}

async function newKey({ newVaultId, newVaultPasswordFile }: SecretFlags): Promise<VaultKey> {
  if (newVaultPasswordFile !== undefined)
    return { id: 'default', password: fromFile(newVaultPasswordFile, 'default') };
  const at = newVaultId?.indexOf('@') ?? -1;
  const id = at > 0 ? (newVaultId?.slice(0, at) ?? 'default') : 'default';
  const from = newVaultId?.slice(at + 1);
  const ask = from === undefined || from === 'prompt';
  return { id, password: ask ? await askNewPassword(id) : fromFile(from, id) };
}

/** Values as YAML to paste: `name: !vault |`. The text comes from standard input or files, never from an argument. */
const FROM_INPUT =
  'Files are named here, as a value on the command line is seen by all: printf %s VALUE | orch secret encrypt-string --name NAME.';

function strings(
  names: readonly string[],
  keys: readonly VaultKey[],
  flags: SecretFlags,
  io: Io,
): void {
  const { id, password } = keyOf(keys, flags);
  for (const name of names.length > 0 ? names : ['-']) {
    const bytes = readAll(name, FROM_INPUT);
    const sealed = writeEnvelope(seal(bytes, password, id)).trimEnd();
    const key = flags.name === undefined ? '' : `${flags.name}: `;
    io.out(`${key}!vault |\n${sealed.replace(/^/gm, '          ')}\n`);
  }
}
