import { Float } from '../../model/value.ts';
import type { Nearby } from '../../model/nearby.ts';
import { contentOf, sealed, summed, sumsOf, textOf } from './content.ts';
import { type Content, LARGEST_TEXT } from './state.ts';

/** What a file of this machine brings along, once it was looked at. */
export interface Source {
  /** The last part of its name: the name in a folder it is put into. */
  readonly name: string;
  readonly content: Content;
  readonly sha1?: string;
  readonly md5?: string;
  /** Its own permissions, for mode: preserve. */
  readonly mode: string;
}

/** A folder of this machine with all in it; names are relative to where it goes. */
export interface SourceTree {
  readonly folders: readonly string[];
  readonly files: readonly Source[];
  readonly links: readonly { readonly name: string; readonly target: string }[];
}

/** A file as it stands on this machine. What is too large for a script is streamed when it has to be. */
export function sourceOf(near: Nearby, path: string, name: string, decrypt: boolean): Source {
  const mode = near.look(path)?.mode ?? '0644';
  if (decrypt && near.isSealed(path)) {
    const content = unsealed(near.read(path));
    return { name, content, ...sumsOf(content), mode };
  }
  const sums = near.sums(path);
  if (sums.size > LARGEST_TEXT) {
    const { sha256, size } = sums;
    return { name, content: { sha256, size, how: { file: path } }, ...hashes(sums), mode };
  }
  return { name, content: contentOf(near.read(path, true)), ...hashes(sums), mode };
}

/** What was encrypted is nobody's to see: text is a secret, anything else is known by its hash alone. */
function unsealed(bytes: Buffer): Content {
  const text = textOf(bytes);
  if (text !== undefined && bytes.length <= LARGEST_TEXT) return sealed(text);
  return summed(bytes);
}

const hashes = ({
  sha1,
  md5,
}: {
  readonly sha1: string;
  readonly md5: string;
}): Pick<Source, 'sha1' | 'md5'> => ({
  sha1,
  md5,
});

/**
 * Everything below a folder. `src/` means what is in it, `src` the folder itself too. Links to folders and
 * files are followed unless `follow` says otherwise.
 */
export function treeOf(
  near: Nearby,
  root: string,
  {
    inside,
    follow,
    decrypt,
  }: { readonly inside: boolean; readonly follow: boolean; readonly decrypt: boolean },
): SourceTree {
  const tree = {
    folders: [] as string[],
    files: [] as Source[],
    links: [] as SourceTree['links'][number][],
  };
  const top = inside ? '' : `${root.slice(root.lastIndexOf('/') + 1)}/`;
  if (top !== '') tree.folders.push(top.slice(0, -1));
  const seen = new Set<string>();
  const walk = (dir: string, prefix: string): void => {
    if (seen.has(dir) || seen.size > 100_000) return;
    seen.add(dir);
    for (const name of near.list(dir)) {
      const path = `${dir}/${name}`;
      const target = near.link(path);
      const found = near.look(path);
      if (target !== undefined && (!follow || !found))
        tree.links.push({ name: prefix + name, target });
      else if (found?.kind === 'directory') {
        tree.folders.push(prefix + name);
        walk(path, `${prefix}${name}/`);
      } else if (found?.kind === 'file')
        tree.files.push(sourceOf(near, path, prefix + name, decrypt));
    }
  };
  walk(root, top);
  return tree;
}

/** JSON as Python's json.dumps writes it, which is what Ansible puts into a file for a map or list. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Float) return String(value);
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, inner]) => `${ascii(key)}: ${pythonJson(inner)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? ascii(value) : JSON.stringify(value);
}

const ascii = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
