import { OrchError, OrchErrors } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import {
  type Included,
  type IncludeRequest,
  type Item,
  type Task,
  tasksIn,
} from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { type MapTree, type Tree, hasTemplate } from '../model/tree.ts';
import { opened, Unknown, type Value } from '../model/value.ts';
import { Behind } from './behind.ts';
import { type Found, type Step, into } from './cursor.ts';
import { finish } from './finish.ts';
import { chosenOf } from './flow-items.ts';
import { truthy } from './identity.ts';
import { conditioned, ignoring } from './judge.ts';
import { give } from './keep.ts';
import { valueTree } from './layers.ts';
import type { Item as LoopItem } from './loop.ts';
import { OMIT } from './magic.ts';
import * as outcome from './outcome.ts';
import { itemsOf } from './plan-wave.ts';
import type { Planned } from './planned.ts';
import { inside, type Position } from './position.ts';
import { refFor } from './refs.ts';
import { guarded, isOff } from './safeguard/items.ts';
import { registered } from './result.ts';
import { show } from './show.ts';
import type { Stage } from './stage.ts';
import { type Walker, report, scopeAt } from './walker.ts';
import { together } from './together.ts';
import { count } from './totals.ts';
import { traitsOf } from './traits.ts';

/** Items that an include brought, and where they stand. */
export interface Brought {
  readonly items: readonly Item[];
  readonly base: Position;
  /** What was included, as `register` tells it. */
  readonly data: Readonly<Record<string, Value>>;
}

/** What an include brings, asked before its turn; nothing when that is not known yet, or wrong. */
export function includedEarly(
  stage: Stage,
  step: Step,
  scope: () => Scope,
): readonly Brought[] | undefined {
  try {
    const all = scope();
    const early = step.task.loop ? undefined : conditioned(step.task, all);
    if (early) return early.kind === 'skipped' ? [] : undefined;
    const list = itemsOf(step.task, all);
    if (list instanceof Unknown || 'kind' in list) return undefined;
    return list
      .flatMap((item, i) => {
        const own = step.task.loop ? conditioned(step.task, item.scope) : undefined;
        if (own?.kind === 'unknown') throw new Behind();
        return own ? [] : [bring(stage, step, item, i)];
      })
      .reverse();
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors || error instanceof Behind)
      return undefined;
    throw error;
  }
}

/** Tasks of a file or a role at the turn of a host; a file counts as ok, once for each time it is included. */
export function include(walker: Walker, { step, then }: Found): void {
  const { stage, run } = walker;
  const { task } = step;
  const scope = scopeAt(walker, step);
  const planned: Planned = { step, then, task, ref: refFor(stage, step, scope), scope, parts: [] };
  const done = brought(walker, step, scope);
  if ('kind' in done) {
    const end = passedOver(task, done, scope);
    keepResult(walker, step, end);
    finish(walker, [{ planned, outcome: end }]);
    return;
  }
  const outcomes = done.map((one) => ({ label: one.label, outcome: told(one) }));
  const parts = outcomes.map((one) => ({ ...one, scope }));
  const ends = outcomes.map((one) => passedOver(task, one.outcome, scope));
  const whole = together({ task, parts }, ends);
  keepResult(walker, step, whole);
  if (whole.kind === 'failed' || whole.kind === 'skipped') {
    finish(walker, [{ planned: { ...planned, parts }, outcome: whole }]);
    return;
  }
  const files = done.flatMap(({ got }) =>
    got instanceof OrchError || got === undefined ? [] : [got],
  );
  if (task.include?.kind === 'tasks')
    for (const _ of files) run.totals = count(run.totals, outcome.ok());
  stage.input.emit({ type: 'task-ended', host: run.host.name, task: planned.ref, outcome: whole });
  if (step.handler) run.notified.delete(task.id);
  if (traitsOf(stage, task).fence) walker.fence = inside(step.at);
  walker.cursor = [...files]
    .reverse()
    .reduce((cursor, { items, base }) => into(cursor, items, base, step.handler), then);
  report(walker);
}

function keepResult({ run }: Walker, { task, at }: Step, whole: Outcome): void {
  if (task.register !== undefined)
    give([run], 'registered', { [task.register]: registered(whole) }, { at });
}

function told({ got, named }: One): Outcome {
  if (got instanceof OrchError) return outcome.failed(got, { data: named });
  if (!got) return { ...outcome.skipped('Conditional result was False'), data: named };
  return outcome.ok({ data: { ...got.data, ...named } }, { message: 'included' });
}

interface One {
  readonly label: string | undefined;
  /** What of the loop is in its result. */
  readonly named: LoopItem['named'];
  readonly got: Brought | OrchError | undefined;
}

function brought(
  { stage }: Walker,
  step: Step,
  scope: Scope,
): readonly One[] | ReturnType<typeof outcome.ok> {
  const { task } = step;
  try {
    const early = task.loop ? undefined : conditioned(task, scope);
    if (early) return early;
    const list = itemsOf(task, scope);
    if (list instanceof Unknown) return outcome.unknown(`the items are unknown: ${list.why}`);
    if ('kind' in list) return list;
    if (list.length === 0) return outcome.noItems();
    return list.map((item, i): One => {
      const own = task.loop ? conditioned(task, item.scope) : undefined;
      return {
        label: item.label,
        named: item.named,
        got: own ? undefined : tried(step, () => bring(stage, step, item, i)),
      };
    });
  } catch (error) {
    if (error instanceof OrchError) return outcome.failed(error.at(task.source));
    throw error;
  }
}

/** As in Ansible a name that cannot be told is a failure that may be ignored; a file that is not there is not. */
const passedOver = (task: Task, o: Outcome, scope: Scope): Outcome =>
  o.fault?.code === 'VARIABLE_UNDEFINED' || o.fault?.code === 'TEMPLATE_FAILED'
    ? ignoring(task, o, scope)
    : o;

/** All that is wrong with what an include names becomes one failure, the first of it told. */
function tried(step: Step, work: () => Brought): Brought | OrchError {
  try {
    return work();
  } catch (error) {
    const first = error instanceof OrchErrors ? error.errors[0] : error;
    if (first instanceof OrchError) return first.at(step.task.source);
    throw error;
  }
}

/** What one item of an include brings: read once for all hosts that ask for the same. */
function bring(stage: Stage, step: Step, item: LoopItem, i: number): Brought {
  const { task, at } = step;
  const request = requestOf(stage, task, item.scope, i);
  const key = JSON.stringify([
    at,
    i,
    { ...request, task: undefined, play: undefined },
    task.loop ? item.named : {},
  ]);
  const known = stage.included.get(key);
  const got = known ?? prepared(stage, request, task.loop ? item : undefined);
  if (!known) {
    stage.included.set(key, got);
    for (const { id } of tasksIn(got.handlers)) stage.brought.set(id, at);
    stage.publicRoles = [...stage.publicRoles, ...got.roles.map((role) => ({ role, at }))];
  }
  return { items: got.items, base: [...at, i], data: dataOf(request) };
}

function dataOf({ task, name, tasksFrom }: IncludeRequest): Brought['data'] {
  if (task.include?.kind === 'tasks') return { include: name, include_args: {} };
  return { include_args: { name, ...(tasksFrom === undefined ? {} : { tasks_from: tasksFrom }) } };
}

function prepared(stage: Stage, request: IncludeRequest, item: LoopItem | undefined): Included {
  const { options } = stage.input;
  const got = stage.input.include(request);
  const chosen = guarded(
    chosenOf(got.items, options.tags, options.skipTags),
    request.id,
    safeguardsAround(request.task),
  );
  const tree = item
    ? valueTree('the loop of the include', item.named, request.task.source)
    : undefined;
  if (got.handlers.length > 0) stage.handlers = [...stage.handlers, ...tasksIn(got.handlers)];
  for (const warning of got.warnings) stage.input.emit({ type: 'warned', ...warning });
  return { ...got, items: tree ? chosen.map((one) => withParams(one, tree)) : chosen };
}

/** The safeguards an include stands in: what it brings is under them already. */
function safeguardsAround({ keywords: { safeguard }, include: what }: Task): readonly Tree[] {
  if (!safeguard || isOff(safeguard)) return [];
  return [safeguard, what?.around.keywords.safeguard].flatMap((tree) => tree ?? []);
}

function requestOf({ play }: Stage, task: Task, scope: Scope, i: number): IncludeRequest {
  const { include: what } = task;
  if (!what) throw new OrchError('INTERNAL', 'this is no include');
  const text = (tree: Tree | undefined): string | undefined => {
    const value = tree && opened(scope.resolve(tree));
    if (value instanceof Unknown)
      throw new OrchError('TEMPLATE_FAILED', `what is included is unknown: ${value.why}`);
    return value === undefined || value === null || value === OMIT ? undefined : show(value);
  };
  const name = text(what.target) ?? '';
  const optional = {
    tasksFrom: text(what.tasksFrom),
    varsFrom: text(what.varsFrom),
    defaultsFrom: text(what.defaultsFrom),
    handlersFrom: text(what.handlersFrom),
  };
  const given = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  );
  const suffix = hasTemplate(what.target) ? `:${name}` : '';
  const flag = (tree: Tree | undefined, otherwise: boolean): boolean =>
    tree ? truthy(scope.resolve(tree)) : otherwise;
  return {
    play,
    task,
    name,
    id: `${task.id}/${i}${suffix}`,
    rolespecValidate: flag(what.rolespecValidate, true),
    allowDuplicates: flag(what.allowDuplicates, true),
    public: flag(what.public, false),
    ...given,
  };
}

/** The same items with variables of the loop that brought them; nested includes hand them on. */
function withParams(item: Item, tree: MapTree): Item {
  if (item.kind === 'block') {
    const all = (list: readonly Item[]): readonly Item[] =>
      list.map((one) => withParams(one, tree));
    return { ...item, tasks: all(item.tasks), rescue: all(item.rescue), always: all(item.always) };
  }
  const { include: what } = item;
  const params = [tree, ...item.params];
  if (!what) return { ...item, params };
  const around = { ...what.around, params: [tree, ...what.around.params] };
  return { ...item, params, include: { ...what, around } };
}
