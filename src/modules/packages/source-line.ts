/** A line of a .list file: what it says, and whether it counts. */
export interface SourceLine {
  /** Without comment, blanks single: two lines say the same where these are equal. */
  readonly source: string;
  readonly enabled: boolean;
}

/** Reads a line of a .list file as apt and Ansible do; nothing where it says nothing, commented out or not. */
export function sourceIn(line: string): SourceLine | undefined {
  const trimmed = line.trim();
  const enabled = !trimmed.startsWith('#');
  const text = enabled ? trimmed : trimmed.slice(1);
  const comment = text.indexOf('#');
  const source = (comment > 0 ? text.slice(0, comment) : text).trim().split(/\s+/).join(' ');
  return /^(deb|deb-src) /.test(source) ? { source, enabled } : undefined;
}

/** The name Ansible gives the file of a source: from its address, without what it may not show. */
export function fileNameFor(source: string): string {
  const words = source
    .replaceAll(/\[[^\]]+\]/g, '')
    .replaceAll(/\w+:\/\//g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'deb' && word !== 'deb-src');
  const address = (words[0] ?? '').split('@').at(-1) ?? '';
  return address
    .replaceAll(/[^a-zA-Z0-9]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join('_');
}

/** The text with a source that counts: where it stands commented out, its line is freed; nothing where it is not in it. */
export function freed(text: string, source: string): string | undefined {
  const rows = text.split('\n');
  const at = rows.findIndex((row) => sourceIn(row)?.source === source);
  if (at < 0) return undefined;
  if (sourceIn(rows[at] ?? '')?.enabled === true) return text;
  return rows.with(at, (rows[at] ?? '').replace(/^\s*#\s*/, '')).join('\n');
}

/** The text without a source; nothing left where it was all there was. */
export function without(text: string, source: string): string | null {
  const rest = text.split('\n').filter((row) => {
    const line = sourceIn(row);
    return line?.source !== source || !line.enabled;
  });
  const same = rest.length === text.split('\n').length;
  return same ? text : rest.every((row) => row.trim() === '') ? null : rest.join('\n');
}
