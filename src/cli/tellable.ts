import { REDACTED } from '../lib/redact.ts';
import type { HiddenNames } from '../model/hidden.ts';

/** Names of variables that hold what nobody should read in a journal. */
const SECRET = /pass|secret|token|credential|private|(^|_|\b)key(\b|$)|vault/i;

/** `-e`, also behind other flags of one letter that take no value, as in `-Ce`. */
const FLAG = /^(-[CDJKbkv]*e|--extra-vars)$/;

/**
 * The words of a command line as a journal may keep them: values of `-e` for variables that are secret, or whose names
 * sound like it, are masked, and whole texts of JSON or YAML in which such a name is.
 */
export function tellable(words: readonly string[], hidden: HiddenNames): readonly string[] {
  return words.map((word, i) => {
    if (FLAG.test(words[i - 1] ?? '')) return masked(word, hidden);
    const own = /^(--extra-vars=|-[CDJKbkv]*e)(.+)$/s.exec(word);
    return own?.[1] !== undefined && own[2] !== undefined ? own[1] + masked(own[2], hidden) : word;
  });
}

function masked(text: string, hidden: HiddenNames): string {
  if (text.trim().startsWith('@')) return text;
  const isSecret = (name: string): boolean => SECRET.test(name) || hidden.has(name);
  // In JSON a name may be written in other ways: what has a backslash is not looked through.
  const odd = hidden.size > 0 && /^\s*[{[]/.test(text) && text.includes('\\');
  if (!odd && !SECRET.test(text) && ![...hidden.keys()].some((name) => text.includes(name)))
    return text;
  if (!/^[\w.]+=[^\s'"\\]*(\s+[\w.]+=[^\s'"\\]*)*$/.test(text)) return REDACTED;
  return text.replace(/([\w.]+)=(\S*)/g, (all, name: string) =>
    isSecret(name) ? `${name}=${REDACTED}` : all,
  );
}

/** The words without each `-e` of which a value is not kept. */
export const withoutHidden = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, i) => {
    const own = word.includes(REDACTED);
    if (!own && !(FLAG.test(word) && words[i + 1]?.includes(REDACTED))) return [word];
    const [others] = /^-[CDJKbkv]+(?=e)/.exec(word) ?? [];
    return others === undefined ? [] : [others];
  });
