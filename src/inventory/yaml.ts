import { OrchError, OrchErrors } from '../lib/errors.ts';
import { validators } from '../load/generated/validators.js';
import { problemsOf } from '../load/problems.ts';
import { kindOfValue } from '../load/schema/words.ts';
import { plain, sourceAt, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import type { Value } from '../model/value.ts';
import { expandHosts } from './ranges.ts';
import type { Statement } from './statement.ts';

/** Reads a YAML or JSON inventory. Throws OrchErrors with everything that is wrong with its shape. */
export function parseYamlInventory(file: string, tree: Tree | undefined): readonly Statement[] {
  const start = { file, line: 1, column: 1 };
  if (!tree) {
    throw new OrchError('FILE_EMPTY', `The inventory ${file} is empty.`, {
      source: start,
      hint: 'Write `all: {hosts: {node1: {ansible_host: 10.0.0.1}}}`; see inventories/ for examples.',
    });
  }
  if (tree.kind !== 'map') {
    const is = tree.kind === 'list' ? 'a list' : kindOfValue(tree.value);
    throw new OrchError(
      'INVENTORY_INVALID',
      `An inventory must be a map of groups; this is ${is}.`,
      {
        source: tree.source,
        hint: 'Write a group with a colon, `servers:`, and `hosts:` below it; a comma list is given as -i host1,host2.',
      },
    );
  }
  check(tree);
  const said: Statement[] = [];
  for (const one of tree.entries) readGroup(one, said);
  return said;
}

function check(tree: MapTree): void {
  const validate = validators['inventory'];
  // Variables may be anything: only the shape of groups is looked at.
  if (
    !validate ||
    validate(Object.fromEntries(tree.entries.map(({ key, value }) => [key, shape(value)])))
  )
    return;
  const problems = problemsOf(validate.errors ?? [], { thing: 'key', whole: 'the inventory' });
  const errors = problems.map(
    ({ pointer, message, hint, key }) =>
      new OrchError('INVENTORY_INVALID', message, { source: sourceAt(tree, pointer, key), hint }),
  );
  throw new OrchErrors(errors);
}

/** A group with one word for a map written out: `hosts: web1` is `hosts: {web1: }`. */
function shape(group: Tree): Value {
  if (group.kind !== 'map') return plain(group);
  const parts = group.entries.map(({ key, value }): [string, Value] => {
    if (key !== 'hosts' && key !== 'children') return [key, plain(value)];
    const word =
      value.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
    if (word !== undefined) return [key, { [word]: null }];
    if (key === 'hosts' || value.kind !== 'map') return [key, plain(value)];
    return [key, Object.fromEntries(value.entries.map((one) => [one.key, shape(one.value)]))];
  });
  return Object.fromEntries(parts);
}

function readGroup({ key: name, keySource: source, value: tree }: Entry, into: Statement[]): void {
  into.push({ kind: 'group', name, source });
  // The parts are read in the order they were written: it decides the order of hosts.
  for (const { key, value } of tree.kind === 'map' ? tree.entries : []) {
    const parts = entriesOf(value);
    if (key === 'vars') into.push({ kind: 'vars', group: name, vars: parts, source });
    for (const part of key === 'children' ? parts : []) {
      readGroup(part, into);
      into.push({ kind: 'child', parent: name, name: part.key, source: part.keySource });
    }
    for (const part of key === 'hosts' ? parts : []) {
      const { names, port } = expandHosts(part.key, part.keySource);
      into.push({
        ...{ kind: 'hosts', group: name, written: part.key, names, source: part.keySource },
        vars: part.value.kind === 'map' ? part.value.entries : [],
        ...(port === undefined ? {} : { port }),
      });
    }
  }
}

/** The entries of a map; one word stands for a map with nothing below it. */
function entriesOf(tree: Tree): readonly Entry[] {
  if (tree.kind === 'map') return tree.entries;
  if (tree.kind === 'list' || typeof tree.value !== 'string') return [];
  const nothing = { kind: 'scalar' as const, value: null, source: tree.source };
  return [{ key: tree.value, keySource: tree.source, value: nothing }];
}
