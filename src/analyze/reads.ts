import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { namesIn, namesInFile, type NameUse, type Reading } from '../template/check.ts';
import { isTemplate, type Tree } from '../model/tree.ts';
import { plainText } from './plain.ts';
import type { Program } from './program.ts';
import type { Site } from './sites.ts';
import { argOf } from './texts.ts';

/** The names that a tree reads; none where it cannot be parsed, which is told elsewhere. */
export function namesOf(tree: Tree, reading: Reading): readonly NameUse[] {
  try {
    return namesIn(tree, reading);
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors) return [];
    throw error;
  }
}

/** Every word of the texts of a tree that are evaluated: among them is each variable they could read. */
export function wordsOf(tree: Tree, reading: Reading, into: Words): void {
  if (tree.kind === 'list') for (const item of tree.items) wordsOf(item, reading, into);
  else if (tree.kind === 'map')
    for (const { key, value } of tree.entries) {
      if (key.includes('{{')) wordsIn(key, into);
      wordsOf(value, reading, into);
    }
  else if (typeof tree.value === 'string' && (reading === 'condition' || isTemplate(tree)))
    wordsIn(tree.value, into);
}

/** Words that were met, and whether variables are read whose names are made when they are. */
export interface Words {
  readonly met: Set<string>;
  any: boolean;
}

/** Adds the words of a text. */
export function wordsIn(text: string, into: Words): void {
  for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) into.met.add(word);
  into.any ||= ANY.test(text);
}

/** `vars[...]`, `lookup('vars', ...)`, `hostvars` as a whole, or by a name that is made. */
const ANY = new RegExp(
  [
    String.raw`(?<![\w.'"])vars\s*(?:\[|\|)`,
    String.raw`['"](?:ansible\.builtin\.)?(?:vars|varnames)['"]`,
    String.raw`hostvars\s*(?:\||\}|,|\)|$)`,
    String.raw`hostvars\s*\[[^\]]*\]\s*(?:\||\}|,|\)|$)`,
    String.raw`hostvars\s*\[[^\]]*\]\s*\[(?!\s*(?:'[^']*'|"[^"]*")\s*\])`,
  ].join('|'),
);

/** A template file that a task writes from, and what it reads. */
export interface TemplateFile {
  readonly site: Site;
  readonly path: string;
  readonly text: string;
  readonly names: readonly NameUse[];
  /** Why it cannot be parsed. */
  readonly flaws: readonly OrchError[];
  /** It takes blocks and variables from another template: what is set there is not known here. */
  readonly derived: boolean;
}

/** The template files that tasks name in plain words; `open` where there are others. */
export function templateFiles(
  sites: readonly Site[],
  { files, template }: Pick<Program, 'files' | 'template'>,
): { readonly found: readonly TemplateFile[]; readonly open: boolean } {
  const found: TemplateFile[] = [];
  let open = false;
  for (const site of sites) {
    const { task } = site;
    if (task.module !== 'template') continue;
    const name = plainText(argOf(task, 'src'));
    const marked = task.args.entries.some(({ key }) => /_(?:start|end)_string$/.test(key));
    const path =
      name === undefined || marked
        ? undefined
        : template(name, { file: task.source.file, role: task.role?.path });
    if (path === undefined) open = true;
    else found.push(...parsedFile(site, path, files));
  }
  return { found, open };
}

function parsedFile(site: Site, path: string, files: Program['files']): readonly TemplateFile[] {
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    if (error instanceof OrchError) return [];
    throw error;
  }
  const derived = /\{%-?\+?\s*(?:extends|include|import|from)\b/.test(text);
  try {
    return [{ site, path, text, names: namesInFile(path, text), flaws: [], derived }];
  } catch (error) {
    if (!(error instanceof OrchError) && !(error instanceof OrchErrors)) throw error;
    const flaws = error instanceof OrchErrors ? error.errors : [error];
    return [{ site, path, text, names: [], flaws, derived }];
  }
}

/** A variable that something reads. */
export interface Use {
  readonly name: string;
  readonly source: Source;
  /** Names that are there at this place only. */
  readonly local: ReadonlySet<string>;
  /** The variable whose value reads it: it matters only where that is read. */
  readonly owner?: string;
  /** The run fails here for certain when nothing gives it. */
  readonly certain: boolean;
}
