import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import type { Secret } from '../model/value.ts';

/** One way to log in, and its name for messages. */
export interface Login {
  readonly label: string;
  readonly method: AnyAuthMethod;
}

/** All ways to log in to a target, in the order to try. */
export interface Logins {
  readonly ways: readonly Login[];
  /** Keys that were found and could not be used, and why: `~/.ssh/id_rsa (encrypted, not in the agent)`. */
  readonly passedOver: readonly string[];
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The key that was named, else agent and default keys; a password that was given comes before keys
 * nobody asked for. Throws LOGIN_REFUSED when the key that was named cannot be used.
 */
export function loginsFor(target: Target, user: string, socket?: string): Logins {
  const ways: Login[] = [];
  const passedOver: string[] = [];
  const agent = target.agent === 'none' ? undefined : (target.agent ?? socket);
  if (target.privateKeyFile !== undefined) ways.push(namedKey(target, user, agent));
  if (target.password) ways.push(...byPassword(user, target.password.reveal()));
  if (agent && !target.identitiesOnly)
    ways.push({ label: 'the keys of the agent', method: { type: 'agent', username: user, agent } });
  if (target.privateKeyFile === undefined) {
    const files = target.identityFiles ?? DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name));
    for (const file of files) {
      const shown = file.replace(`${homedir()}/`, '~/');
      const key = readKey(file);
      if (typeof key === 'object') ways.push(byKey(`key ${shown}`, user, key));
      else if (key !== 'ENOENT') passedOver.push(`${shown} (${key})`);
    }
  }
  return { ways, passedOver };
}

const byKey = (label: string, user: string, key: ParsedKey): Login => ({
  label,
  method: { type: 'publickey', username: user, key },
});

function namedKey(target: Target, user: string, agent?: string): Login {
  const file = (target.privateKeyFile ?? '').replace(/^~(?=\/)/, homedir());
  const key = readKey(file);
  if (typeof key === 'object') return byKey(`key ${file}`, user, key);
  if (key === 'encrypted' && agent) {
    return {
      label: `key ${file} through the agent`,
      method: { type: 'agent', username: user, agent },
    };
  }
  const [what, hint] = UNUSABLE[key] ?? [
    `cannot be read (${key})`,
    'Check its path and permissions.',
  ];
  throw new OrchError(
    'LOGIN_REFUSED',
    `${target.name}: the private key ${file} ${what}; nothing was sent to the host`,
    {
      hint: hint.replace('FILE', file),
    },
  );
}

const UNUSABLE: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: [
    'does not exist',
    'Check ansible_ssh_private_key_file, --private-key and IdentityFile in ~/.ssh/config.',
  ],
  EACCES: [
    'cannot be read: permission denied',
    'Give yourself the right to read it, or name another key.',
  ],
  EISDIR: ['is a directory', 'Name the key file itself.'],
  encrypted: [
    'is encrypted, and there is no ssh agent that could hold it',
    'Run orch at a terminal, which asks for its passphrase; give --key-passphrase-file; or load it: eval "$(ssh-agent)"; ssh-add FILE',
  ],
  'no private key': [
    'is no private key that orch can read',
    'Name the private key (not the .pub); convert an old format: ssh-keygen -p -f FILE',
  ],
};

/** Read at once: a file of 400 bytes through the thread pool waits longer than it is read. */
function readKey(file: string): ParsedKey | string {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? 'unreadable';
  }
  const content = text.toString('latin1');
  const known = parsedKeys.get(content) ?? parseKey(text);
  parsedKeys.set(content, known);
  return known;
}

/** Opens an encrypted key for all logins to come; false when the passphrase is not the right one. */
export function openKey(file: string, passphrase: Secret): boolean {
  const text = readFileSync(file);
  const key = parseKey(text, passphrase.reveal());
  if (typeof key === 'object') parsedKeys.set(text.toString('latin1'), key);
  return typeof key === 'object';
}

/** Whether an agent holds a key, judged by the public half beside it; without that half it may. */
export function heldByAgent(file: string, agent: string): Promise<boolean> {
  let own: string | undefined;
  try {
    own = readFileSync(`${file}.pub`, 'utf8').split(' ')[1];
  } catch {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    ssh2.createAgent(agent).getIdentities((error, keys) => {
      const held = (keys ?? []).map((key) => {
        const parsed = ssh2.utils.parseKey(key as Buffer);
        return parsed instanceof Error ? '' : parsed.getPublicSSH().toString('base64');
      });
      resolve(!error && own !== undefined && held.includes(own));
    });
  });
}

/** Parsed keys by the text of their file: hosts mostly share one, and parsing takes as long as a key exchange. */
const parsedKeys = new Map<string, ParsedKey | string>();

function parseKey(text: Buffer, passphrase?: string): ParsedKey | string {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error)
    return /encrypted/i.test(parsed.message) ? 'encrypted' : 'no private key';
  const [key] = Array.isArray(parsed) ? (parsed as ParsedKey[]) : [parsed];
  return key?.isPrivateKey() ? key : 'no private key';
}

function byPassword(user: string, password: string): readonly Login[] {
  let answered = false;
  return [
    { label: 'password', method: { type: 'password', username: user, password } },
    {
      label: 'keyboard-interactive with the password',
      method: {
        type: 'keyboard-interactive',
        username: user,
        prompt: (_name, _instructions, _lang, prompts, finish) => {
          // One question that hides its answer is the password; it is answered once, so that no account gets locked.
          const ask = prompts.length === 1 && prompts[0]?.echo !== true && !answered;
          answered ||= ask;
          finish(prompts.map(() => (ask ? password : '')));
        },
      },
    },
  ];
}
