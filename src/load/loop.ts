import type { Loop, LoopControl } from '../model/play.ts';
import { entry, isTemplate, type Entry, type Tree } from '../model/tree.ts';
import { asFlag, scalar } from './around.ts';

/** The loop that `loop` or a `with_...` makes. */
export function loopOf(found: Entry | undefined): Loop | undefined {
  if (!found) return undefined;
  const { key, keySource: source, value } = found;
  if (key === 'loop') return { kind: 'loop', list: value, source };
  return { kind: 'with', lookup: key.slice('with_'.length), list: value, source };
}

/** How a loop names its things and goes on. */
export function loopControl(tree: Tree | undefined): LoopControl {
  const get = (key: string): Tree | undefined => entry(tree, key)?.value;
  const allItems = get('extended_allitems');
  const whole = allItems && asFlag(allItems);
  return {
    loopVar: word(get('loop_var')) ?? 'item',
    indexVar: word(get('index_var')),
    label: get('label'),
    pause: get('pause'),
    extended: get('extended'),
    withoutAllItems: whole?.kind === 'scalar' && whole.value === false,
    breakWhen: get('break_when'),
  };
}

const word = (tree: Tree | undefined): string | undefined => {
  const found = scalar(tree);
  return found && !isTemplate(found) ? String(found.value) : undefined;
};
