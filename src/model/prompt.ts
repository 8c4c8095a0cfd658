import type { Source } from '../lib/source.ts';
import type { Tree } from './tree.ts';

/** A variable that is asked for on a terminal before the play starts, unless -e sets it. */
export interface Prompt {
  readonly name: string;
  readonly prompt: string;
  readonly default: Tree | undefined;
  /** The answer is not shown while it is typed, and is a secret. */
  readonly private: boolean;
  /** It is asked for twice, and the answers must be equal. */
  readonly confirm: boolean;
  /** The answer is never a template. */
  readonly unsafe: boolean;
  readonly source: Source;
}
