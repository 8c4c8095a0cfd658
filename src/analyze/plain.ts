import { isTemplate, type Tree } from '../model/tree.ts';

/** A text that is written out, without a template; numbers count as text. */
export const plainText = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && tree.value !== null && !isTemplate(tree)
    ? String(tree.value)
    : undefined;

/** The one name a template or condition consists of: `{{ name }}`, or `name` in a condition. */
export function loneName(tree: Tree, bare: boolean): string | undefined {
  if (tree.kind !== 'scalar' || tree.literal || typeof tree.value !== 'string') return undefined;
  const text = bare ? tree.value.trim() : /^\{\{([^{}]*)\}\}$/.exec(tree.value.trim())?.[1]?.trim();
  return text !== undefined && /^[A-Za-z_]\w*$/.test(text) ? text : undefined;
}
