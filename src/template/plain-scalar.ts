import { isTemplate, type ScalarTree, type Tree } from '../model/tree.ts';
import { Float, type Val } from './values.ts';

/** What is written, as a value. */
export const scalarOf = ({ value, float }: ScalarTree): Val =>
  float && typeof value === 'number' ? new Float(value) : value;

/** The value of a scalar that holds no template. */
export const plainScalar = (tree: Tree): Val | undefined =>
  tree.kind === 'scalar' && !isTemplate(tree) ? scalarOf(tree) : undefined;
