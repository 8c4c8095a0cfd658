import type { Value } from '../../model/value.ts';
import type { Told } from './sections.ts';

/** Facts that files below /etc/ansible/facts.d say or print, as JSON or INI, by the name of the file. */
export const localFacts = (host: Told): Value =>
  Object.fromEntries(
    host.local.map(({ file, text }): [string, Value] => [
      (file.split('/').at(-1) ?? '').replace(/\.fact$/, ''),
      read(file, text),
    ]),
  );

function read(file: string, text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return ini(text) ?? `error loading facts as JSON or ini - please check content: ${file}`;
  }
}

/** Sections of `key = value` lines, as Python's ConfigParser reads them: keys in small letters, values text. */
function ini(text: string): Value | undefined {
  const out: Record<string, Record<string, Value>> = {};
  let section: Record<string, Value> | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const head = /^\[([^\]]+)\]$/.exec(line)?.[1];
    const [, key, value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (head !== undefined) out[head] = section = {};
    else if (section && key !== undefined) section[key.toLowerCase()] = value;
    else return undefined;
  }
  return section && Object.fromEntries(Object.entries(out));
}
