import { OrchError } from '../lib/errors.ts';
import type { ExecFlags } from './flags.ts';

/** Words of the console that change how lines are carried out. */
export const SETTINGS = [
  ...['check', 'diff', 'become', 'become_user', 'become_method', 'remote_user'],
  ...['forks', 'verbosity'],
] as const;

/** The flags with one of them changed; nothing when the word is no setting. Throws USAGE. */
export function setting(flags: ExecFlags, word: string, value: string): ExecFlags | undefined {
  switch (word) {
    case 'check':
    case 'diff':
    case 'become':
      return { ...flags, [word]: truth(word, value) };
    case 'become_user':
      return { ...flags, becomeUser: named(word, value) };
    case 'become_method':
      return { ...flags, becomeMethod: named(word, value) };
    case 'remote_user':
      return { ...flags, user: named(word, value) };
    case 'forks':
      return { ...flags, forks: count(word, value, 1) };
    case 'verbosity':
      return { ...flags, verbose: count(word, value, 0) };
    default:
      return undefined;
  }
}

function truth(word: string, value: string): boolean {
  if (/^(?:yes|true|on|1)$/i.test(value)) return true;
  if (/^(?:no|false|off|0)$/i.test(value)) return false;
  throw wrong(word, 'yes or no');
}

function named(word: string, value: string): string {
  if (/^\S+$/.test(value)) return value;
  throw wrong(word, 'one name');
}

function count(word: string, value: string, least: number): number {
  if (/^\d+$/.test(value) && Number(value) >= least) return Number(value);
  throw wrong(word, `a whole number of at least ${least}`);
}

const wrong = (word: string, what: string): OrchError =>
  new OrchError('USAGE', `${word} takes ${what}`, { hint: 'See `help`.' });
