import { loadPlaybook } from '../../src/load/playbook.ts';
import type { LoadOptions } from '../../src/load/loading.ts';
import { compileValidate } from '../../src/load/schema/compile.ts';
import type { Item, Play, Playbook } from '../../src/model/play.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { memoryFiles } from './memory-files.ts';
import { rendered } from './rendered.ts';
import { sampleModules } from './sample-modules.ts';

const validate = compileValidate(sampleModules);

/** Files of a project that exists only in a test. */
export type Texts = Readonly<Record<string, string>>;

/** What loading is given in tests. */
export const optionsFor = (texts: Texts, more: Partial<LoadOptions> = {}): LoadOptions => ({
  files: memoryFiles(texts),
  registry: sampleModules,
  validate,
  evaluator: createEvaluator(),
  ...more,
});

/** A playbook `site.yml` with its files, loaded. */
export const loaded = (texts: Texts, more: Partial<LoadOptions> = {}): Playbook =>
  loadPlaybook('site.yml', optionsFor(texts, more));

/** `file:line:column CODE sentence` of everything that is wrong. */
export const complaints = (texts: Texts, more: Partial<LoadOptions> = {}): readonly string[] =>
  [
    ...rendered(() => loaded(texts, more), texts).matchAll(
      /error\[(\w+)\]: (.*)\n {2}--> (\S+:\d+:\d+)/g,
    ),
  ].map(([, code = '', message = '', place = '']) => `${place} ${code} ${message}`);

/** Items as an outline: `id module`, blocks with what is in them. */
export const outline = (items: readonly Item[]): readonly string[] =>
  items.flatMap((item) =>
    item.kind === 'task'
      ? [`${item.id} ${item.module}`]
      : [
          `${item.id} block`,
          ...outline(item.tasks),
          ...(item.rescue.length > 0 ? ['rescue', ...outline(item.rescue)] : []),
          ...(item.always.length > 0 ? ['always', ...outline(item.always)] : []),
        ],
  );

/** Everything of a play but its handlers, as an outline. */
export const outlineOf = ({ sections }: Pick<Play, 'sections'>): readonly string[] =>
  outline(sections.flatMap(({ items }) => items));
