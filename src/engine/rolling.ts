import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Value } from '../model/value.ts';
import { Halted, type Walker, rest } from './walker.ts';

/** What a play says about how many of its hosts change at a time. */
export interface Rollout {
  /** Hosts that change first, alone; nobody follows unless all of them end well. */
  readonly canary: number;
  /** Hosts that may be at work at the same time; nothing: all. */
  readonly window: number | undefined;
}

/**
 * Lets the hosts of a batch change one after the other. Only changes wait: every host is looked at at once, and one that
 * is right already neither waits nor counts. A host that has begun goes through to its end, whatever the others do.
 */
export class Rolling {
  readonly #rollout: Rollout;
  readonly #begun = new Set<string>();
  readonly #atWork = new Set<string>();
  readonly #well = new Set<string>();
  #broken: string | undefined;

  constructor(rollout: Rollout) {
    this.#rollout = rollout;
  }

  /** The host that ended badly, so that nobody else begins. */
  get broken(): string | undefined {
    return this.#broken;
  }

  /** Whether a host has begun to change: it waits for nobody any more. */
  begun(host: string): boolean {
    return this.#begun.has(host);
  }

  /** Takes a place for a host, if there is one now. */
  take(host: string): boolean {
    if (this.#begun.has(host)) return true;
    const { canary, window } = this.#rollout;
    const proving = this.#well.size < canary;
    if (proving && this.#begun.size >= canary) return false;
    if (window !== undefined && this.#atWork.size >= window) return false;
    this.#begun.add(host);
    this.#atWork.add(host);
    return true;
  }

  /** A host is through with the play. One that began and ended badly is the end for those that did not begin. */
  end(host: string, well: boolean): void {
    if (!this.#atWork.delete(host)) return;
    if (well) this.#well.add(host);
    else if (this.#rollout.canary > 0 || this.#rollout.window !== undefined) this.#broken ??= host;
  }
}

/** Waits until a host may change. Throws Halted when another one, that went first, ended badly. */
export async function mayChange(walker: Walker): Promise<void> {
  const { stage, run } = walker;
  const { rolling } = stage;
  const { name } = run.host;
  if (!rolling || rolling.begun(name) || stage.input.options.check) return;
  if (!stage.gate) {
    throw new OrchError('KEYWORD_UNSUPPORTED', 'canary and max_unavailable need strategy linear', {
      source: stage.play.source,
    });
  }
  let taken = false;
  await rest(walker, () => {
    taken = rolling.broken !== undefined || rolling.take(name);
    return taken;
  });
  const { broken } = rolling;
  if (broken === undefined || rolling.begun(name)) return;
  run.gone = true;
  stage.broken = true;
  stage.input.emit({
    type: 'warned',
    host: name,
    message: `not changed: ${broken} went first and ended badly`,
    source: stage.play.source,
  });
  throw new Halted();
}

/** Reads `canary` and `max_unavailable` of a play; nothing when it has neither. Throws PLAYBOOK_INVALID. */
export function rolloutOf(
  total: number,
  canary: Value | undefined,
  window: Value | undefined,
  source: Source | undefined,
): Rollout | undefined {
  if ((canary === undefined || canary === false) && window === undefined) return undefined;
  const most =
    window === undefined
      ? undefined
      : window === 'quorum'
        ? Math.max(1, Math.floor((total - 1) / 2))
        : Math.max(1, sizeOf(window, total, 'max_unavailable', source));
  const first =
    canary === undefined || canary === false ? 0 : sizeOf(canary, total, 'canary', source);
  return { canary: Math.min(first, total), window: most };
}

function sizeOf(size: Value, total: number, word: string, source: Source | undefined): number {
  const text = typeof size === 'number' || typeof size === 'string' ? String(size) : '';
  const [, number, percent] = /^(\d+)(%)?$/.exec(text) ?? [];
  if (number !== undefined)
    return percent ? Math.max(1, Math.floor((Number(number) / 100) * total)) : Number(number);
  throw new OrchError(
    'PLAYBOOK_INVALID',
    `${word} must be a number of hosts or a share such as 30%${word === 'canary' ? '' : ', or quorum'}, is ${JSON.stringify(size)}`,
    source ? { source } : {},
  );
}
