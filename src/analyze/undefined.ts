import { nearest } from '../lib/nearest.ts';
import type { Host } from '../model/inventory.ts';
import type { Play } from '../model/play.ts';
import { error, warning, type Finding } from './finding.ts';
import { magic } from './magic-names.ts';
import { misspelt } from './misspelt.ts';
import type { PlayNames } from './play-names.ts';
import type { Use } from './reads.ts';

/** What is given to all plays alike, and what is known of it. */
export interface Everywhere {
  /** By tasks of any play, -e and any host of the inventory. */
  readonly given: ReadonlySet<string>;
  /** What -e and tasks give: no host lacks it for certain. */
  readonly byTasks: ReadonlySet<string>;
  /** Names whose readers cope with their being undefined, anywhere. */
  readonly optional: ReadonlySet<string>;
  /** More may be given than is known. */
  readonly open: boolean;
  /** Whether the inventory is known. */
  readonly inventory: boolean;
  /** Hosts that a play runs on, as far as that is known. */
  readonly hostsOf: (play: Play) => readonly Host[] | undefined;
}

/** Variables that are read and that nothing gives. */
export function undefinedVariables(names: PlayNames, all: Everywhere): readonly Finding[] {
  const known = [...new Set([...names.given, ...all.given])];
  const readAloud = new Set(names.uses.map(({ name }) => name));
  const told = new Set<string>();
  return names.uses.flatMap((use): readonly Finding[] => {
    if (use.owner !== undefined && !readAloud.has(use.owner)) return [];
    if (magic(use.name) || use.local.has(use.name) || names.given.has(use.name)) return [];
    const place = JSON.stringify([use.source, use.name]);
    if (told.has(place)) return [];
    const found = all.given.has(use.name)
      ? lacking(names.play, use, all)
      : missing(names, use, all, known);
    if (found) told.add(place);
    return found ? [found] : [];
  });
}

function missing(
  { play, openGives }: PlayNames,
  { name, source, certain, local }: Use,
  all: Everywhere,
  known: readonly string[],
): Finding | undefined {
  // Whoever asks somewhere whether it is defined knows that it may not be.
  if (all.optional.has(name)) return undefined;
  const candidates = [...known, ...local];
  const close = nearest(name, candidates);
  const open = all.open || openGives;
  if (open && misspelt(name, candidates) === undefined) return undefined;
  const did = close === undefined ? '' : ` Did you mean "${close}"?`;
  const told = {
    rule: 'undefined-variable',
    source,
    message: `Nothing gives "${name}".${did}`,
  } as const;
  const cure =
    close === undefined
      ? `Define it, declare it as an input, or give a fallback: {{ ${name} | default('value') }}.`
      : `Write ${close}, or define ${name}.`;
  if (open) return warning({ ...told, hint: cure });
  if (!all.inventory)
    return warning({ ...told, hint: `${cure} It may come from an inventory: name it with -i.` });
  const runs = (all.hostsOf(play) ?? []).length > 0;
  return certain && runs ? error({ ...told, hint: cure }) : warning({ ...told, hint: cure });
}

/** A host of the play that lacks what the inventory gives other hosts. */
function lacking(play: Play, use: Use, all: Everywhere): Finding | undefined {
  const { name, source, certain } = use;
  if (!certain || all.open || all.byTasks.has(name) || all.optional.has(name)) return undefined;
  const hosts = all.hostsOf(play) ?? [];
  const without = hosts.filter(({ layers }) => !layers.some(({ vars }) => vars.has(name)));
  const [first] = without;
  if (!first) return undefined;
  const more = without.length > 1 ? ` and ${without.length - 1} more of the play` : '';
  return error({
    rule: 'undefined-variable',
    source,
    message: `Nothing gives "${name}" to ${first.name}${more}; only other hosts of the inventory have it.`,
    hint: `Set it for all hosts of the play, or give a fallback: {{ ${name} | default('value') }}.`,
  });
}
