import { type Play, allTasks, handlersOf } from '../model/play.ts';
import { trialsOf } from '../model/trials.ts';
import { opened, Unknown, type Value } from '../model/value.ts';
import { approach } from './ahead.ts';
import { batches } from './batches.ts';
import { start } from './cursor.ts';
import { flowOf } from './flow-items.ts';
import { amongHosts } from './health.ts';
import type { HostRun } from './host-run.ts';
import { truthy } from './identity.ts';
import { Lockstep } from './lockstep.ts';
import { refFor } from './refs.ts';
import { Rolling } from './rolling.ts';
import { rolloutOf } from './rollout.ts';
import type { Staged } from './run.ts';
import { startAt } from './start-at.ts';
import { wanted } from './select-tasks.ts';
import type { Stage, World } from './stage.ts';
import { taskScope } from './vars.ts';
import { walk } from './walk.ts';
import { type Walker, newWalker, peek, report } from './walker.ts';

/** How a play ended: whether the run goes on behind it. */
export type PlayEnd = 'go on' | 'stop';

/** Runs one play, batch by batch. */
export async function runPlay(
  world: World,
  staged: Staged & { readonly last: boolean },
): Promise<PlayEnd> {
  const { input } = world;
  const { play, hosts } = staged;
  const all = ordered(play, hosts);
  for (const run of all) {
    run.notified.clear();
    run.gone = run.out;
    run.ran.clear();
    run.changed = false;
  }
  const here = all.filter((run) => !run.out);
  const first = stageOf(world, staged, all, here, 0);
  const keyword = keywords(first, here[0]);
  announce(first, here);
  const cut = here.length === 0 ? [] : batches(all, keyword(play.serial), play.serial?.source);
  let end: PlayEnd = 'go on';
  for (const [i, whole] of cut.entries()) {
    if (input.stop?.aborted) break;
    const batch = whole.filter((run) => !run.out);
    if (batch.length === 0) continue;
    if (cut.length > 1) {
      input.emit({
        type: 'batch-started',
        hosts: batch.map((run) => run.host.name),
        number: i + 1,
        of: cut.length,
      });
    }
    const stage = stageOf(world, staged, all, batch, i);
    await runBatch(stage);
    // Who ended early is back in the play when the next batch begins; who failed is not.
    if (!stage.broken) for (const run of batch) run.gone = run.out;
    if (stage.over === 'play') break;
    // As in Ansible: a batch all of whose hosts failed now ends the run.
    const allOut = batch.length === whole.length && batch.every((run) => run.out);
    if (stage.broken || (allOut && !input.options.apart)) {
      end = 'stop';
      break;
    }
  }
  input.emit({ type: 'play-ended', play: play.name });
  return end;
}

/** All hosts of a batch on their way; those that clear_host_errors brings back go on where they were lost. */
async function runBatch(stage: Stage): Promise<void> {
  const { slots } = stage.world;
  const walkers = new Map<string, Walker>();
  const begin = startAt(stage, start(stage.items, stage.base));
  const reached = approach(stage, begin);
  for (const run of stage.batch) {
    const walker = newWalker(stage, run, begin);
    walkers.set(run.host.name, walker);
    report(walker);
  }
  const go = (walker: Walker): Promise<void> =>
    slots.at(async () => {
      await reached(walker.run);
      await walk(walker);
      // Not waited for here: it takes its time while other hosts are at work, and is waited for in the end.
      if (stage.last) closeLines(stage, walker.run);
    });
  const running = [...walkers.values()].map(go);
  stage.comeBack = (name) => {
    const before = walkers.get(name);
    if (!before?.parked) return;
    // The old walk may still be on its way out: it keeps its own walker.
    const walker = newWalker(stage, before.run, before.parked);
    walkers.set(name, walker);
    const found = peek(walker);
    if (!found || found === 'failed') return;
    stage.gate?.enter(name, found.step.at);
    running.push(go(walker));
  };
  // Hosts may come back while the others are on their way.
  for (let i = 0; i < running.length; i++) await running[i];
}

function closeLines({ world }: Stage, { host }: HostRun): void {
  for (const machine of world.machines.of(host.name))
    if (machine.jobs.length === 0) machine.close().catch(() => undefined);
}

/** A batch of hosts at the start of its way through a play. */
export function stageOf(
  world: World,
  { play, number, last, hosts: all }: Staged & { readonly last: boolean },
  hosts: readonly HostRun[],
  batch: readonly HostRun[],
  index: number,
): Stage {
  const { input } = world;
  const base = [number, index];
  const bare: Stage = {
    input,
    world,
    play,
    playbookFile: play.source.file,
    base,
    items: [],
    hosts,
    all,
    batch,
    handlers: handlersOf(play),
    brought: new Map(),
    publicRoles: [],
    gate: isFree(play)
      ? undefined
      : new Lockstep(
          batch.map((run) => run.host.name),
          base,
        ),
    included: new Map(),
    chosen: new Map(),
    ended: new Map(),
    comeBack: () => undefined,
    asked: new Map(),
    rolling: undefined,
    throttles: new Map(),
    rollings: new Map(),
    over: undefined,
    fatal: false,
    broken: false,
    forceHandlers: input.options.forceHandlers,
    maxFail: undefined,
    last,
  };
  const keyword = keywords(bare, hosts[0]);
  const forceHandlers = bare.forceHandlers || truthy(keyword(play.forceHandlers));
  const { tags, skipTags } = input.options;
  const items = flowOf(play, String(number), tags, skipTags, forceHandlers);
  const percentage = keyword(play.maxFailPercentage);
  const maxFail =
    typeof percentage === 'number' || typeof percentage === 'string'
      ? Number(percentage)
      : undefined;
  const rollout = rolloutOf(
    batch.length,
    {
      canary: keyword(play.canary),
      maxUnavailable: keyword(play.maxUnavailable),
      source: (play.canary ?? play.maxUnavailable)?.source,
    },
    world.inventory.groups,
  );
  const rolling = rollout && new Rolling(rollout, { total: batch.length, ...amongHosts(bare) });
  return { ...bare, items, forceHandlers, maxFail, rolling };
}

/** Strategies under which hosts do not wait for one another. */
const isFree = ({ strategy }: Play): boolean =>
  /(^|\.)(free|host_pinned)$/.test(String(strategy?.value ?? 'linear'));

/** Keywords of a play as its first host sees them. */
function keywords(
  stage: Stage,
  run: HostRun | undefined,
): (tree: Play['serial']) => Value | undefined {
  const scope = run && taskScope({ stage, run, at: stage.base });
  return (tree) => {
    const value = tree && scope ? opened(scope.resolve(tree)) : undefined;
    return value instanceof Unknown || value === null ? undefined : value;
  };
}

function announce(stage: Stage, hosts: readonly HostRun[]): void {
  const { input, play } = stage;
  const { tags, skipTags } = input.options;
  const [run] = hosts;
  const scope = run && taskScope({ stage, run, at: stage.base });
  const listed = allTasks(play).filter(
    (task) => task.module !== 'meta' && wanted(task.keywords.tags, tags, skipTags),
  );
  input.emit({
    type: 'play-started',
    play: play.name,
    source: play.source,
    hosts: hosts.map((one) => one.host.name),
    tasks: [
      ...listed.map((task) => refFor(stage, { task, at: stage.base, handler: false }, scope)),
      ...handlersOf(play).map((task) =>
        refFor(stage, { task, at: stage.base, handler: true }, scope),
      ),
      ...trialsOf(play).map((task) =>
        refFor(stage, { task, at: stage.base, handler: false }, scope),
      ),
    ],
  });
}

function ordered(play: Play, hosts: readonly HostRun[]): readonly HostRun[] {
  const byName = (a: HostRun, b: HostRun): number => (a.host.name < b.host.name ? -1 : 1);
  switch (String(play.order?.value)) {
    case 'reverse_inventory':
      return [...hosts].reverse();
    case 'sorted':
      return [...hosts].sort(byName);
    case 'reverse_sorted':
      return [...hosts].sort(byName).reverse();
    case 'shuffle':
      return hosts
        .map((run) => ({ run, at: Math.random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ run }) => run);
    default:
      return hosts;
  }
}
