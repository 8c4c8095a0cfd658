import { didYouMean } from '../lib/nearest.ts';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Tree } from '../model/tree.ts';
import { checkTemplate, lookupsIn, type Reading } from '../template/check.ts';
import { error, warning, type Finding } from './finding.ts';
import type { PlayNames } from './play-names.ts';
import type { Words } from './reads.ts';
import { mapsOf, textsOf } from './texts.ts';

/** Variables, of files and of the inventory, and template files that cannot be parsed. */
export function syntaxFindings(
  plays: readonly PlayNames[],
  inventory: Inventory | undefined,
  words: Words,
): readonly Finding[] {
  const seen = new Set<Tree>();
  const variable = (name: string, tree: Tree): readonly Finding[] => {
    if (seen.has(tree)) return [];
    seen.add(tree);
    return checkTemplate(tree).map((flaw) => broken(flaw, words.any || words.met.has(name)));
  };
  const maps = plays.flatMap(({ play, sites }) => [
    ...mapsOf(
      play,
      sites.map(({ task }) => task),
    ),
  ]);
  const layers = new Set([...(inventory?.hosts.values() ?? [])].flatMap((host) => host.layers));
  return [
    ...maps.flatMap(({ entries }) => entries.flatMap(({ key, value }) => variable(key, value))),
    ...[...layers].flatMap(({ vars }) =>
      [...vars].flatMap(([name, given]) => ('tree' in given ? variable(name, given.tree) : [])),
    ),
    ...plays.flatMap(({ templates }) =>
      templates.flatMap(({ flaws }) => flaws.map((flaw) => broken(flaw, true))),
    ),
  ];
}

/** A template nothing reads does no harm. */
function broken({ message, hint, source }: OrchError, read: boolean): Finding {
  const told = { rule: 'template-syntax', message, hint, source } as const;
  return read ? error(told) : warning(told);
}

/** Lookups that there are none of. */
export function lookupFindings(
  plays: readonly PlayNames[],
  known: ReadonlySet<string>,
): readonly Finding[] {
  const seen = new Set<Tree>();
  return plays.flatMap(({ sites }) =>
    sites.flatMap(({ task }) =>
      textsOf(task).flatMap(({ tree, reading }) => {
        if (seen.has(tree)) return [];
        seen.add(tree);
        return lookupsOf(tree, reading).flatMap(({ name, source }) => {
          const short = name.replace(/^(?:ansible\.builtin|community\.general)\./, '');
          if (known.has(short)) return [];
          return [
            error({
              rule: 'no-such-lookup',
              source,
              message: `There is no lookup "${name}".${didYouMean(short, known)}`,
              hint: `The lookups are: ${[...known].sort().join(', ')}.`,
            }),
          ];
        });
      }),
    ),
  );
}

function lookupsOf(tree: Tree, reading: Reading): ReturnType<typeof lookupsIn> {
  try {
    return lookupsIn(tree, reading);
  } catch (failed) {
    if (failed instanceof OrchError || failed instanceof OrchErrors) return [];
    throw failed;
  }
}
