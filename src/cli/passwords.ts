import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import { Secret } from '../model/value.ts';
import type { ConnectionFlags } from './flags.ts';

/** Passwords given by terminal or file. */
export interface Passwords {
  readonly login: Secret | undefined;
  readonly become: Secret | undefined;
}

/** Reads or asks for the passwords the flags speak of. */
export async function passwordsFor(flags: ConnectionFlags): Promise<Passwords> {
  const login = flags.askPass
    ? await askPassword('SSH password: ')
    : flags.connectionPasswordFile === undefined
      ? undefined
      : passwordFrom(flags.connectionPasswordFile);
  if (!flags.askBecomePass) {
    const file = flags.becomePasswordFile;
    return { login, become: file === undefined ? undefined : passwordFrom(file) };
  }
  const asked = await askPassword(`BECOME password${login ? ' [defaults to SSH password]' : ''}: `);
  return { login, become: asked.reveal() === '' ? login : asked };
}

/** A password from the first line of a file. */
export function passwordFrom(file: string): Secret {
  try {
    return new Secret(readFileSync(file, 'utf8').replace(/\r?\n[^]*$/, ''));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OrchError(
      missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      `the password file ${file} ${missing ? 'does not exist' : `cannot be read: ${whyNot(cause)}`}`,
      { cause },
    );
  }
}

/** Asks for a password on the terminal itself, whatever standard input and output are, without echo; `instead` tells what to do where there is none. */
export async function askPassword(
  prompt: string,
  instead = 'Use --become-password-file or --connection-password-file.',
): Promise<Secret> {
  const { input, close } = openTerminal(prompt, instead);
  try {
    return new Secret(await typed(input));
  } finally {
    close();
  }
}

function openTerminal(prompt: string, hint: string): { input: ReadStream; close: () => void } {
  let fd: number;
  try {
    fd = openSync('/dev/tty', 'r+');
  } catch (cause) {
    throw new OrchError('USAGE', 'a password must be asked for, but there is no terminal', {
      hint,
      cause,
    });
  }
  const input = new (process.getBuiltinModule('node:tty').ReadStream)(fd);
  input.setRawMode(true);
  writeTo('/dev/tty', prompt);
  return {
    input,
    close: () => {
      input.setRawMode(false);
      input.destroy();
      writeTo('/dev/tty', '\n');
    },
  };
}

function writeTo(path: string, text: string): void {
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

const INTERRUPT = '\u0003';
const END_OF_FILE = '\u0004';
const ERASE = ['\u007f', '\b'];
const ERASE_LINE = '\u0015';

function typed(input: ReadStream): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    input.on('error', reject);
    input.on('data', (chunk: string) => {
      for (const char of chunk) {
        if (char === '\r' || char === '\n' || char === END_OF_FILE) resolve(text);
        else if (char === INTERRUPT) {
          reject(new OrchError('INTERRUPTED', 'interrupted while a password was asked for'));
        } else if (ERASE.includes(char)) text = text.replace(/.$/su, '');
        else if (char === ERASE_LINE) text = '';
        else text += char;
      }
    });
  });
}
