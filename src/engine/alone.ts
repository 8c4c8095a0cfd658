import { controlArgs } from './control-args.ts';
import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { Scope } from '../model/scope.ts';
import type { Reply } from '../model/transport.ts';
import { Unknown } from '../model/value.ts';
import { type Ready, isAboutLine, judge } from './act.ts';
import { type Alone, changesHost, type Draft, draft, noted, prepared } from './alone-draft.ts';
import { countAction, settleCount } from './count-action.ts';
import { disturbing } from './disturbs.ts';
import type { Found } from './cursor.ts';
import { finish } from './finish.ts';
import { inTime } from './health.ts';
import type { HostRun } from './host-run.ts';
import { truthy } from './identity.ts';
import { ignoring, conditioned, rejudged, withFacts, withResult } from './judge.ts';
import { inBackground, runJob } from './jobs.ts';
import { give, keep } from './keep.ts';
import type { Item } from './loop.ts';
import { breaks, pauseOf } from './loop-control.ts';
import * as outcome from './outcome.ts';
import { itemsOf, named } from './plan-wave.ts';
import { controlled } from './plan-item.ts';
import type { Planned, PlannedPart } from './planned.ts';
import type { Way } from './way.ts';
import { refFor } from './refs.ts';
import { noteUndo } from './restore/note-undo.ts';
import { holding, mayChange } from './may-change.ts';
import { changesUnderGuard, sendGuarded } from './safeguard/actions.ts';
import { overLine } from './over-line.ts';
import { type AloneDone, stateAlone } from './state-alone.ts';
import { together } from './together.ts';
import { traitsOf } from './traits.ts';
import { triedUntil } from './until.ts';
import { type Walker, acted, missing, scopeAt, turn } from './walker.ts';

/**
 * Runs a task for itself: an action, or one that is delegated, tried again, or pauses between its items. It waits
 * until all other hosts finished what comes before, unless it turns out that there is nothing to do.
 */
export async function alone(walker: Walker, found: Found): Promise<void> {
  const { step, then } = found;
  const { task } = step;
  const scope = scopeAt(walker, step);
  const { module } = traitsOf(walker.stage, task);
  if (!module) throw missing(`module ${task.module}`);
  const work: Alone = { walker, found, module, scope, counted: false };
  const parts = await partsOf(work);
  settleCount(work, parts);
  const ref = refFor(walker.stage, step, scope);
  const planned: Planned = { step, then, task, ref, scope, parts };
  keep({ ...walker, at: step.at }, planned);
  const outcomes = parts.map((part) => part.outcome);
  finish(walker, [{ planned, outcome: together(planned, outcomes) }]);
}

async function partsOf(work: Alone): Promise<readonly PlannedPart[]> {
  const { found, scope } = work;
  const { task } = found.step;
  const single = (o: Outcome): readonly PlannedPart[] => [
    { label: undefined, outcome: ignoring(task, o, scope), scope },
  ];
  try {
    const early = task.loop ? undefined : conditioned(task, scope);
    if (early) return single(early);
    const list = itemsOf(task, scope);
    if (list instanceof Unknown)
      return single(outcome.unknown(`the items are unknown: ${list.why}`));
    if ('kind' in list) return single(list);
    if (list.length === 0) return single(outcome.noItems());
    return inOneTrip(work) ? await trip(work, list) : await oneByOne(work, list);
  } catch (error) {
    if (error instanceof OrchError && !isAboutLine(error))
      return single(outcome.failed(error.at(task.source)));
    throw error;
  }
}

/** Whether all items of a loop are sent together: nothing happens between them, and none reads the one before. */
function inOneTrip({ found, module }: Alone): boolean {
  const { task } = found.step;
  const { until, trial, async, keywords, loopControl, register } = task;
  if (
    module.kind !== 'action' ||
    module.line ||
    trial ||
    until ||
    async ||
    keywords.delegateTo ||
    keywords.throttle
  )
    return false;
  if (loopControl.pause || loopControl.breakWhen) return false;
  return (
    !task.loop ||
    register === undefined ||
    !JSON.stringify([task.args, task.when]).includes(register)
  );
}

/** All items of an action in one trip. */
async function trip(work: Alone, list: readonly Item[]): Promise<readonly PlannedPart[]> {
  const { found, module } = work;
  const { task } = found.step;
  if (module.kind !== 'action') throw missing('an action');
  const drafts = list.map((item) => draft(work, item));
  const sent = drafts.filter(({ ready }) => ready);
  const [first] = sent;
  const way = first?.way;
  const all = sent.flatMap(({ ready }) => ready ?? []);
  const replies = way ? await sendTo(work, way, all, first.item.scope) : [];
  let next = 0;
  return drafts.map(({ item, early, ready }): PlannedPart => {
    const raw =
      ready && way
        ? noted(work, way, ready, judge(ready, replies[next++], task))
        : (early ?? outcome.unknown('not run'));
    const part = partOf(work, item, rejudged(task, raw, item.scope));
    if (way) noteUndo(work.walker.stage, found.step, way, part);
    return part;
  });
}

async function sendTo(
  work: Alone,
  way: Way,
  ready: readonly Ready[],
  scope: Scope,
): Promise<readonly Reply[]> {
  const { walker, found } = work;
  const changes = changesHost(work, ready);
  if (changes) await mayChange(walker);
  if (changes) await countAction(work, way, ready);
  await turn(walker, found.step.at);
  acted(walker, found.step.at);
  const parts = ready.map(({ part }) => part);
  if (changesUnderGuard(work, ready)) return sendGuarded(work, way, ready, scope);
  way.machine.version++;
  return way.machine.trip({ purpose: 'action', parts, identity: way.identity, changes });
}

const partOf = ({ found }: Alone, item: Item, o: Outcome): PlannedPart => ({
  label: item.label,
  scope: item.scope,
  outcome: ignoring(found.step.task, named(found.step.task, o, item.named), item.scope),
});

/** Items one after the other; each sees what the one before registered. */
async function oneByOne(work: Alone, list: readonly Item[]): Promise<readonly PlannedPart[]> {
  const { task } = work.found.step;
  const parts: PlannedPart[] = [];
  let before: Outcome | undefined;
  for (const [i, item] of list.entries()) {
    if (i > 0) await pauseOf(work.walker.stage.input, task, work.scope);
    const scope = before ? withResult(task, before, item.scope) : item.scope;
    const one = await inTurn(work, draft(work, { ...item, scope }));
    const part = partOf(work, { ...item, scope }, one.outcome);
    const { facts, kind } = one;
    parts.push({ ...part, ...(facts ? { facts } : {}), ...(kind ? { kind } : {}) });
    if (part.outcome.kind !== 'skipped') before = part.outcome;
    if (breaks(task, part.outcome, scope)) break;
  }
  return parts;
}

/** One item when its turn has come: tried until it succeeds, where the task says so. */
async function inTurn(work: Alone, given: Draft): Promise<AloneDone> {
  const { walker, found, module } = work;
  const { task, at } = found.step;
  if (given.early) return { outcome: rejudged(task, given.early, given.item.scope) };
  const { ready, way } = given;
  if (ready && changesHost(work, [ready])) {
    await mayChange(walker);
    if (way) await countAction(work, way, [ready]);
  }
  if (given.way || task.until) await turn(walker, at);
  let facts: Pick<AloneDone, 'facts' | 'kind'> = {};
  const done = await triedUntil(
    walker.stage.input,
    task,
    given.item.scope,
    async (scope) => {
      if (module.kind === 'control') {
        const said = controlled(module.run(controlArgs(task, scope), scope), task);
        facts = said.facts ? { facts: said.facts } : {};
        return rejudged(task, said.outcome, withFacts(scope, said.facts));
      }
      const { outcome: raw, ...found } = await onMachine(work, given, scope);
      facts = found;
      return rejudged(task, raw, scope);
    },
    walker.gate,
  );
  if (given.way) {
    acted(walker, at);
    noteUndo(walker.stage, found.step, given.way, { scope: given.item.scope, outcome: done });
  }
  const { delegate } = given;
  const told = delegate ? { ...done, delegatedTo: delegate.run.host.name } : done;
  const receiver = receiverOf(work, given);
  if (!facts.facts || !receiver) return { outcome: told, ...facts };
  give([receiver], facts.kind ?? 'registered', facts.facts, { at });
  return { outcome: told };
}

/** The one host that with `delegate_facts` is given what a task finds or sets, also where it runs once for all. */
function receiverOf({ found, scope }: Alone, { delegate }: Draft): HostRun | undefined {
  const { delegateFacts } = found.step.task.keywords;
  if (!delegate || !delegateFacts || !truthy(scope.resolve(delegateFacts))) return undefined;
  return delegate.run;
}

async function onMachine(work: Alone, given: Draft, scope: Scope): Promise<AloneDone> {
  const { walker, module } = work;
  const { way } = given;
  if (!way) throw missing('a machine');
  if (module.kind === 'action') return { outcome: await actionOn(work, given, scope) };
  const hold = <T>(work: () => Promise<T>): Promise<T> => way.machine.work(work);
  return holding(walker, hold, () =>
    stateAlone(work, { ...given.item, scope }, way, receiverOf(work, given) ?? walker.run),
  );
}

async function actionOn(work: Alone, given: Draft, scope: Scope): Promise<Outcome> {
  const { walker, found, module } = work;
  const { task } = found.step;
  const { way } = given;
  if (!way) throw missing('a machine');
  const hold = <T>(work: () => Promise<T>): Promise<T> => way.machine.work(work);
  return holding(walker, hold, async () => {
    if (module.kind !== 'action') throw missing('an action');
    const ready = given.ready ?? prepared(work, { ...given.item, scope }, way);
    if (!('part' in ready)) return noted(work, way, undefined, ready);
    if (module.line && !ready.foresees)
      return disturbing(
        await overLine(walker.stage, task, module.line(ready.params), { ready, way }),
        ready.disturbs,
      );
    if (changesUnderGuard(work, [ready])) {
      const [reply] = await sendGuarded(work, way, [ready], scope);
      return judge(ready, reply, task);
    }
    way.machine.version++;
    if (inBackground(task, scope)) return runJob(walker.stage, task, { scope, ready, way });
    const [reply] = await way.machine.trip({
      ...{
        purpose: 'action',
        parts: [inTime(walker, found.step, ready.part)],
        identity: way.identity,
      },
      changes: changesHost(work, [ready]),
    });
    return noted(work, way, ready, judge(ready, reply, task));
  });
}
