import { OrchError, OrchErrors } from '../lib/errors.ts';
import { createEvaluator } from '../template/evaluator.ts';
import type { Tree } from '../model/tree.ts';
import { namesOf } from './reads.ts';

const scope = createEvaluator().scope([]);

/** What a condition comes to whatever the variables are; nothing when it reads any, or calls something. */
export function constant(tree: Tree): boolean | undefined {
  if (tree.kind !== 'scalar') return undefined;
  if (typeof tree.value === 'boolean') return tree.value;
  if (typeof tree.value !== 'string' || tree.literal || tree.value.includes('(')) return undefined;
  if (namesOf(tree, 'condition').length > 0) return undefined;
  try {
    const answer = scope.condition(tree);
    return typeof answer === 'boolean' ? answer : undefined;
  } catch (error) {
    if (error instanceof OrchError || error instanceof OrchErrors) return undefined;
    throw error;
  }
}
