import { type Shell, raw, sh } from '../../lib/shell.ts';

/** `$NAME` and `${NAME}`, as Python's os.path.expandvars knows them. */
const VARIABLE = /(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})/;
/** The home of who runs it, or of a user who is named, where a word begins with it. */
const HOME = /^~([a-z_][\w-]*)?(?=\/|$)/;

/**
 * Words as the host gives them to a program that Ansible's `command` starts: variables of the environment and a leading
 * `~` become what they stand for; what stands for nothing is left as it is. Nothing else of a shell works in them.
 */
export const expandedWords = (words: readonly string[]): Shell =>
  raw(words.map((word) => expanded(word).text).join(' '));

function expanded(word: string): Shell {
  const home = HOME.exec(word);
  if (home) {
    const start = home[1] === undefined ? '"${HOME-~}"' : home[0];
    return raw(start + withVariables(word.slice(home[0].length)));
  }
  return VARIABLE.test(word) ? raw(withVariables(word)) : sh`${word}`;
}

const withVariables = (text: string): string =>
  text
    .split(VARIABLE)
    .map((piece, i) => (i % 2 === 1 ? variable(piece) : piece && sh`${piece}`.text))
    .join('');

/** A variable that is not set stands for its own spelling. */
function variable(spelt: string): string {
  const name = spelt.replace(/^\$\{?|\}$/g, '');
  return `"\${${name}-\\${spelt.replace('}', '\\}')}}"`;
}
