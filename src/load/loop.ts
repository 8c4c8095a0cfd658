import type { Loop, LoopControl } from '../model/play.ts';
import { entry, type Entry, type ScalarTree, type Tree } from '../model/tree.ts';
import { asFlag, scalar } from './around.ts';

/** The loop that `loop` or a `with_...` makes. */
export function loopOf(found: Entry | undefined): Loop | undefined {
  if (!found) return undefined;
  const { key, keySource: source, value } = found;
  if (key === 'loop') return { kind: 'loop', list: value, source };
  return { kind: 'with', lookup: key.slice('with_'.length), list: value, source };
}

/** How a loop names its things and goes on; `text` makes names of what may be templates. */
export function loopControl(
  tree: Tree | undefined,
  text: (name: ScalarTree) => string | undefined,
): LoopControl {
  const get = (key: string): Tree | undefined => entry(tree, key)?.value;
  const word = (key: string): string | undefined => {
    const name = scalar(get(key));
    return name && text(name);
  };
  const allItems = get('extended_allitems');
  const whole = allItems && asFlag(allItems);
  return {
    loopVar: word('loop_var') ?? 'item',
    indexVar: word('index_var'),
    label: get('label'),
    pause: get('pause'),
    extended: get('extended'),
    withoutAllItems: whole?.kind === 'scalar' && whole.value === false,
    breakWhen: get('break_when'),
  };
}
