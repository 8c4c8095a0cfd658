import type { Resource } from '../../model/module.ts';
import { observeFiles } from './observe.ts';
import { planFiles } from './plan.ts';
import { recallFiles } from './recall.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';

/**
 * What is at a path of a host: a file with its text, a folder, a link or nothing. Tasks over one path fold into
 * one write, which is atomic. Where a task is about a folder and what is in it, the state has a path for each.
 */
export const file: Resource<FileScope, FileState, FileFacts> = {
  name: 'file',
  key: ({ path }) => `file:${path}`,
  observe: observeFiles,
  plan: planFiles,
  recall: recallFiles,
  // `file:/a/.` is the thing itself, `file:/a` all below it too.
  footprints: ({ look }, seen) => {
    const paths = look.flatMap(({ path, below, whole }) =>
      [path, ...otherNames(path, seen?.facts)].map((name) =>
        below || whole ? `file:${name}` : `file:${name === '/' ? '' : name}/.`,
      ),
    );
    return { reads: paths, writes: paths };

    /** Under which other names the host has what is at a path. */
    function otherNames(path: string, facts: FileFacts | undefined): readonly string[] {
      const names = [facts?.aliases?.[path], facts?.raw[path]?.real];
      return names.filter((name) => name !== undefined);
    }
  },
};
