/** A line of authorized_keys. */
export interface KeyLine {
  /** Before the type; "" where there are none. */
  readonly options: string;
  /** Type and base64: what makes it the key it is. */
  readonly key: string;
  readonly comment: string;
}

const TYPE = /^(ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-(ssh|ecdsa)-[a-z0-9-]+)(@openssh\.com)?$/;

/** Reads a line; nothing when it holds no key (a comment, a blank, something broken). */
export function readKey(line: string): KeyLine | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const first = upToBlank(text);
  const options = TYPE.test(first) ? '' : first;
  const [type = '', blob = '', ...comment] = text.slice(options.length).trim().split(/\s+/);
  if (!TYPE.test(type) || !/^AAAA[A-Za-z0-9+/]+={0,3}$/.test(blob)) return undefined;
  return { options, key: `${type} ${blob}`, comment: comment.join(' ') };
}

/** Options may hold blanks, between double quotes. */
function upToBlank(text: string): string {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text.charAt(i) === '"' && text.charAt(i - 1) !== '\\') quoted = !quoted;
    else if (/\s/.test(text.charAt(i)) && !quoted) return text.slice(0, i);
  }
  return text;
}

/** A key as a line. */
export const writeKey = ({ options, key, comment }: KeyLine): string =>
  [options, key, comment].filter((word) => word !== '').join(' ');
