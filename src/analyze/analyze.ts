import { conditionFindings, runOnceFindings } from './conditions.ts';
import type { Finding } from './finding.ts';
import { givenByInventory, givenByTasks } from './gives.ts';
import { hiddenFailures, unnotifiedHandlers } from './handlers.ts';
import { hostsOfPlays } from './hosts.ts';
import { loopFindings, valuesOf } from './loops.ts';
import { nestedLoops } from './nested-loops.ts';
import { namesOfPlay, type PlayNames } from './play-names.ts';
import type { Program } from './program.ts';
import { wordsOf, type Words } from './reads.ts';
import { lookupFindings, syntaxFindings } from './syntax.ts';
import { tagFindings } from './tags.ts';
import { undefinedVariables, type Everywhere } from './undefined.ts';
import { unreachableTasks } from './unreachable.ts';
import { reservedNames, unusedVariables } from './unused.ts';
import { writtenValues } from './written.ts';

/**
 * All that can be said about playbooks without touching a host, in the order of their files and lines. What may be
 * right is not told: where variables or tasks are known only at run time, nothing is concluded from their absence.
 */
export function analyze(program: Program): readonly Finding[] {
  const words: Words = { met: new Set(), any: false };
  const plays = program.playbooks
    .flatMap((book) => book.plays)
    .map((play) => namesOfPlay(play, program, words));
  const byTasks = givenByTasks(
    plays.flatMap(({ sites }) => sites),
    program,
  );
  inventoryWords(program, words);
  const inInventory = givenByInventory(program.inventory);
  const extra = [...program.extraVars.vars.keys()];
  const taskNames = new Set([...byTasks.definitions.map(({ name }) => name), ...extra]);
  const hosts = hostsOfPlays(program);
  const all: Everywhere = {
    given: new Set([...taskNames, ...inInventory]),
    byTasks: taskNames,
    optional: new Set(plays.flatMap(({ optional }) => [...optional])),
    open: byTasks.open,
    inventory: program.inventory !== undefined,
    hostsOf: (play) => hosts.of.get(play),
  };
  const definitions = [...byTasks.definitions, ...plays.flatMap((one) => one.definitions)];
  const openReads = plays.some((one) => one.openReads);
  const findings = [
    ...hosts.findings,
    ...tagFindings(program),
    ...plays.flatMap((one) => undefinedVariables(one, all)),
    ...(openReads ? [] : unusedVariables(definitions, words)),
    ...reservedNames(definitions.filter(({ own }) => own)),
    ...plays.flatMap((one) => ofPlay(one, definitionsOf(one, byTasks.definitions, all))),
    ...syntaxFindings(plays, program.inventory, words),
    ...lookupFindings(plays, program.lookups),
    ...writtenValues(program),
  ];
  return inOrder(findings, program);
}

const definitionsOf = (
  { definitions }: PlayNames,
  byTasks: PlayNames['definitions'],
  { byTasks: names, given }: Everywhere,
): ReturnType<typeof valuesOf> =>
  valuesOf([...definitions, ...byTasks], { has: (name) => names.has(name) || given.has(name) });

function ofPlay(
  { play, sites }: PlayNames,
  valueOf: ReturnType<typeof valuesOf>,
): readonly Finding[] {
  return [
    ...loopFindings(sites, valueOf),
    ...unreachableTasks(play, sites),
    ...unnotifiedHandlers(play, sites),
    ...hiddenFailures(play),
    ...conditionFindings(sites, valueOf),
    ...runOnceFindings(play, sites),
    ...nestedLoops(play),
  ];
}

/** What the variables of the inventory read of others. */
function inventoryWords({ inventory, extraVars }: Program, words: Words): void {
  const layers = new Set([...(inventory?.hosts.values() ?? [])].flatMap((host) => host.layers));
  for (const { vars } of [extraVars, ...layers])
    for (const given of vars.values()) if ('tree' in given) wordsOf(given.tree, 'value', words);
}

/** Files in the order they were read, each from top to bottom; the same thing told once. */
function inOrder(findings: readonly Finding[], { playbooks }: Program): readonly Finding[] {
  const files = [
    ...new Set(playbooks.flatMap(({ file, trees }) => [file, ...(trees?.keys() ?? [])])),
  ];
  const rank = new Map(files.map((file, i) => [file, i]));
  const place = ({ source }: Finding): number =>
    source ? (rank.get(source.file) ?? files.length) : -1;
  const once = new Map(findings.map((one) => [JSON.stringify([one.source, one.message]), one]));
  return [...once.values()].sort(
    (a, b) =>
      place(a) - place(b) ||
      (a.source?.file ?? '').localeCompare(b.source?.file ?? '') ||
      (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
      (a.source?.column ?? 0) - (b.source?.column ?? 0),
  );
}
