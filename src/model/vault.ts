import type { Source } from '../lib/source.ts';
import type { ScalarTree } from './tree.ts';

/** What opens texts that Ansible Vault encrypted. Plaintexts it makes are known as secrets before anyone sees them. */
export interface Vault {
  /** The text of a whole encrypted file. Throws OrchError VAULT_PASSWORD or VAULT_INVALID, placed. */
  open(text: string, at: Source): string;
  /** The same for a file that need not be text. */
  bytes(text: string, at: Source): Buffer;
  /** An encrypted value (`!vault`): it is opened when it is first read, and only then can fail. */
  scalar(text: string, at: Source): ScalarTree;
  /** Makes a text known as secret: one that stood in an encrypted file. */
  note(text: string): void;
}

/** Whether a text is one that Ansible Vault made. */
export const isVaulted = (text: string): boolean => /^\s*\$ANSIBLE_VAULT;/.test(text);
