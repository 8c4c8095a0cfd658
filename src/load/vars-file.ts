import { OrchError } from '../lib/errors.ts';
import type { Files } from '../model/files.ts';
import type { MapTree } from '../model/tree.ts';
import { kindOfValue } from './schema/words.ts';
import { parseYaml } from './yaml.ts';

/**
 * The variables of a file (YAML or JSON); no variables when it is empty. Throws OrchError or OrchErrors:
 * FILE_NOT_FOUND, FILE_UNREADABLE, YAML_SYNTAX.
 */
export function loadVarsFile(file: string, files: Files): MapTree {
  const tree = parseYaml(file, files.read(file), files.vault);
  if (!tree) return { kind: 'map', entries: [], source: { file, line: 1, column: 1 } };
  if (tree.kind === 'map') return tree;
  const is = tree.kind === 'list' ? 'a list' : kindOfValue(tree.value);
  throw new OrchError('YAML_SYNTAX', `A file of variables must be a map; this is ${is}.`, {
    source: tree.source,
    hint: 'Write `name: value`, one variable a line.',
  });
}
