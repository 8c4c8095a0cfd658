import {
  changesOf,
  type Beyond,
  type Restorable,
  type RunChanges,
  UNDONE,
} from '../engine/restore/changes.ts';
import { resourcesOf, withRestoring } from '../engine/restore/modules.ts';
import { OrchError } from '../lib/errors.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { validateParams } from '../load/validate-params.ts';
import { selectHosts } from '../inventory/patterns.ts';
import type { Registry, Validate } from '../model/module.ts';
import { count } from '../report/hosts.ts';
import { askAt } from './ask.ts';
import { carryOut } from './carry-out.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openKeys } from './key-passphrases.ts';
import { outputs } from './outputs.ts';
import { passwordsFor } from './passwords.ts';
import { eventsOf, runNamed } from './past-runs.ts';
import { rollbackPlaybook } from './rollback-playbook.ts';
import { givenFlags, type Parse } from './rollback-flags.ts';
import { limited } from './run.ts';
import { hasActed, summaryOf } from './run-summary.ts';
import { limitOf, loadInventoryFor, loadOptions, modules, type Project } from './wiring.ts';
import { openWorld, type World } from './world.ts';

/**
 * `orch rollback`: what a run changed is put as it was before, from what its journal kept. A run of its own, with check,
 * diff and a journal. Resolves to the exit code. Throws OrchError RUN_NOT_FOUND and USAGE.
 */
export async function rollback(
  word: string,
  more: readonly string[],
  io: Io,
  parse: Parse,
): Promise<number> {
  const run = runNamed(word, io, (name) => hasActed(summaryOf(name, eventsOf(name, io))));
  const events = eventsOf(run, io);
  const { check } = summaryOf(run, events);
  if (check)
    throw new OrchError(
      'USAGE',
      `${run} was a check: it changed nothing, nothing can be taken back`,
    );
  const registry = await modules();
  const actions = (name: string): boolean =>
    name === UNDONE || registry.get(name)?.kind === 'action';
  const changes = changesOf(events, actions);
  if (changes.back.size === 0 && changes.beyond.length === 0 && !keepsStates(events))
    throw new OrchError('USAGE', `the journal of ${run} does not tell how hosts were before`, {
      hint: 'It was written by an older orch: set back by hand what `orch log` shows.',
    });
  const given = await givenFlags(run, more, io, parse);
  const flags = await limited(given.flags, io);
  const world = await openWorld(flags);
  const found = loadInventoryFor(flags, world);
  const mine = within(changes, (host) => isChosen(host, found, flags, world));
  for (const host of changes.back.keys())
    if (!found.inventory.hosts.has(host) && !found.inventory.implicit(host))
      io.err(`warning: ${host} is not in the inventory any more: it is left as it is\n`);
  if (mine.back.size === 0) {
    for (const line of beyondLines(mine.beyond)) io.err(`${line}\n`);
    io.err(`Nothing of run ${run} can be taken back.\n`);
    return 0;
  }
  const project = projectOf({ run, mine, registry, found, flags, world });
  if (!flags.check && !given.yes && !(await agreed(run, mine, io))) return 0;
  const passwords = await passwordsFor(flags);
  await openKeys(flags, io, found.inventory.hosts.values(), found.extraVars);
  const words = ['rollback', run, ...more.filter((one) => one !== '--yes')];
  const { past: _, ...alone } = io;
  const reporters = await outputs(flags, io);
  const warnings = beyondLines(mine.beyond);
  return carryOut({ project, flags, io: { ...alone, words }, passwords, reporters, warnings });
}

/** A run that changed nothing keeps no states, and one that an older orch made keeps none of what it changed. */
const keepsStates = (events: ReturnType<typeof eventsOf>): boolean =>
  !events.some(
    (event) =>
      event.type === 'task-ended' &&
      event.outcome.kind === 'changed' &&
      event.outcome.changes.length > 0,
  ) || events.some(({ type }) => type === 'resource-changed');

function isChosen(
  host: string,
  { inventory }: ReturnType<typeof loadInventoryFor>,
  flags: RunFlags,
  { files }: World,
): boolean {
  if (!inventory.hosts.has(host) && !inventory.implicit(host)) return false;
  return selectHosts(inventory, host, { ...limitOf(flags, files), allowEmpty: true }).length > 0;
}

const within = ({ back, beyond }: RunChanges, isMine: (host: string) => boolean): RunChanges => ({
  back: new Map([...back].filter(([host]) => isMine(host))),
  beyond: beyond.filter(({ host }) => isMine(host)),
});

/** What cannot be taken back, each thing once with its hosts. */
function beyondLines(beyond: readonly Beyond[]): readonly string[] {
  const hosts = new Map<string, Set<string>>();
  for (const { host, what, why } of beyond) {
    const line = `${what} cannot be taken back: ${why}`;
    hosts.set(line, (hosts.get(line) ?? new Set()).add(host));
  }
  return [...hosts].map(([line, those]) => `${[...those].sort().join(', ')}: ${line}`);
}

/** Asks whoever sits at a terminal. */
async function agreed(run: string, { back }: RunChanges, io: Io): Promise<boolean> {
  const ask = askAt(io.err);
  if (!ask) return true;
  const things = [...back.values()].reduce((sum, list) => sum + list.length, 0);
  const text = `Take back what run ${run} did: ${count(things, 'thing')} on ${count(back.size, 'host')}? (See it first: orch rollback ${run} -C -D) [y/N]`;
  const answer = await ask({ text, echo: true });
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

function projectOf(given: {
  readonly run: string;
  readonly mine: RunChanges;
  readonly registry: Registry;
  readonly found: ReturnType<typeof loadInventoryFor>;
  readonly flags: RunFlags;
  readonly world: World;
}): Project {
  const { run, mine, found, flags, world } = given;
  const registry = withRestoring(given.registry, mine.back);
  const resources = resourcesOf(given.registry);
  const file = `<orch rollback ${run}>`;
  const mayCut = ({ resource }: Restorable): boolean =>
    resources.get(resource)?.reach !== undefined;
  const text = rollbackPlaybook(run, mine.back, mayCut, flags.user === undefined);
  const { files } = world;
  const overlaid: World = {
    ...world,
    files: { ...files, read: (path) => (path === file ? text : files.read(path)) },
  };
  const validate: Validate = (module, params) =>
    given.registry.has(module) ? validateParams(module, params) : { params, problems: [] };
  const { extraVars } = found;
  const options = { ...loadOptions(registry, { files: overlaid.files, extraVars }), validate };
  const book = loadPlaybook(file, options);
  const select: Project['select'] = (pattern, among = found.inventory) =>
    selectHosts(among, pattern, limitOf(flags, files));
  return {
    ...overlaid,
    ...{ registry, validate, extraVars, select, inventory: found.inventory },
    playbooks: [book],
    apart: true,
    hostsOf: () => [],
  };
}
