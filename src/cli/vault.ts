import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { readEnvelope } from '../lib/vault-text.ts';
import type { ScalarTree } from '../model/tree.ts';
import type { Secret } from '../model/value.ts';
import type { Vault } from '../model/vault.ts';
import { unseal } from './vault-cipher.ts';

/** A vault password and what it is called; `default` where it was given no name. */
export interface VaultKey {
  readonly id: string;
  readonly password: Secret;
}

/** An opened text, and the key that opened it. */
export interface Opened {
  readonly bytes: Buffer;
  readonly key: VaultKey;
}

/**
 * Opens an encrypted text with the first key that fits, those of its own name before others. Throws VAULT_PASSWORD when
 * none fits and VAULT_INVALID when it is no encrypted text, placed at `at`.
 */
export function openWith(keys: readonly VaultKey[], text: string, at: Source): Opened {
  const envelope = readEnvelope(text);
  if (typeof envelope === 'string') {
    throw new OrchError('VAULT_INVALID', `The encrypted text cannot be read: ${envelope}.`, {
      source: at,
    });
  }
  const named = keys.filter(({ id }) => id === envelope.id);
  for (const key of new Set([...named, ...keys])) {
    const bytes = unseal(envelope, key.password);
    if (bytes) return { bytes, key };
  }
  const { id } = envelope;
  const given = keys.map((key) => key.id);
  const of = id === undefined ? '' : ` with the password "${id}"`;
  if (given.length === 0) {
    throw new OrchError('VAULT_PASSWORD', `This is encrypted${of}, and no password was given.`, {
      source: at,
      hint: `Give it: --vault-id ${id ?? 'default'}@FILE, --vault-password-file FILE or -J.`,
    });
  }
  throw new OrchError(
    'VAULT_PASSWORD',
    `This is encrypted${of}; none of the passwords given (${given.join(', ')}) opens it.`,
    { source: at, hint: 'The password is wrong, or the text was changed after it was encrypted.' },
  );
}

/** The vault of a run. `note` is told every text that was opened before anybody sees it. */
export function openVault(keys: readonly VaultKey[], note: (secret: string) => void): Vault {
  const opened = new Map<string, string>();
  const open = (text: string, at: Source): string => {
    const known = opened.get(text);
    if (known !== undefined) return known;
    const plain = openWith(keys, text, at).bytes.toString('utf8');
    opened.set(text, plain);
    return plain;
  };
  return {
    open,
    note,
    bytes: (text, at) => openWith(keys, text, at).bytes,
    scalar: (text, at) =>
      lazily(at, () => {
        const plain = open(text, at);
        note(plain);
        return plain;
      }),
  };
}

/** A secret text that is opened when it is read first; whoever never reads it needs no password. */
function lazily(source: Source, open: () => string): ScalarTree {
  let known: string | undefined;
  return {
    kind: 'scalar',
    get value() {
      return (known ??= open());
    },
    source,
    literal: true,
    secret: true,
  };
}
