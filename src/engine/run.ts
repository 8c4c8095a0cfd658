import type { Stats } from '../model/event.ts';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { ErrorCode } from '../lib/error-table.ts';
import type { Host } from '../model/inventory.ts';
import { type Play, type Playbook, allTasks } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { batches } from './batches.ts';
import { Exposed } from './exposed.ts';
import { type HostRun, newHostRun } from './host-run.ts';
import type { RunInput } from './input.ts';
import { inputProblems } from './inputs.ts';
import { reap } from './jobs.ts';
import { Machines } from './machine.ts';
import { hostsDepend, hostsOfPlay, namedPlay } from './play-scope.ts';
import { runPlay, stageOf } from './play-run.ts';
import { Slots } from './slots.ts';
import { startProblem } from './start-at.ts';
import type { World } from './stage.ts';
import { exitCode } from './totals.ts';
import { taskScope } from './vars.ts';
import { opened } from '../model/value.ts';

/** One play with the hosts it runs on. */
export interface Staged {
  readonly play: Play;
  readonly book: Playbook;
  /** Number of the play in the run. */
  readonly number: number;
  readonly hosts: readonly HostRun[];
}

/** How a run ended. */
export interface RunResult {
  readonly exit: number;
}

/**
 * Runs playbooks to their end. Throws OrchErrors, before any host is contacted, when a pattern matches
 * nothing or an input is missing or of the wrong type; all else that happens is told by events.
 */
export async function run(input: RunInput): Promise<RunResult> {
  const start = input.now();
  const world: World = {
    input,
    inventory: input.inventory,
    runs: new Map(),
    others: new Map(),
    machines: new Machines(input),
    slots: new Slots(input.options.forks),
    stats: new Map(),
    jobs: 0,
    step: input.options.step === true,
    guards: 0,
    exposed: new Exposed(),
    warnedOf: new Set(),
    rolledBack: false,
    fault: undefined,
    changes: 0,
    startAt: input.options.startAt,
  };
  const staged = stage(world);
  const { options } = input;
  input.emit({
    type: 'run-started',
    run: input.run,
    orch: input.orch,
    check: options.check,
    diff: options.diff,
    playbooks: input.playbooks.map(({ file }) => file),
    inventory: input.inventory.files,
    forks: options.forks,
    ...(input.command ? { command: input.command } : {}),
    ...(input.past ? { resumes: input.past.run } : {}),
  });
  const faults: ErrorCode[] = [];
  try {
    await plays(world, staged);
    if (world.fault) giveUp(input, faults, world.fault);
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    giveUp(input, faults, error);
  } finally {
    await reap(world);
    await world.machines.close();
  }
  return end(world, faults, input.now() - start);
}

/** Play by play. As in Ansible a further playbook is begun only when nothing failed so far. */
async function plays(world: World, staged: readonly Staged[]): Promise<void> {
  for (const [i, one] of staged.entries()) {
    const before = staged[i - 1];
    const failed = [...world.runs.values()].some((run) => run.out);
    if (world.input.stop?.aborted || (before && before.book !== one.book && failed)) return;
    const hosts = i === 0 ? one.hosts : selected(world, one);
    const last = i === staged.length - 1;
    const play = namedPlay(world, one);
    if ((await runPlay(world, { ...one, play, hosts, last })) === 'stop' || world.fault) return;
  }
}

/** The hosts of a play when its turn comes: earlier plays may have brought more, or found out which. */
function selected(world: World, one: Staged): readonly HostRun[] {
  if (world.inventory === world.input.inventory && !hostsDepend(one.play)) return one.hosts;
  try {
    return hostsOfPlay(world, one).map((host) => runOf(world, host));
  } catch (error) {
    if (error instanceof OrchError && error.code === 'PATTERN_NO_MATCH') return [];
    throw error;
  }
}

/** A play that cannot go on for its own sake, such as a `serial` that went wrong on the way: what was done is still told. */
function giveUp(input: RunInput, faults: ErrorCode[], error: OrchError): void {
  faults.push(error.code);
  input.emit({
    type: 'warned',
    message: `${error.code}: ${error.message} The run ends here. ${error.hint}`,
    ...(error.source ? { source: error.source } : {}),
  });
}

function end(world: World, faults: readonly ErrorCode[], ms: number): RunResult {
  const { input, runs, machines } = world;
  const { options, stop } = input;
  const interrupted = stop?.aborted === true;
  for (const one of world.exposed.changes([...runs.keys()]))
    input.emit({ type: 'exposure-changed', ...one });
  for (const { host, totals } of runs.values()) {
    const counts = machines.of(host.name).map((machine) => machine.counts);
    input.emit({
      type: 'host-ended',
      host: host.name,
      totals,
      trips: counts.reduce((sum, { trips }) => sum + trips, 0),
      handshakes: counts.reduce((sum, { handshakes }) => sum + handshakes, 0),
    });
  }
  const totals = [...runs.values()].map((r) => r.totals);
  const unknown = totals.reduce((sum, t) => sum + t.unknown, 0);
  const total = totals.reduce((sum, t) => sum + t.ok + t.failed + t.unknown, 0);
  const exit = exitCode({
    interrupted,
    faults: [
      ...faults,
      ...(world.rolledBack ? ['ROLLED_BACK' as const] : []),
      ...[...runs.values()].flatMap((r) => r.faults),
    ],
    totals,
    failed: [...runs.values()].some((r) => r.out && !r.lost),
    lost: [...runs.values()].some((r) => r.lost),
    check: options.check,
    detailed: options.detailedExitcode,
    strict: options.strictCheck,
  });
  input.emit({
    type: 'run-ended',
    exit,
    totals: Object.fromEntries([...runs.values()].map((r) => [r.host.name, r.totals])),
    coverage: { foreseen: total - unknown, total },
    ms: Math.round(ms),
    interrupted,
    ...(world.stats.size === 0 ? {} : { stats: statsOf(world.stats) }),
  });
  return { exit };
}

/** What set_stats kept: the key of what is kept for the whole run is empty. */
function statsOf(kept: World['stats']): Stats {
  const hosts = [...kept].filter(([host]) => host !== '');
  return { run: kept.get('') ?? {}, hosts: Object.fromEntries(hosts) };
}

/** Finds the hosts of every play and checks the inputs, all errors together. */
function stage(world: World): readonly Staged[] {
  const { input, runs } = world;
  const errors: OrchError[] = [];
  const staged: Staged[] = [];
  for (const book of input.playbooks) {
    for (const play of book.plays) {
      const grows = staged.some((one) => addsHosts(one.play));
      const one = { play, book, number: staged.length };
      try {
        const hosts = hostsOf(world, one, grows).map((host) => runOf(world, host));
        staged.push({ ...one, hosts });
        errors.push(...problemsOf(world, { ...one, hosts }));
      } catch (error) {
        if (error instanceof OrchErrors) errors.push(...error.errors);
        else if (error instanceof OrchError) errors.push(error.at(play.hosts.source));
        else throw error;
      }
    }
  }
  const start = startProblem(
    input.options.startAt,
    staged.map(({ play }) => play),
  );
  if (start) errors.push(start);
  if (errors.length > 0) throw new OrchErrors(errors);
  if (!input.options.allowEmpty && runs.size === 0 && staged.length > 0) throw nobody(staged);
  return staged;
}

/** Whether a play may bring hosts or groups that later plays name. */
const addsHosts = (play: Play): boolean =>
  allTasks(play).some((task) => task.include !== undefined || ADDING.has(task.module));

const ADDING = new Set(['add_host', 'group_by']);

/** The hosts of a play; none yet where an earlier play may still bring them, or find out which. */
function hostsOf(world: World, one: Omit<Staged, 'hosts'>, grows: boolean): readonly Host[] {
  try {
    return hostsOfPlay(world, one);
  } catch (error) {
    const later = one.number > 0 && hostsDepend(one.play);
    const code = error instanceof OrchError ? error.code : undefined;
    if (code === 'VARIABLE_UNDEFINED' && later) return [];
    if (code === 'PATTERN_NO_MATCH' && (grows || later || world.input.options.allowEmpty))
      return [];
    throw error;
  }
}

function problemsOf(world: World, one: Staged): readonly OrchError[] {
  const { hosts, play } = one;
  const stage = stageOf(world, { ...one, last: false }, hosts, hosts, 0);
  const scopeOf = (run: HostRun): Scope => taskScope({ stage, run, at: stage.base });
  const [first] = hosts;
  return [
    ...(first ? keywordProblems(one, scopeOf(first)) : []),
    ...inputProblems(
      play,
      hosts.map((run) => ({ host: run.host.name, scope: scopeOf(run) })),
    ),
  ];
}

/** What is wrong with the keywords that decide over a whole play, as its first host sees them. */
const keywordProblems = ({ play, hosts }: Staged, scope: Scope): readonly OrchError[] =>
  [play.serial, play.anyErrorsFatal, play.maxFailPercentage].flatMap((tree) => {
    if (!tree) return [];
    try {
      const value = opened(scope.resolve(tree));
      if (tree === play.serial) batches(hosts, value, tree.source);
      return [];
    } catch (error) {
      if (error instanceof OrchError) return [error.at(tree.source)];
      throw error;
    }
  });

/** A run without a single host is a mistake more often than not, and exit code 0 would hide it. */
const nobody = (staged: readonly Staged[]): OrchError =>
  new OrchError('PATTERN_NO_MATCH', 'No play has a host to run on: nothing was done.', {
    source: staged[0]?.play.hosts.source,
    hint: 'See --limit and `orch run ... --list-hosts`; --allow-empty makes this no error.',
  });

function runOf({ runs, others }: World, host: Host): HostRun {
  const known = runs.get(host.name) ?? others.get(host.name) ?? newHostRun(host);
  others.delete(host.name);
  runs.set(host.name, known);
  return known;
}
