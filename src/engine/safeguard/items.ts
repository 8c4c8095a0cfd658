import { OrchError } from '../../lib/errors.ts';
import type { Block, Item, Keywords, Task } from '../../model/play.ts';
import type { Tree } from '../../model/tree.ts';
import { metaTask } from '../meta-task.ts';

/** `meta` that begins a safeguard: nothing before it shares a wave with what is behind it. */
export const BEGIN = 'safeguard_begin';
/** `meta` that has the trials of the safeguard run, where something was changed. */
export const VERIFY = 'safeguard_verify';
/** `meta` that proves, persists and confirms what was changed. */
export const KEEP = 'safeguard_keep';

/**
 * Items with a block around all that one `safeguard` covers: at its end the handlers notified in it run, then the way
 * in is proved and the change confirmed. `around` are the safeguards they stand in already. Throws KEYWORD_UNSUPPORTED
 * for one inside another.
 */
export function guarded(
  items: readonly Item[],
  id: string,
  around: readonly Tree[] = [],
): readonly Item[] {
  if (!items.some(holds)) return items;
  const out: Item[] = [];
  for (let at = 0; at < items.length;) {
    const item = items[at];
    if (!item) break;
    const tree = ofItem(item);
    if (!tree || around.includes(tree) || isOff(tree)) {
      out.push(item.kind === 'block' ? inside(item, tree && !isOff(tree) ? [tree] : around) : item);
      at += 1;
      continue;
    }
    if (around.length > 0) throw nested(tree);
    const end = items.findIndex((other, i) => i > at && ofItem(other) !== tree);
    const covered = items.slice(at, end === -1 ? undefined : end);
    const trials = item.keywords.verify ?? [];
    const inner = guarded(covered, id, [tree]);
    out.push(blockAround(tree, inner, `${id}.guard.${out.length}`, trials));
    at += covered.length;
  }
  return out;
}

const ofItem = ({ keywords }: Item): Tree | undefined => keywords.safeguard;

const OFF: ReadonlySet<unknown> = new Set([false, null, 0, 'off', 'no']);

/** Whether it is written to switch one off that is inherited. */
export const isOff = (tree: Tree): boolean => tree.kind === 'scalar' && OFF.has(tree.value);

const holds = (item: Item): boolean =>
  ofItem(item) !== undefined ||
  (item.kind === 'block' && [...item.tasks, ...item.rescue, ...item.always].some(holds));

const inside = (block: Block, around: readonly Tree[]): Block => ({
  ...block,
  tasks: guarded(block.tasks, block.id, around),
  rescue: guarded(block.rescue, `${block.id}.rescue`, around),
  always: guarded(block.always, `${block.id}.always`, around),
});

function blockAround(
  tree: Tree,
  items: readonly Item[],
  id: string,
  trials: readonly Task[],
): Block {
  const keywords: Keywords = { tags: [], safeguard: tree };
  const meta = (name: string, action: string): Task =>
    metaTask(`${id}.${name}`, action, tree.source, keywords);
  return {
    kind: 'block',
    id,
    name: undefined,
    source: tree.source,
    tasks: [
      meta('begin', BEGIN),
      ...items,
      meta('flush', 'flush_handlers'),
      ...(trials.length === 0 ? [] : [{ ...meta('verify', VERIFY), trials }]),
      meta('keep', KEEP),
    ],
    rescue: [],
    always: [],
    keywords,
    safeguard: tree,
  };
}

const nested = (tree: Tree): OrchError =>
  new OrchError('KEYWORD_UNSUPPORTED', 'a safeguard inside another one is not possible', {
    source: tree.source,
    hint: 'The outer one guards all of it as one change; write `safeguard` on the parts instead, or only once.',
  });
