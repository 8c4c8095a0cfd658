import { OrchError } from '../lib/errors.ts';
import { type Shell, lines, quote, raw } from '../lib/shell.ts';
import type { Outcome } from '../model/event.ts';
import type { ActionModule, ActionResult, Brought } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Part, Reply } from '../model/transport.ts';
import { opened, Secret, type Value, type ValueMap, isMap } from '../model/value.ts';
import { sending } from './brought.ts';
import { type Disturbance, disturbing } from './disturbs.ts';
import { staleBy } from './excused.ts';
import * as outcome from './outcome.ts';
import type { Way } from './way.ts';
import { params } from './resolve.ts';
import { show } from './show.ts';
import type { Stage } from './stage.ts';

const LINE = new Set([
  'HOST_UNREACHABLE',
  'HOST_KEY_UNKNOWN',
  'HOST_KEY_CHANGED',
  'LOGIN_REFUSED',
  'LINE_BROKEN',
  'INTERRUPTED',
]);

/** Whether an error means that the host is out of way rather than that a task failed. */
export const isAboutLine = (error: OrchError): boolean => LINE.has(error.code);

/** Why an action of check mode is unknown. */
export const NOT_RUN = 'not run in check mode';

/** An action ready to be sent. */
export interface Ready {
  readonly params: unknown;
  readonly part: Part;
  /** Judges the reply. */
  parse(reply: Reply): ActionResult;
  /** Check mode: only a question of what it would do. */
  readonly foresees?: true;
  /** How it plainly disturbs what runs. */
  readonly disturbs?: Disturbance;
}

/** The script of an action with its arguments; an outcome when there is nothing to send. */
export function readied(
  { input }: Stage,
  task: Task,
  module: ActionModule<unknown>,
  scope: Scope,
  { check, machine }: Pick<Way, 'check'> & Partial<Pick<Way, 'machine'>>,
): Ready | Outcome {
  const resolved = params(task, module, scope, input);
  if (resolved.kind === 'error') return outcome.failed(resolved.error);
  if (resolved.kind === 'unknown') return outcome.unknown(resolved.unknown.why);
  const given = resolved.params;
  const foresight = check && !module.reads(given) ? module.foresees?.(given) : undefined;
  if (check && !foresight && !module.reads(given)) return outcome.unknown(NOT_RUN);
  const stale = check ? staleBy(machine?.doubts, module.looksAt?.(given) ?? []) : undefined;
  if (stale !== undefined)
    return outcome.unknown(
      `"${stale}" before it, which would change this, is not done in check mode`,
    );
  const sent = (script: Shell, brought: Brought | undefined): Part => ({
    script: lines([...exportsFor(task, scope), script]),
    ...deadlineOf(task, scope),
    ...sending([brought], input),
  });
  if (foresight) {
    const part = sent(foresight.script, foresight.brings);
    return { params: given, part, foresees: true, parse: (reply) => foresight.parse(reply) };
  }
  const output = module.takes?.(given);
  const part = sent(module.script(given), module.brings?.(given));
  return {
    params: given,
    part: output ? { ...part, output } : part,
    parse: (reply) => module.parse(reply, given),
  };
}

function deadlineOf({ keywords: { timeout } }: Task, scope: Scope): Pick<Part, 'deadline'> {
  const seconds = timeout === undefined ? 0 : Number(opened(scope.resolve(timeout)));
  return seconds > 0 ? { deadline: seconds * 1000 } : {};
}

const exportsFor = ({ keywords: { environment } }: Task, scope: Scope): readonly Shell[] =>
  environment ? exportsOf(scope, environment).map(raw) : [];

function exportsOf(scope: Scope, environment: Parameters<Scope['resolve']>[0]): readonly string[] {
  const given = scope.resolve(environment);
  const maps = Array.isArray(given) ? (given as readonly Value[]).flat() : [given];
  const values = Object.assign({}, ...maps.filter(isMap)) as ValueMap;
  return Object.entries(values).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new OrchError(
        'ARGUMENT_INVALID',
        `${JSON.stringify(name)} is not a name for an environment variable`,
        { source: environment.source },
      );
    }
    return `export ${name}=${quote(exported(value))}`;
  });
}

/** A value as Python prints it; what a secret hides goes to the host as it is. */
function exported(value: Value): string {
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? 'None' : show(value);
}

/** What the reply to an action says; a reply that did not come is no answer. */
export function judge(
  { parse, disturbs }: Pick<Ready, 'parse' | 'disturbs'>,
  reply: Reply | undefined,
  task: Task,
): Outcome {
  if (!reply) return outcome.unknown('no reply');
  if (reply.ended === 'deadline') {
    return outcome.failed(
      new OrchError('DEADLINE_PASSED', 'it took too long and was ended on the host', {
        source: task.source,
        stderr: reply.stderr.toString('utf8'),
      }),
    );
  }
  const result = parse(reply);
  if (result.unknown !== undefined) return outcome.unknown(result.unknown);
  if (result.skipped !== undefined) {
    if (result.data['skipped'] === true)
      return { ...outcome.skipped(result.skipped), data: result.data };
    return outcome.ok({ data: result.data }, { message: result.skipped });
  }
  if (result.failed !== undefined) {
    return outcome.failed(
      new OrchError('TASK_FAILED', result.failed, {
        source: task.source,
        stderr: reply.stderr.toString('utf8'),
        hint: 'See what it printed; failed_when decides what counts as a failure.',
      }),
      { data: result.data, ...(result.changed ? { changedToo: true } : {}) },
    );
  }
  const done = outcome.ok({ data: result.data });
  return result.changed ? disturbing({ ...done, kind: 'changed' }, disturbs) : done;
}
