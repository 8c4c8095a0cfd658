import { OrchError } from '../lib/errors.ts';
import { attempt } from '../load/loading.ts';
import type { Source } from '../lib/source.ts';
import { didYouMean } from '../lib/nearest.ts';
import { entry, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import type { Evaluator, Given, Layer, Scope } from '../model/scope.ts';
import { isMap, type Value } from '../model/value.ts';
import type { HostNode, InventoryData } from './data.ts';
import { ranked, shortName } from './ranking.ts';

/** What constructing needs besides the inventory as it is so far. */
export interface ConstructOptions {
  readonly evaluator: Evaluator;
  readonly errors: OrchError[];
  readonly extraVars: Layer | undefined;
  /** Variables from group_vars/ and host_vars/ of a host, strongest first; asked with `use_vars_plugins`. */
  readonly filesOf: (host: HostNode) => readonly Layer[];
}

const KEYS = [
  ...['plugin', 'strict', 'compose', 'groups', 'keyed_groups', 'leading_separator'],
  ...['use_vars_plugins', 'use_extra_vars', 'cache'],
];

/**
 * Ansible's `constructed` inventory: variables (`compose`) and groups (`groups`, `keyed_groups`) made of the variables
 * of the hosts that inventories before it named. Without `strict` what fails on a host is left out there.
 */
export function construct(data: InventoryData, tree: MapTree, options: ConstructOptions): void {
  for (const { key, keySource } of tree.entries) {
    if (KEYS.includes(key)) continue;
    options.errors.push(
      new OrchError('INVENTORY_INVALID', `Unknown key "${key}".${didYouMean(key, KEYS)}`, {
        source: keySource,
        hint: `Known here: ${KEYS.join(', ')}.`,
      }),
    );
  }
  const builder = new Builder(data, tree, options);
  for (const host of [...data.hosts.values()]) builder.host(host);
}

class Builder {
  readonly #data: InventoryData;
  readonly #tree: MapTree;
  readonly #options: ConstructOptions;
  readonly #strict: boolean;

  constructor(data: InventoryData, tree: MapTree, options: ConstructOptions) {
    this.#data = data;
    this.#tree = tree;
    this.#options = options;
    this.#strict = this.#is('strict');
  }

  #is(key: string, missing = false): boolean {
    const value = entry(this.#tree, key)?.value;
    return value?.kind === 'scalar' ? value.value === true : missing;
  }

  #entries(key: string): readonly Entry[] {
    const value = entry(this.#tree, key)?.value;
    return value?.kind === 'map' ? value.entries : [];
  }

  host(host: HostNode): void {
    const composed = new Map<string, Given>();
    const scope = this.#scope(host);
    for (const { key, value } of this.#entries('compose')) {
      const made = this.#evaluate(scope, value, `"${key}" of host ${host.name}`);
      if (made !== undefined) composed.set(key, { value: made });
    }
    if (composed.size > 0) {
      host.layers.unshift({ name: `compose (${this.#tree.source.file})`, vars: composed });
    }
    // Asked again: what was composed counts from here on.
    const full = this.#scope(host);
    for (const { key, keySource, value } of this.#entries('groups')) {
      const name = safeName(key);
      const what = `group "${name}" of host ${host.name}`;
      if (this.#evaluate(full, value, what, true) === true) {
        this.#data.addGroup(name, keySource);
        this.#data.addChild(name, host.name, keySource);
      }
    }
    const keyed = entry(this.#tree, 'keyed_groups')?.value;
    for (const item of keyed?.kind === 'list' ? keyed.items : []) this.#keyed(host, full, item);
  }

  #scope(host: HostNode): Scope {
    const groups = ranked(host.groups);
    const { evaluator, extraVars, filesOf } = this.#options;
    const magic = new Map<string, Given>([
      ['inventory_hostname', { value: host.name }],
      ['inventory_hostname_short', { value: shortName(host.name) }],
      [
        'group_names',
        { value: groups.flatMap(({ name }) => (name === 'all' ? [] : [name])).sort() },
      ],
    ]);
    return evaluator.scope([
      ...(extraVars && this.#is('use_extra_vars') ? [extraVars] : []),
      { name: 'magic variables', vars: magic },
      ...(this.#is('use_vars_plugins') ? filesOf(host) : []),
      ...host.layers,
      ...groups.flatMap(({ layers }) => layers),
    ]);
  }

  /** The value of an expression; nothing where it fails, which `strict` makes an error. */
  #evaluate(scope: Scope, tree: Tree, what: string, asCondition = false): Value | undefined {
    if (tree.kind !== 'scalar') return undefined;
    const text = String(tree.value);
    try {
      return scope.expression(asCondition ? `true if (${text}) else false` : text, tree);
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      if (this.#strict) {
        attempt(this.#options, tree.source, () => {
          throw new OrchError('INVENTORY_INVALID', `${what} cannot be made: ${error.message}`, {
            source: tree.source,
            hint: 'Without `strict: true` it is left out where it cannot be made.',
          });
        });
      }
      return undefined;
    }
  }

  #keyed(host: HostNode, scope: Scope, item: Tree): void {
    const key = entry(item, 'key');
    if (!key) {
      this.#fail('An item of keyed_groups needs a `key`.', item.source);
      return;
    }
    const value = this.#evaluate(scope, key.value, `a group of host ${host.name}`);
    const text = (name: string): string | undefined => {
      const found = entry(item, name)?.value;
      return found?.kind === 'scalar' && found.value !== null ? String(found.value) : undefined;
    };
    const missing = text('default_value');
    if (value === undefined || (isEmpty(value) && !(value === '' && missing !== undefined))) {
      if (value !== undefined && this.#strict && (value === '' || value === null))
        this.#fail(`The key is empty on host ${host.name}.`, key.value.source);
      return;
    }
    const separator = text('separator') ?? '_';
    const names = keyNames(value, separator, missing, text('trailing_separator') !== 'false');
    if (!names) {
      this.#fail(
        `The key of host ${host.name} is neither a text nor a list nor a map.`,
        key.value.source,
      );
      return;
    }
    const prefix = text('prefix') ?? '';
    const joint = prefix === '' && !this.#is('leading_separator', true) ? '' : separator;
    const parent = this.#parent(scope, entry(item, 'parent_group')?.value);
    for (const name of names) {
      const group = safeName(`${prefix}${joint}${name}`);
      this.#data.addHost(host.name, host.source, this.#data.addGroup(group, item.source).name);
      if (parent === undefined) continue;
      this.#data.addGroup(parent, item.source);
      this.#data.addChild(parent, group, item.source);
    }
  }

  #parent(scope: Scope, tree: Tree | undefined): string | undefined {
    const value = tree && attempt(this.#options, tree.source, () => scope.resolve(tree));
    return typeof value === 'string' && value !== '' ? safeName(value) : undefined;
  }

  #fail(message: string, source: Source): void {
    this.#options.errors.push(new OrchError('INVENTORY_INVALID', message, { source }));
  }
}

const isEmpty = (value: Value): boolean =>
  value === '' ||
  value === null ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.keys(value).length === 0);

/** What a key says groups are called, apart from the prefix. */
function keyNames(
  value: Value,
  separator: string,
  missing: string | undefined,
  trailing: boolean,
): readonly string[] | undefined {
  const name = (one: Value): string => (one === '' && missing !== undefined ? missing : shown(one));
  if (typeof value === 'string' || typeof value === 'number') return [name(value)];
  if (Array.isArray(value)) return (value as readonly Value[]).map(name);
  if (!isMap(value)) return undefined;
  return Object.entries(value).map(([key, inner]) =>
    inner === '' && missing === undefined && !trailing ? key : `${key}${separator}${name(inner)}`,
  );
}

const shown = (value: Value): string =>
  value === null
    ? 'None'
    : typeof value === 'boolean'
      ? value
        ? 'True'
        : 'False'
      : typeof value === 'string' || typeof value === 'number'
        ? String(value)
        : JSON.stringify(value);

/** A name every group may have: what is no letter, digit or underscore becomes one. */
const safeName = (name: string): string => name.replace(/^[^\p{L}_]|[^\p{L}\p{N}_]/gu, '_');
