import { analyze } from '../../src/analyze/analyze.ts';
import type { Finding } from '../../src/analyze/finding.ts';
import { extraVars } from '../../src/cli/extra-vars.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { validateParams } from '../../src/load/validate-params.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { registry } from '../../src/modules/registry.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { memoryFiles } from './memory-files.ts';

/** What an analysis is given besides the files. */
export interface Given {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly extra?: readonly string[];
}

/** What is found in `site.yml`, with the inventory `hosts` where there is one. */
export function analyzed(
  texts: Readonly<Record<string, string>>,
  { tags = [], skipTags = [], extra = [] }: Given = {},
): readonly Finding[] {
  const files = memoryFiles(texts);
  const layer = extraVars(extra, { yaml: parseYaml, read: files.read });
  const book = loadPlaybook('site.yml', {
    ...{ files, registry, validate: validateParams, evaluator: createEvaluator(), follow: true },
    extraVars: layer,
  });
  const inventory = texts['hosts'] === undefined ? undefined : loadInventory(['hosts'], { files });
  return analyze({
    ...{ playbooks: [book], inventory, extraVars: layer, tags, skipTags, files },
    lookups: new Set(['env', 'file', 'vars', 'varnames', 'template']),
    select: (pattern) => (inventory ? selectHosts(inventory, pattern) : []),
    template: (name) =>
      texts[`templates/${name}`] === undefined ? undefined : `templates/${name}`,
  });
}

/** The same as lines: `file:line:column error|warning rule sentence`. */
export const found = (
  texts: Readonly<Record<string, string>>,
  given: Given = {},
): readonly string[] =>
  analyzed(texts, given).map(({ level, rule, message, source }) => {
    const place = source ? `${source.file}:${source.line}:${source.column} ` : '';
    return `${place}${level} ${rule} ${message}`;
  });
