/** A shell glob as a regular expression that matches whole names, as Python's fnmatch does: any text is a glob. */
export const globPattern = (glob: string): RegExp => new RegExp(`^(?:${globSource(glob)})$`, 'su');

/** The source of that expression, without its ends. */
function globSource(glob: string): string {
  let out = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (char === '*') out += '.*';
    else if (char === '?') out += '.';
    else if (char === '[') {
      const end = bracketEnd(glob, i);
      if (end < 0) out += '\\[';
      else {
        out += classSource(glob.slice(i + 1, end));
        i = end;
      }
    } else out += char.replace(/[\\^$.+{}()|\]/]/, '\\$&');
  }
  return out;
}

function bracketEnd(glob: string, start: number): number {
  let at = start + 1;
  if (glob[at] === '!') at++;
  if (glob[at] === ']') at++;
  return glob.indexOf(']', at);
}

function classSource(inner: string): string {
  const negated = inner.startsWith('!');
  const text = negated ? inner.slice(1) : inner;
  let body = '';
  for (let i = 0; i < text.length; i++) {
    const from = text.charAt(i);
    const to = text[i + 1] === '-' ? text[i + 2] : undefined;
    if (to === undefined) body += escape(from);
    else {
      // A range that runs backwards holds nothing.
      if (from <= to) body += `${escape(from)}-${escape(to)}`;
      i += 2;
    }
  }
  if (body === '') return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${body}]`;
}

const escape = (char: string): string => char.replace(/[\\\]^-]|\[/, '\\$&');
