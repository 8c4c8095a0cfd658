import type { Resource, Seen } from '../../model/module.ts';
import { missingFolders } from './missing-folders.ts';
import { observeFiles } from './observe.ts';
import { planFiles } from './plan.ts';
import { recallFiles } from './recall.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';
import { folderOf } from './tools.ts';

/**
 * What is at a path of a host: a file with its text, a folder, a link or nothing. Tasks over one path fold into
 * one write, which is atomic. Where a task is about a folder and what is in it, the state has a path for each.
 */
export const file: Resource<FileScope, FileState, FileFacts> = {
  name: 'file',
  key: ({ path }) => `file:${path}`,
  observe: observeFiles,
  plan: planFiles,
  requires: missingFolders,
  holds: (state) =>
    Object.entries(state).flatMap(([path, { kind }]) =>
      kind === 'directory' ? [`file:${path}`] : [],
    ),
  recall: recallFiles,
  // `file:/a/.` is the thing itself, `file:/a` all below it too.
  footprints: ({ look }, seen) => {
    const names = look.map(({ path }) => [path, ...otherNames(path, seen?.facts)]);
    const paths = look.flatMap(({ below, whole }, i) =>
      (names[i] ?? []).map((name) =>
        below || whole ? `file:${name}` : `file:${name === '/' ? '' : name}/.`,
      ),
    );
    const tangled = names.some((one, i) =>
      names.slice(i + 1).some((other) => other.some((name) => one.includes(name))),
    );
    return {
      reads: paths,
      writes: [...paths, ...look.flatMap(({ path }) => above(path, seen))],
      ...(tangled ? { tangled } : {}),
    };

    /** Folders above a path that are not there: they are made with it. */
    function above(path: string, seen: Seen<FileState, FileFacts> | undefined): readonly string[] {
      const folders: string[] = [];
      let folder = path;
      for (let left = seen?.facts.missing[path] ?? 0; left > 0; left--) {
        folder = folderOf(folder);
        folders.push(`file:${folder}/.`);
      }
      return folders;
    }

    /** Under which other names the host has what is at a path. */
    function otherNames(path: string, facts: FileFacts | undefined): readonly string[] {
      const names = [facts?.aliases?.[path], facts?.raw[path]?.real];
      return names.filter((name) => name !== undefined);
    }
  },
};
