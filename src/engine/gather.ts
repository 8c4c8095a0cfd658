import { controlArgs } from './control-args.ts';
import { OrchError } from '../lib/errors.ts';
import type { InspectModule, StateModule } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { Unknown, type Value, firstUnknown } from '../model/value.ts';
import { Behind } from './behind.ts';
import { type Cursor, type Step, into, next } from './cursor.ts';
import type { HostRun } from './host-run.ts';
import { includedEarly } from './include.ts';
import { items } from './loop.ts';
import type { Early, Need } from './planned.ts';
import { keyOf } from './position.ts';
import { type Way, Ways, sameWay } from './way.ts';
import { params } from './resolve.ts';
import { BEGIN, KEEP, VERIFY } from './safeguard/items.ts';
import type { Stage } from './stage.ts';
import { metaOf, runsOnce, traitsOf } from './traits.ts';
import { taskScope } from './vars.ts';

/** Marks a value that a task of the same wave will give: it ends a wave where it decides what to look at. */
const PENDING = 'is known only when this wave is done';

const pendingValue = (what: string): Unknown => new Unknown(`${what} ${PENDING}`);

const isPending = (unknown: Unknown): boolean => unknown.why.includes(PENDING);

/** What one observation has to answer, and for which tasks. */
export interface Wave {
  /** Positions of the tasks it is enough for. */
  readonly covered: ReadonlySet<string>;
  readonly needs: ReadonlyMap<string, Need>;
  /** Arguments of tasks that nothing in this wave has a say in, by position. */
  readonly early: ReadonlyMap<string, Early>;
  /** Who asks where; nothing when there is nothing to ask. */
  readonly way: Way | undefined;
}

type Looking =
  | StateModule<unknown, unknown, unknown, unknown>
  | InspectModule<unknown, unknown, unknown, unknown>;

/**
 * The longest run of tasks from here that need no answer in between, as if all went well: over the borders of
 * blocks, through includes whose name is known, past handlers nobody notified yet. It ends before an action, at
 * another identity or machine, and where what to look at depends on a result of the wave itself. Conditions
 * are tried early: a task that surely does not run is not looked at.
 */
export function gather(stage: Stage, run: HostRun, from: Cursor): Wave {
  const ahead = new Lookahead(stage, { ...run, kept: run.kept.copy() });
  let cursor = from;
  for (;;) {
    const found = next(cursor, (id) => run.notified.has(id));
    if (!found || found === 'failed') break;
    const then = ahead.take(found.step, found.then);
    if (!then) break;
    cursor = then;
  }
  return ahead.wave;
}

/** Tasks taken into a wave one by one. */
class Lookahead {
  readonly #stage: Stage;
  /** The host as it will be, as far as that is known. */
  readonly #run: HostRun;
  readonly #covered = new Set<string>();
  readonly #needs = new Map<string, Need>();
  readonly #early = new Map<string, Early>();
  readonly #mark: number;
  readonly #ways: Ways;
  #way: Way | undefined;

  constructor(stage: Stage, run: HostRun) {
    this.#stage = stage;
    this.#run = run;
    this.#mark = run.kept.mark;
    this.#ways = new Ways(stage, run);
  }

  get wave(): Wave {
    return { covered: this.#covered, needs: this.#needs, early: this.#early, way: this.#way };
  }

  /** Where to go on behind a task; nothing when the wave ends before it. */
  take(step: Step, then: Cursor): Cursor | undefined {
    const { how } = traitsOf(this.#stage, step.task);
    if (how === 'include') return this.#include(step, then);
    if (how === 'flow') {
      if (!this.#flow(step)) return undefined;
      this.#pending(step.task);
      return then;
    }
    if (how === 'alone') return this.#alone(step) ? then : undefined;
    const once = attempt(() => runsOnce(this.#stage, step.task, () => this.#scope(step)));
    if (once === undefined) return undefined;
    if (once && !this.#isChosen(step)) {
      this.#pending(step.task);
      return then;
    }
    if (!this.#look(step)) return undefined;
    this.#covered.add(keyOf(step.at));
    this.#foresee(step);
    return then;
  }

  #scope({ task, at }: Step): Scope {
    return taskScope({ stage: this.#stage, run: this.#run, at }, task);
  }

  #include(step: Step, then: Cursor): Cursor | undefined {
    const brought = includedEarly(this.#stage, step, () => this.#scope(step));
    return brought?.reduce(
      (cursor, { items: list, base }) => into(cursor, list, base, step.handler),
      then,
    );
  }

  /** Whether the wave goes on past a task that only the engine does. */
  #flow(step: Step): boolean {
    const { task } = step;
    if (this.#holds(step) === false) return true;
    switch (task.module) {
      case 'meta': {
        const action = metaOf(task);
        return (
          action === 'noop' ||
          action === 'role_complete' ||
          action === BEGIN ||
          ((action === KEEP || action === VERIFY) && !this.#run.guard?.changed) ||
          (action === 'flush_handlers' && this.#run.notified.size === 0)
        );
      }
      case 'set_stats':
        return true;
      default:
        return false;
    }
  }

  /** An action ends a wave, unless it surely does not run. */
  #alone(step: Step): boolean {
    if (step.task.loop || this.#holds(step) !== false) return false;
    this.#pending(step.task);
    return true;
  }

  #holds(step: Step): boolean | undefined {
    const { task } = step;
    if (!task.when) return true;
    return attempt(() => {
      const holds = this.#scope(step).condition(task.when ?? TRUE);
      return holds instanceof Unknown ? undefined : holds;
    });
  }

  /** Whether this host is the one that runs a task of run_once, as far as it looks now. */
  #isChosen({ at }: Step): boolean {
    const { chosen, batch } = this.#stage;
    const one = chosen.get(keyOf(at)) ?? batch.find((run) => !run.out && !run.gone);
    return one?.host.name === this.#run.host.name;
  }

  /** Adds what a task wants to look at. False when that is not known yet, or it looks as another or elsewhere. */
  #look(step: Step): boolean {
    const { task } = step;
    const { module } = traitsOf(this.#stage, task);
    if (!module || module.kind === 'control' || module.kind === 'action') return true;
    const scope = this.#scope(step);
    const asked = attempt(() => this.#ask(step, module, scope)) ?? [];
    if (asked === 'pending') return false;
    const way = asked.length > 0 ? attempt(() => this.#ways.of(task, scope)) : undefined;
    if (!way) return true;
    if (this.#way && !sameWay(this.#way, way)) return false;
    this.#way ??= way;
    for (const one of asked) this.#add(module.resource, one);
    return true;
  }

  /** What a task wants to look at; nothing when it will not run or its arguments are wrong (planning says so). */
  #ask({ task, at }: Step, module: Looking, scope: Scope): readonly unknown[] | 'pending' {
    const list = items(task, scope);
    if (list instanceof Unknown) return isPending(list) ? 'pending' : [];
    const scopes: unknown[] = [];
    for (const item of list) {
      const holds = task.when
        ? (attempt(() => item.scope.condition(task.when ?? TRUE)) ?? true)
        : true;
      if (holds === false) continue;
      const resolved = behindIsPending(() => params(task, module, item.scope, this.#stage.input));
      if (resolved === 'pending') return resolved;
      if (!task.loop && this.#run.kept.mark === this.#mark)
        this.#early.set(keyOf(at), { resolved, mark: this.#mark });
      if (resolved.kind === 'unknown' && isPending(resolved.unknown)) return 'pending';
      if (resolved.kind === 'params') scopes.push(module.scope(resolved.params));
    }
    return scopes;
  }

  #add(resource: Need['resource'], scope: unknown): void {
    const key = resource.key(scope);
    this.#needs.set(key, { resource, scopes: [...(this.#needs.get(key)?.scopes ?? []), scope] });
  }

  #pending(task: Task): void {
    if (task.register !== undefined)
      this.#give(task.register, pendingValue(`the result of ${task.module}`));
    if (task.module !== 'set_fact') return;
    for (const { key } of task.args.entries) this.#give(key, pendingValue(key));
  }

  #give(name: string, value: Value): void {
    this.#run.kept.set('registered', name, { value }, []);
  }

  /** What later tasks of the wave may read of this one: registered results are pending, set_fact is tried. */
  #foresee(step: Step): void {
    const { task } = step;
    const { module } = traitsOf(this.#stage, task);
    if (task.register !== undefined)
      this.#give(task.register, pendingValue(`the result of ${task.module}`));
    if (module?.kind === 'inspect')
      for (const name of module.gives ?? [])
        this.#run.kept.set('facts', name, { value: pendingValue(name) }, []);
    if (module?.kind !== 'control' || module.foreseeable !== true) return;
    const holds = this.#holds(step);
    if (holds === false) return;
    const facts =
      holds === true && !task.loop
        ? attempt(() => module.run(controlArgs(task, this.#scope(step)), this.#scope(step)).facts)
        : undefined;
    if (!facts) this.#pending(task);
    for (const [name, value] of Object.entries(facts ?? {}))
      this.#give(name, firstUnknown(value) ? pendingValue(name) : value);
  }
}

const TRUE = {
  kind: 'scalar',
  value: true,
  source: { file: '', line: 0, column: 0 },
} as const;

/** What may fail early: an error is told when the task is planned, and what others did not do yet is not known. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OrchError || error instanceof Behind) return undefined;
    throw error;
  }
}

function behindIsPending<T>(work: () => T): T | 'pending' {
  try {
    return work();
  } catch (error) {
    if (error instanceof Behind) return 'pending';
    throw error;
  }
}
