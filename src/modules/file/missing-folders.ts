import type { Seen } from '../../model/module.ts';
import type { Requirement } from '../../model/requirement.ts';
import { folderOfFile } from '../system/folder-of-file.ts';
import type { Entry, FileFacts, FileState } from './state.ts';
import { folderOf } from './tools.ts';

/** The folders that files and links are to be made in, and that nothing was seen to be in. */
export function missingFolders(
  { state, facts }: Seen<FileState, FileFacts>,
  desired: FileState,
): readonly Requirement[] {
  return Object.entries(desired).flatMap(([path, wanted]) => {
    const isNew = (state[path] ?? ABSENT).kind === 'absent' && needsFolder(wanted);
    if (!isNew || (facts.missing[path] ?? 0) === 0) return [];
    const folders = [path, facts.aliases?.[path]].flatMap((name) =>
      name === undefined ? [] : [folderOf(name)],
    );
    const [folder = ''] = folders;
    if (desired[folder]?.kind === 'directory') return [];
    return [{ ...folderOfFile(path), keys: folders.map((name) => `file:${name}`) }];
  });
}

const ABSENT: Entry = { kind: 'absent' };

const needsFolder = (entry: Entry): boolean =>
  entry.kind === 'link' || (entry.kind === 'file' && entry.how?.parents === undefined);
