import { isTemplate, type Tree } from '../model/tree.ts';
import type { Play } from '../model/play.ts';
import { warning, type Finding } from './finding.ts';
import type { ValueOf } from './loops.ts';
import { loneName } from './plain.ts';
import type { Site } from './sites.ts';

/** Conditions that work and do not say what they mean. */
export function conditionFindings(sites: readonly Site[], valueOf: ValueOf): readonly Finding[] {
  const told = new Set<Tree>();
  return sites.flatMap(({ task }) =>
    [...(task.when?.items ?? []), ...lists(task.changedWhen), ...lists(task.failedWhen)].flatMap(
      (tree) => {
        if (told.has(tree)) return [];
        told.add(tree);
        return [...inBraces(tree), ...bare(tree, valueOf)];
      },
    ),
  );
}

const lists = (tree: Tree | undefined): readonly Tree[] =>
  tree?.kind === 'list' ? tree.items : tree ? [tree] : [];

const inBraces = (tree: Tree): readonly Finding[] =>
  isTemplate(tree)
    ? [
        warning({
          rule: 'braces-in-condition',
          source: tree.source,
          message: 'A condition is an expression already: the braces around it are not needed.',
          hint: 'Leave out {{ and }}.',
        }),
      ]
    : [];

/** A name alone whose value is no boolean: text that says false is true. */
function bare(tree: Tree, valueOf: ValueOf): readonly Finding[] {
  const name = loneName(tree, true);
  const value = name === undefined ? undefined : valueOf(name);
  if (name === undefined || value?.kind !== 'scalar' || isTemplate(value)) return [];
  if (typeof value.value !== 'string') return [];
  const lies = /^(?:false|no|off|0|n|f)$/i.test(value.value);
  return [
    warning({
      rule: 'bare-text-condition',
      source: tree.source,
      message: lies
        ? `"${name}" is the text "${value.value}", which counts as true: any text does that is not empty.`
        : `"${name}" is text, not true or false: it counts as true unless it is empty.`,
      hint: lies
        ? `Write ${name} | bool, or give ${name} the value false.`
        : `Say what is asked: ${name} | length > 0, or ${name} == '...'.`,
    }),
  ];
}

/** `run_once` in a play with batches is once for each of them, as in Ansible. */
export const runOnceFindings = (play: Play, sites: readonly Site[]): readonly Finding[] =>
  play.serial === undefined
    ? []
    : sites.flatMap(({ task: { keywords } }) =>
        keywords.runOnce?.kind === 'scalar' && keywords.runOnce.value === true
          ? [
              warning({
                rule: 'run-once-per-batch',
                source: keywords.runOnce.source,
                message: 'With `serial`, `run_once` means once for each batch.',
                hint: 'Add `when: inventory_hostname == ansible_play_hosts_all[0]` instead, to do it once in the play.',
              }),
            ]
          : [],
      );
