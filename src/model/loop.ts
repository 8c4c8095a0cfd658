import type { Source } from '../lib/source.ts';
import type { Tree } from './tree.ts';

/** A list a task runs over. */
export interface Loop {
  readonly kind: 'loop' | 'with';
  /** `items` of `with_items`: the lookup that makes the list, flattened as Ansible does. */
  readonly lookup?: string;
  readonly list: Tree;
  /** Place of the keyword. */
  readonly source: Source;
}

/** How a loop names its things and goes on. */
export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly label: Tree | undefined;
  /** Seconds between items. */
  readonly pause: Tree | undefined;
  /** Whether `ansible_loop` tells about the loop. */
  readonly extended: Tree | undefined;
  /** Whether `ansible_loop.allitems` is left out. */
  readonly withoutAllItems: boolean;
  /** No further item once this holds. */
  readonly breakWhen: Tree | undefined;
}
