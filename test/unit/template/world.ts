import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lookups } from '../../../src/cli/lookups.ts';
import { nodePaths } from '../../../src/cli/template-paths.ts';
import { yamlValues } from '../../../src/cli/yaml-values.ts';
import type { Ports } from '../../../src/template/runtime.ts';

const files = new URL('../../fixtures/template/corpus/files/', import.meta.url);

/** Ports for tests: the files of this machine, templates of the corpus, a clock that stands still. */
export const ports: Ports = {
  now: () => new Date(0),
  random: () => 0,
  paths: nodePaths({}),
  yaml: yamlValues,
  lookups: lookups({
    io: { env: {}, out: () => undefined, err: () => undefined } as never,
    hosts: () => [],
  }),
  templates: (name) => {
    const file = fileURLToPath(new URL(name, files));
    try {
      return { file, text: readFileSync(file, 'utf8') };
    } catch {
      return undefined;
    }
  },
};
