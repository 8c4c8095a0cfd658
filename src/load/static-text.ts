import { resolve } from 'node:path';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { shortNameOf, type Role } from '../model/play.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import { isTemplate, type MapTree, type ScalarTree, type Tree } from '../model/tree.ts';
import type { Value } from '../model/value.ts';
import { scalars } from './around.ts';
import { fail } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';

/** Variables of a map as a layer. */
export const layerOf = (name: string, tree: MapTree): Layer => ({
  name,
  vars: new Map(tree.entries.map((one): [string, Given] => [one.key, { tree: one.value }])),
});

/** What is known of variables when a playbook is loaded: no host, no facts. */
function scopeAt(loading: PlayLoading, { around }: Place): Scope | undefined {
  const of = (name: string, trees: readonly MapTree[]): readonly Layer[] =>
    trees.map((tree) => layerOf(name, tree));
  const role = around.role;
  return loading.evaluator?.scope([
    ...(role ? [ofRole(role)] : []),
    loading.magic(),
    ...(loading.extraVars ? [loading.extraVars] : []),
    ...of('vars of the include', around.params),
    ...of('params of the role', role?.params ?? []),
    ...of('vars around the task', around.vars),
    ...of('vars of the role', role?.vars ?? []),
    ...of('vars of the play', loading.playVars()),
    ...of('defaults of the role', role?.defaults ?? []),
    ...loading.roles
      .toReversed()
      .flatMap((one) => of('vars of a role', [...one.vars, ...one.defaults])),
  ]);
}

const ofRole = (role: Role): Layer => ({
  name: 'set by orch',
  vars: new Map([
    ['role_name', { value: shortNameOf(role) }],
    ['ansible_role_name', { value: role.name }],
    ['role_path', { value: role.path }],
  ]),
});

/** A text that must be known when the playbook is loaded; told as an error where it is not. */
export function staticText(
  loading: PlayLoading,
  place: Place,
  tree: ScalarTree,
  instead: string,
): string | undefined {
  if (!isTemplate(tree)) return String(tree.value);
  try {
    const value = scopeAt(loading, place)?.resolve(tree);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new OrchError('TEMPLATE_FAILED', 'it is not known when the playbook is loaded');
  } catch (error) {
    if (!(error instanceof OrchError) && !(error instanceof OrchErrors)) throw error;
    const [first] = error instanceof OrchErrors ? error.errors : [error];
    const why = (first?.message ?? '').replace(/\.$/, '');
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `This name must be known before any host is contacted: ${why}.`,
      {
        source: tree.source,
        hint: instead,
      },
    );
    return undefined;
  }
}

/** Tags as words; templates in them are resolved where that is possible without a host. */
export const tagsOf = (
  loading: PlayLoading,
  place: Place,
  tree: Tree | undefined,
): readonly string[] =>
  scalars(tree).flatMap((one) => {
    if (!isTemplate(one)) return words(one.value);
    try {
      const value = scopeAt(loading, place)?.resolve(one) ?? one.value;
      return Array.isArray(value) ? (value as readonly Value[]).flatMap(words) : words(value);
    } catch (error) {
      if (error instanceof OrchError || error instanceof OrchErrors) return words(one.value);
      throw error;
    }
  });

const words = (value: Value): readonly string[] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
    : [];

/** Magic variables that are known without a host. */
export const magicOf = (dir: string): Layer => ({
  name: 'set by orch',
  vars: new Map([['playbook_dir', { value: resolve(dir) }]]),
});
