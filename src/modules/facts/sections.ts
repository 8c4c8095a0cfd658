/** What the probe told, taken apart. */
export interface Told {
  /** Text of a file, without the last line end; nothing where the host has no such file. */
  file(path: string): string | undefined;
  /** Paths of the files told, in order. */
  readonly paths: readonly string[];
  /** Lines of a section; none where it is missing. */
  lines(section: string): readonly string[];
  /** Sections that come several times: their titles and lines. */
  readonly local: readonly { readonly file: string; readonly text: string }[];
  readonly env: readonly (readonly [string, string])[];
}

const FILES = new Set(['files', 'hardware', 'net', 'virtual']);

/** Takes the reply of the probe apart; nothing when it is no such reply. */
export function told(stdout: string): Told | undefined {
  const start = stdout.indexOf('@files\n');
  const end = stdout.indexOf('\n@env\n');
  if (start < 0 || end < 0) return undefined;
  const files = new Map<string, string[]>();
  const sections = new Map<string, string[]>();
  const local: { file: string; text: string }[] = [];
  // A file that two sections tell counts once.
  let before: ReadonlySet<string> = new Set();
  let name = '';
  let here: string[] = [];
  for (const line of stdout.slice(start, end).split('\n')) {
    if (line.startsWith('@')) {
      name = line.slice(1);
      here = [];
      before = new Set(files.keys());
      if (name.startsWith('local ')) local.push({ file: name.slice(6), text: '' });
      else sections.set(name, here);
    } else if (name.startsWith('local ')) {
      const last = local.at(-1);
      if (last && line.startsWith(' ')) last.text += `${line.slice(1)}\n`;
    } else if (FILES.has(name)) addLine(files, line, before);
    else if (line !== '') here.push(line);
  }
  return {
    file: (path) => files.get(path)?.join('\n'),
    paths: [...files.keys()],
    lines: (section) => sections.get(section) ?? [],
    local,
    env: environment(stdout.slice(end + 6)),
  };
}

/** `path:text`, as grep tells it; a path of these has no colon but in the name of an interface. */
function addLine(files: Map<string, string[]>, line: string, before: ReadonlySet<string>): void {
  const net = /^(\/sys\/class\/net\/.+?\/[a-z_/]+):(.*)$/.exec(line);
  const colon = line.indexOf(':');
  const path = net?.[1] ?? line.slice(0, colon);
  const text = net?.[2] ?? line.slice(colon + 1);
  if (!line.startsWith('/') || colon < 0 || before.has(path)) return;
  const known = files.get(path);
  if (known) known.push(text);
  else files.set(path, [text]);
}

function environment(text: string): readonly (readonly [string, string])[] {
  const entries = text.includes('\0') ? text.split('\0') : text.split('\n');
  return entries.flatMap((one) => {
    const equals = one.indexOf('=');
    return equals > 0 ? [[one.slice(0, equals), one.slice(equals + 1)] as const] : [];
  });
}
