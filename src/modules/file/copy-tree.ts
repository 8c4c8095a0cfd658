import { Refusal, type Result, type Seen } from '../../model/module.ts';
import { attributed, freshAttributes } from './attributes.ts';
import { sumOf } from './content.ts';
import { type PutParams, withPut } from './put.ts';
import type { SourceTree } from './source.ts';
import type { Directory, Entry, FileFacts, FileScope, FileState, Link, Look } from './state.ts';
import { tidy } from './tools.ts';

type FileSeen = Seen<FileState, FileFacts>;

const below = (dest: string, name: string): string => {
  const at = tidy(dest);
  return at === '/' ? `/${name}` : `${at}/${name}`;
};

/** What has to be looked at to copy a folder: every path that it has an opinion on. */
export function treeScope({ dest, backup }: PutParams, tree: SourceTree): FileScope {
  const path = tidy(dest);
  const look: Look[] = [{ path, attributes: true, through: true }];
  for (const name of tree.folders)
    look.push({ path: below(dest, name), attributes: true, through: true });
  for (const { name } of tree.links) look.push({ path: below(dest, name), attributes: true });
  for (const { name, content } of tree.files) {
    const known = [sumOf(content)];
    look.push({ path: below(dest, name), attributes: true, content: 'sum', known, through: true });
  }
  return { path, look, ...(backup ? { backup: true } : {}) };
}

/** The state with a folder copied into a place: what is there and not in the folder stays. */
export function copyTree(
  current: FileSeen,
  given: PutParams,
  tree: SourceTree,
): FileState | Refusal {
  let state = current.state;
  const { facts } = current;
  const root = tidy(given.dest);
  const folders = tree.files.length + tree.folders.length > 0 ? [root] : [];
  for (const path of [...folders, ...tree.folders.map((name) => below(given.dest, name))]) {
    const made = withFolder({ state, facts }, path, given, path === root);
    if (made instanceof Refusal) return made;
    state = made;
  }
  for (const source of tree.files) {
    const mode = given.mode === 'preserve' ? { mode: source.mode } : {};
    const put = { ...given, follow: false, content: source.content, ...mode };
    const made = withPut({ state, facts }, below(given.dest, source.name), put);
    if (made instanceof Refusal) return made;
    state = made;
  }
  for (const { name, target } of tree.links) {
    const made = withLink(state, below(given.dest, name), target);
    if (made instanceof Refusal) return made;
    state = made;
  }
  return state;
}

/** Folders get directory_mode and the owner; the one that is copied into only when it is made. */
function withFolder(
  { state, facts }: FileSeen,
  path: string,
  { directory_mode: mode, owner, group }: PutParams,
  isRoot: boolean,
): FileState | Refusal {
  const entry = state[path] ?? { kind: 'absent' };
  const end: Entry = entry.kind === 'link' ? (entry.leads ?? { kind: 'absent' }) : entry;
  if (end.kind === 'directory' && (isRoot || entry.kind === 'link')) return state;
  if (end.kind !== 'directory' && entry.kind !== 'absent')
    return new Refusal(`${path} already exists as a ${entry.kind}`, { pointer: '/dest' });
  const start: Directory =
    end.kind === 'directory'
      ? end
      : { kind: 'directory', ...freshAttributes('directory', path, facts) };
  const wanted = {
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
  const made = attributed(start, wanted, { raw: facts.raw[path], facts });
  return made instanceof Refusal ? made : { ...state, [path]: made };
}

function withLink(state: FileState, path: string, target: string): FileState | Refusal {
  const entry = state[path] ?? { kind: 'absent' };
  if (entry.kind === 'directory')
    return new Refusal(`refusing to convert from directory to symlink for ${path}`);
  if (entry.kind === 'link' && entry.target === target) return state;
  const link: Link = { kind: 'link', target };
  return { ...state, [path]: link };
}

/** What `register` sees of a folder that was copied. */
export const treeResult = ({ dest, src }: PutParams & { readonly src?: string }): Result => ({
  data: { dest: `${tidy(dest)}/`, src: src ?? '' },
  notes: [],
  warnings: [],
});
