import { REDACTED } from '../lib/redact.ts';

/** Names of variables that hold what nobody should read in a journal. */
const SECRET = /pass|secret|token|credential|private|(^|_|\b)key(\b|$)|vault/i;

/**
 * The words of a command line as a journal may keep them: values of `-e` for variables whose names sound like secrets
 * are masked, and whole texts of JSON or YAML in which such a name is.
 */
export function tellable(words: readonly string[]): readonly string[] {
  return words.map((word, i) => {
    const before = words[i - 1] ?? '';
    if (before === '-e' || before === '--extra-vars') return masked(word);
    const own = /^(--extra-vars=|-e)(.+)$/s.exec(word);
    return own?.[1] !== undefined && own[2] !== undefined ? own[1] + masked(own[2]) : word;
  });
}

function masked(text: string): string {
  if (text.startsWith('@') || !SECRET.test(text)) return text;
  const pairs = /^[\w.]+=\S*(\s+[\w.]+=\S*)*$/.test(text);
  if (!pairs) return REDACTED;
  return text.replace(/([\w.]+)=(\S*)/g, (all, name: string) =>
    SECRET.test(name) ? `${name}=${REDACTED}` : all,
  );
}
