import { dirname, join } from 'node:path';
import type { VarsFile } from '../model/play.ts';
import { isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { attempt, fail, type Loading } from './loading.ts';
import { scalars } from './around.ts';
import { loadVarsFile } from './vars-file.ts';

/** The files of `vars_files`; of a list inside the list the first that exists. One with a template in its name is read later. */
export function readVarsFiles(loading: Loading, tree: Tree | undefined): readonly VarsFile[] {
  const items = tree?.kind === 'list' ? tree.items : tree ? [tree] : [];
  return items.flatMap((item): readonly VarsFile[] => {
    const choices = scalars(item);
    const [first] = choices;
    if (!first) return [];
    if (choices.some(isTemplate)) return [{ name: first, others: choices.slice(1) }];
    const found = choices
      .map((name) => ({ name, path: varsPath(loading, name) }))
      .find(({ path }) => path !== undefined);
    if (found?.path === undefined) {
      fail(
        loading,
        'FILE_NOT_FOUND',
        `There is no file ${choices.map(({ value }) => String(value)).join(' or ')}.`,
        {
          source: first.source,
          hint: `Names in vars_files are relative to the playbook (${dirname(first.source.file)}/), then to the current directory.`,
        },
      );
      return [];
    }
    const { name, path } = found;
    const vars = attempt(loading, name.source, () => loadVarsFile(path, loading.files));
    return vars ? [{ name, vars }] : [];
  });
}

function varsPath({ files }: Loading, name: ScalarTree): string | undefined {
  const text = String(name.value);
  const dir = dirname(name.source.file);
  const beside = text.startsWith('/') ? [text] : [join(dir, text), join(dir, 'vars', text), text];
  return beside.find((path) => files.exists(path) === 'file');
}
