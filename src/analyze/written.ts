import { OrchError } from '../lib/errors.ts';
import type { Entry, ScalarTree, Tree } from '../model/tree.ts';
import { warning, type Finding } from './finding.ts';
import type { Program } from './program.ts';

/** Values that YAML 1.1 reads otherwise than they look, in all files of the playbooks. */
export function writtenValues({ playbooks, files }: Program): readonly Finding[] {
  const trees = new Map(playbooks.flatMap(({ trees: all }) => [...(all ?? [])]));
  return [...trees].flatMap(([file, tree]) =>
    tree ? inFile(file, tree, textOf(file, files)) : [],
  );
}

/** Keys of permissions, which are written in octal. */
const MODES = new Set(['mode', 'directory_mode']);

function textOf(file: string, files: Program['files']): readonly string[] {
  try {
    return files.read(file).split('\n');
  } catch (failed) {
    if (failed instanceof OrchError) return [];
    throw failed;
  }
}

function inFile(file: string, tree: Tree, lines: readonly string[]): readonly Finding[] {
  const booleans: Finding[] = [];
  const found: Finding[] = [];
  each(tree, undefined, (scalar, key) => {
    const { source, value } = scalar;
    if (source.file !== file) return;
    const raw =
      /^[^\s,}\]#]*/.exec((lines[source.line - 1] ?? '').slice(source.column - 1))?.[0] ?? '';
    if (typeof value === 'boolean') {
      if (/^(?:yes|no|on|off)$/i.test(raw)) booleans.push(boolean(scalar, raw));
    } else if (typeof value === 'number') found.push(...number(scalar, raw, key?.key));
  });
  return [...firstOf(booleans), ...found];
}

/** One of a kind in a file is told, with how many more there are. */
function firstOf(all: readonly Finding[]): readonly Finding[] {
  const [first] = all;
  if (!first || all.length === 1) return all;
  return [{ ...first, message: `${first.message} So are ${all.length - 1} more in this file.` }];
}

const boolean = ({ source, value }: ScalarTree, raw: string): Finding =>
  warning({
    rule: 'yaml-1.1-boolean',
    source,
    message: `\`${raw}\` is ${String(value)} here, as in Ansible, and text to other readers of YAML.`,
    hint: `Write ${String(value)}, or quote it where the text is meant.`,
  });

function number(
  { source, value }: ScalarTree,
  raw: string,
  key: string | undefined,
): readonly Finding[] {
  const isMode = key !== undefined && MODES.has(key);
  if (isMode && /^[1-7]?[0-7]{3}$/.test(raw) && !raw.startsWith('0'))
    return [
      warning({
        rule: 'decimal-mode',
        source,
        message: `This mode is the decimal number ${raw}, which is ${Number(raw).toString(8)} in octal.`,
        hint: `Quote it: "0${raw}".`,
      }),
    ];
  const octal = /^[-+]?0[0-7_]+$/.test(raw) && !isMode;
  if (!octal && !/^[-+]?\d+(?::[0-5]?\d)+$/.test(raw)) return [];
  return [
    warning({
      rule: 'yaml-1.1-number',
      source,
      message: `\`${raw}\` is the number ${String(value)} here, as in Ansible: ${octal ? 'a leading 0 means octal' : 'parts between colons count in sixties'}.`,
      hint: `Quote it where the text is meant: "${raw}".`,
    }),
  ];
}

function each(
  tree: Tree,
  key: Entry | undefined,
  work: (scalar: ScalarTree, key: Entry | undefined) => void,
): void {
  if (tree.kind === 'scalar') work(tree, key);
  else if (tree.kind === 'list') for (const item of tree.items) each(item, key, work);
  else for (const one of tree.entries) each(one.value, one, work);
}
