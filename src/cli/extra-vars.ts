import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Given, Layer } from '../model/scope.ts';
import type { Tree } from '../model/tree.ts';
import { words } from './words.ts';

/** Reads YAML (and so JSON) text; nothing when it holds nothing. */
export type ReadYaml = (file: string, text: string) => Tree | undefined;

/** Where extra variables are read from. */
export interface ExtraVarsPorts {
  readonly yaml: ReadYaml;
  readonly read: (file: string) => string;
}

/**
 * The variables of all `-e`, the later ones stronger: `k=v k2="v 2"` (values are strings), JSON or YAML
 * text that starts with `{` or `[`, or `@file`. Throws OrchError USAGE, or what reading the file throws.
 */
export function extraVars(given: readonly string[], ports: ExtraVarsPorts): Layer {
  const vars = new Map<string, Given>();
  for (const text of given) {
    for (const [name, tree] of parsed(text.trim(), ports)) vars.set(name, { tree });
  }
  return { name: 'extra vars (-e)', vars };
}

function parsed(
  text: string,
  { yaml, read }: ExtraVarsPorts,
): readonly (readonly [string, Tree])[] {
  if (text.startsWith('@')) {
    const file = text.slice(1);
    if (file === '')
      throw new OrchError('USAGE', '-e @ names no file', { hint: 'Write -e @file.yml.' });
    return entriesOf(yaml(file, read(file)), `-e ${text}`);
  }
  if (/^[{[]/.test(text)) return entriesOf(yaml('-e', text), `-e ${text}`);
  return words(text).map((word) => pair(word));
}

function entriesOf(tree: Tree | undefined, where: string): readonly (readonly [string, Tree])[] {
  if (!tree) return [];
  if (tree.kind === 'map') return tree.entries.map(({ key, value }) => [key, value]);
  throw new OrchError('USAGE', `${where} is no map of variables`, {
    source: tree.source,
    hint: 'Write {"name": "value"}, or name: value lines in the file.',
  });
}

function pair(word: string): readonly [string, Tree] {
  const [, name, value] = /^([A-Za-z_][\w-]*)=([^]*)$/.exec(word) ?? [];
  if (name !== undefined && value !== undefined) {
    return [name, { kind: 'scalar', value, source: COMMAND_LINE }];
  }
  throw new OrchError('USAGE', `-e ${JSON.stringify(word)} is no name=value`, {
    hint: 'Write -e name=value (quotes around the whole when there are blanks), JSON in quotes, or @file.',
  });
}

const COMMAND_LINE: Source = { file: '-e', line: 1, column: 1 };
