import { type Pair, readOptions, type SshOptions } from './ssh-options.ts';

const SHORT: Readonly<Record<string, string>> = {
  p: 'Port',
  i: 'IdentityFile',
  l: 'User',
  J: 'ProxyJump',
};
const WITH_VALUE = new Set('BbcDEeFIiJLlmOopQRSWw');
const SILENT = new Set('46CqTxanvtNfKkgGMyYXA');

/** Reads `ansible_ssh_common_args`: what it sets, and what the built-in ssh does not honour. */
export function readSshArgs(text: string): {
  readonly options: SshOptions;
  readonly ignored: readonly string[];
  /** All of it, split as a shell would. */
  readonly words: readonly string[];
} {
  const words = splitWords(text);
  const pairs: Pair[] = [];
  const strange: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const letter = /^-(.)/.exec(word)?.[1];
    if (letter === undefined || (!WITH_VALUE.has(letter) && !SILENT.has(letter))) {
      strange.push(word);
      continue;
    }
    if (!WITH_VALUE.has(letter)) continue;
    const value = word.length > 2 ? word.slice(2) : (words[++i] ?? '');
    const long = SHORT[letter];
    if (letter === 'o') pairs.push(splitOption(value));
    else if (long) pairs.push([long, value]);
    else strange.push(`-${letter} ${value}`);
  }
  const { options, ignored } = readOptions(pairs);
  return { options, ignored: [...ignored, ...strange], words };
}

/** `Key=value` or `Key value`. */
function splitOption(text: string): Pair {
  const [, key = text, value = ''] = /^\s*([^\s=]+)\s*[\s=]\s*(.*)$/s.exec(text) ?? [];
  return [key, value.trim()];
}

/** Words as a shell would split them, quotes and backslashes taken away; nothing is expanded. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  const word = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:\\.|[^"\\])*")+/gs;
  for (const [found] of text.matchAll(word)) {
    words.push(
      found.replace(
        /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs,
        (_, plain?: string, single?: string, double?: string) =>
          plain ?? single ?? (double ?? '').replace(/\\(["\\$`])/g, '$1'),
      ),
    );
  }
  return words;
}
