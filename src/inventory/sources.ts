import { OrchError, OrchErrors } from '../lib/errors.ts';
import { attempt } from '../load/loading.ts';
import { parseYaml } from '../load/yaml.ts';
import type { Files } from '../model/files.ts';
import type { Evaluator, Layer } from '../model/scope.ts';
import { entry, type Tree } from '../model/tree.ts';
import { construct } from './constructed.ts';
import type { HostNode, InventoryData } from './data.ts';
import { parseIniInventory } from './ini.ts';
import { runScript, type Programs } from './script.ts';
import type { Statement } from './statement.ts';
import { parseYamlInventory } from './yaml.ts';

/** What reading one inventory file needs. */
export interface ReadOptions {
  readonly files: Files;
  readonly errors: OrchError[];
  readonly programs: Programs | undefined;
  readonly evaluator: Evaluator | undefined;
  readonly extraVars: Layer | undefined;
  readonly filesOf: (host: HostNode) => readonly Layer[];
}

/**
 * Adds one inventory file: a program, YAML or JSON, a `constructed` configuration, or INI, told apart as Ansible does.
 * Errors are collected, and what is broken adds nothing. False when the file holds nothing at all.
 */
export function readInventoryFile(
  file: string,
  data: InventoryData,
  options: ReadOptions,
): boolean {
  const before = options.errors.length;
  const text = attempt(options, { file, line: 1, column: 1 }, () => options.files.read(file));
  if (text === undefined) return true;
  const said = attempt(options, { file, line: 1, column: 1 }, () =>
    statements(file, text, data, options),
  );
  if (said && options.errors.length === before)
    attempt(options, undefined, () => data.apply(file, said));
  return said === undefined || said.length > 0 || text.trim() !== '';
}

function statements(
  file: string,
  text: string,
  data: InventoryData,
  options: ReadOptions,
): readonly Statement[] {
  if (text.startsWith('#!')) return script(file, options);
  if (text.startsWith('\u007fELF')) return script(file, options);
  const ending = /\.[^./]+$/.exec(file)?.[0] ?? '';
  if (ending === '.toml') {
    throw new OrchError('KEYWORD_UNSUPPORTED', `${file} is TOML; such inventories are not read.`, {
      hint: 'Write it in YAML or INI: `ansible-inventory -i FILE --list --yaml --export`.',
    });
  }
  if (text.trim() === '') return [];
  const ini = (): readonly Statement[] => parseIniInventory(file, text, data.groups);
  if (!['', '.yml', '.yaml', '.json'].includes(ending)) return ini();
  // As Ansible, what is no YAML inventory may still be an INI one, whatever its name.
  const yaml = caught(() =>
    fromYaml(file, parseYaml(file, text, options.files.vault), data, options),
  );
  if ('value' in yaml) return yaml.value;
  const other = caught(ini);
  if ('value' in other) return other.value;
  throw ending === '' && !looksLikeYaml(text) ? other.error : yaml.error;
}

function script(file: string, { programs, files }: ReadOptions): readonly Statement[] {
  if (programs?.executable(file)) return runScript(file, programs, files.vault);
  throw new OrchError('INVENTORY_INVALID', `${file} is a program that may not be run.`, {
    hint: `Make it executable: chmod +x ${file}`,
  });
}

function fromYaml(
  file: string,
  tree: Tree | undefined,
  data: InventoryData,
  options: ReadOptions,
): readonly Statement[] {
  const plugin = entry(tree, 'plugin');
  if (tree?.kind !== 'map' || plugin?.value.kind !== 'scalar' || plugin.value.value === null) {
    return parseYamlInventory(file, tree);
  }
  const name = String(plugin.value.value).replace(/^ansible\.builtin\./, '');
  if (name === 'constructed' && options.evaluator) {
    construct(data, tree, { ...options, evaluator: options.evaluator });
    return [];
  }
  options.errors.push(
    new OrchError('KEYWORD_UNSUPPORTED', `The inventory plugin "${name}" is not supported.`, {
      source: plugin.keySource,
      hint: 'There is `constructed`. Save what another plugin finds: `ansible-inventory -i FILE --list --yaml --export`.',
    }),
  );
  return [];
}

/** The first line that says something tells which of two errors is the one to show. */
function looksLikeYaml(text: string): boolean {
  const first = text.split(/\r?\n/).find((line) => /^\s*[^\s#;]/.test(line)) ?? '';
  return /^(---|\s*\{|[^[\]=]+:\s*(#.*)?$)/.test(first);
}

function caught<T>(action: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors) return { error };
    throw error;
  }
}
