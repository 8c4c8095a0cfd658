import type { NameUse } from '../template/check.ts';
import type { Play, Task } from '../model/play.ts';
import type { Tree } from '../model/tree.ts';
import { givenByPlay, type Definition } from './gives.ts';
import type { Program } from './program.ts';
import {
  namesOf,
  templateFiles,
  wordsIn,
  wordsOf,
  type TemplateFile,
  type Use,
  type Words,
} from './reads.ts';
import { sitesOf, unknownTasks, type Site } from './sites.ts';
import { mapsOf, playTexts, textsOf } from './texts.ts';

/** The names of one play: what it gives its tasks, and what they read. */
export interface PlayNames {
  readonly play: Play;
  readonly sites: readonly Site[];
  readonly definitions: readonly Definition[];
  /** Definitions by name. */
  readonly given: ReadonlySet<string>;
  /** More may be given than is known. */
  readonly openGives: boolean;
  /** More may be read than is known. */
  readonly openReads: boolean;
  readonly uses: readonly Use[];
  /** Names whose readers cope with their being undefined. */
  readonly optional: ReadonlySet<string>;
  readonly templates: readonly TemplateFile[];
}

/** Goes through all texts of a play; every word they hold is added to `words`. */
export function namesOfPlay(play: Play, program: Program, words: Words): PlayNames {
  const sites = sitesOf(play);
  const tasks = sites.map(({ task }) => task);
  const { definitions, open } = givenByPlay(play, tasks);
  const reader = new Reader(words);
  for (const { tree, reading } of playTexts(play)) {
    wordsOf(tree, reading, words);
    reader.add(namesOf(tree, reading), { local: NONE, certain: false });
  }
  for (const site of sites) readTask(reader, site);
  // The variables of a task see its loop; which task reads a map is not asked.
  const loops = new Set(tasks.filter(({ loop }) => loop).flatMap(loopNames));
  for (const map of mapsOf(play, tasks)) reader.map(map.entries, loops);
  for (const input of play.inputs)
    if (input.default) reader.map([{ key: input.name, value: input.default }]);
  const templates = templateFiles(sites, program);
  for (const file of templates.found) readFile(reader, file);
  return {
    play,
    sites,
    definitions,
    given: new Set(definitions.map(({ name }) => name)),
    openGives: open || unknownTasks(play),
    openReads: templates.open || unknownTasks(play),
    uses: reader.uses,
    optional: reader.optional,
    templates: templates.found,
  };
}

const loopNames = ({ loopControl: { loopVar, indexVar } }: Task): readonly string[] =>
  indexVar === undefined ? [loopVar] : [loopVar, indexVar];

const NONE: ReadonlySet<string> = new Set();

function readTask(reader: Reader, site: Site): void {
  const { task } = site;
  const { loop } = task;
  const local = loop ? new Set(loopNames(task)) : NONE;
  for (const { tree, reading, how } of textsOf(task)) {
    wordsOf(tree, reading, reader.words);
    if (how === 'shown') reader.shown(namesOf(tree, reading));
    else
      reader.add(namesOf(tree, reading), {
        local,
        certain: how === 'now' && certainty(site, tree),
      });
  }
}

/** Whether a text of a task is evaluated in every run: a condition before what it decides, a list before its items. */
function certainty({ task, sure, begun, asked }: Site, tree: Tree): boolean {
  if (tree === task.when?.items[0]) return asked;
  return tree === task.loop?.list ? begun : sure;
}

function readFile(reader: Reader, { site, text, names, derived }: TemplateFile): void {
  wordsIn(text, reader.words);
  const { loopVar, indexVar } = site.task.loopControl;
  const own = site.task.loop ? [loopVar, indexVar ?? loopVar] : [];
  const local = new Set([...own, ...TEMPLATE_NAMES]);
  if (derived) reader.shown(names);
  else reader.add(names, { local, certain: site.sure });
}

/** What a template file knows besides variables. */
const TEMPLATE_NAMES = ['host', 'path', 'uid', 'run_date', 'fullpath', 'destpath', 'mtime'].map(
  (word) => `template_${word}`,
);

class Reader {
  readonly words: Words;
  readonly uses: Use[] = [];
  readonly optional = new Set<string>();

  constructor(words: Words) {
    this.words = words;
  }

  add(names: readonly NameUse[], at: Pick<Use, 'local' | 'certain' | 'owner'>): void {
    for (const { name, source, guarded, sure } of names)
      if (guarded) this.optional.add(name);
      else this.uses.push({ ...at, name, source, certain: at.certain && sure });
  }

  /** Names that do no harm when they are undefined. */
  shown(names: readonly NameUse[]): void {
    for (const { name, guarded } of names) if (guarded) this.optional.add(name);
  }

  /** Variables, whose values matter where they are read. */
  map(
    entries: readonly { readonly key: string; readonly value: Parameters<typeof wordsOf>[0] }[],
    local: ReadonlySet<string> = NONE,
  ): void {
    for (const { key, value } of entries) {
      wordsOf(value, 'value', this.words);
      this.add(namesOf(value, 'value'), { local, certain: false, owner: key });
    }
  }
}
