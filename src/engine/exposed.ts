import { OrchError } from '../lib/errors.ts';
import type { ExposureChange } from '../model/exposure.ts';
import type { Resource, Seen } from '../model/module.ts';
import type { Move } from './apply.ts';
import { exposureChanges } from './exposure.ts';
import { current, type Fold } from './fold.ts';
import type { Observations } from './planned.ts';

interface Change {
  readonly resource: Resource<unknown, unknown, unknown>;
  readonly before: Seen<unknown, unknown>;
  after: Seen<unknown, unknown>;
}

/**
 * How hosts were before their first change and are after their last one, of resources that decide who reaches what. What
 * that comes to is worked out in the end, and only for hosts that were changed.
 */
export class Exposed {
  readonly #hosts = new Map<string, Map<string, Change>>();

  /** Notes changes that were made, or in check mode would be: what a host shows now, or would. */
  note(host: string, moves: readonly Move[], now: Observations): void {
    for (const { key, fold, plan } of moves) {
      const after = now.get(key);
      const { resource, seen } = fold;
      if (!resource.exposure || plan instanceof OrchError || !after || after instanceof OrchError)
        continue;
      const changes = this.#hosts.get(host) ?? new Map<string, Change>();
      this.#hosts.set(host, changes);
      const before = changes.get(key)?.before ?? seen;
      changes.set(key, { resource, before, after: seenBy(after) });
    }
  }

  /** What was changed under a safeguard is as it was before. */
  takenBack(host: string, first: ReadonlyMap<string, Fold>): void {
    const changes = this.#hosts.get(host);
    for (const [key, { seen }] of first) {
      const change = changes?.get(key);
      if (change) change.after = seen;
    }
  }

  /** What has changed of who reaches what, host by host in this order; hosts of which there is nothing to say are left out. */
  changes(
    order: readonly string[],
  ): readonly { readonly host: string; readonly changes: readonly ExposureChange[] }[] {
    const place = ([host]: readonly [string, unknown]): number => order.indexOf(host);
    return [...this.#hosts]
      .sort((a, b) => place(a) - place(b))
      .flatMap(([host, of]) => {
        const changes = [...of.values()].flatMap(({ resource, before, after }) => {
          const [was, is] = [resource.exposure?.(before), resource.exposure?.(after)];
          return was && is ? exposureChanges(was, is) : [];
        });
        return changes.length > 0 ? [{ host, changes }] : [];
      });
  }
}

const seenBy = (fold: Fold): Seen<unknown, unknown> => ({
  state: current(fold),
  facts: fold.seen.facts,
});
