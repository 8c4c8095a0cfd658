import { dirname, normalize } from 'node:path';
import type { Source } from '../lib/source.ts';
import { OrchError } from '../lib/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { Play, VarsFile } from '../model/play.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import { opened, type Value } from '../model/value.ts';
import type { RunInput } from './input.ts';
import type { KeptMaps } from './kept.ts';

/** Layers by the map they hold: the same for every host and task. */
const layers = new WeakMap<MapTree, Layer>();

/** The variables of a map as a layer. */
export function treeLayer(name: string, tree: MapTree): Layer {
  const known = layers.get(tree);
  if (known) return known;
  const vars = new Map(tree.entries.map((e): [string, Given] => [e.key, { tree: e.value }]));
  const layer: Layer = { name, vars };
  layers.set(tree, layer);
  return layer;
}

/** Finished values where variables are written as a tree. */
export function valueTree(
  name: string,
  values: Readonly<Record<string, Value>>,
  source: Source,
): MapTree {
  const tree: MapTree = { kind: 'map', entries: [], source };
  const vars = new Map(
    Object.entries(values).map(([key, value]): [string, Given] => [key, { value }]),
  );
  layers.set(tree, { name, vars });
  return tree;
}

/** vars_files, the last one strongest; a name that holds a template is resolved and read now. */
export function filesOf(
  input: RunInput,
  play: Play,
  others: () => readonly Layer[],
): readonly Layer[] {
  return play.varsFiles
    .map((file) => {
      const tree = file.vars ?? firstOf(input, file, input.evaluator.scope(others()));
      return treeLayer(`vars_files ${String(file.name.value)}`, tree);
    })
    .reverse();
}

/** The first of several files that exists; names that read what is undefined are none of them. */
function firstOf(input: RunInput, { name, others = [] }: VarsFile, scope: Scope): MapTree {
  let last: OrchError | undefined;
  for (const choice of [name, ...others]) {
    try {
      return input.readVars(fileName(opened(scope.resolve(choice))), choice);
    } catch (error) {
      const passes =
        error instanceof OrchError &&
        (error.code === 'FILE_NOT_FOUND' || error.code === 'VARIABLE_UNDEFINED');
      if (!passes || others.length === 0) throw error;
      last = error;
    }
  }
  throw last ?? new OrchError('INTERNAL', 'there is no name of a vars file');
}

const fileName = (value: Value): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const inPlays = new WeakMap<readonly Layer[], Map<string, readonly Layer[]>>();

/** What the inventory says of a host, as plays of one playbook see it: with the files beside that playbook alone. */
export function hostLayers({ layers: all }: Host, { source }: Play): readonly Layer[] {
  let known = inPlays.get(all);
  if (!known) inPlays.set(all, (known = new Map<string, readonly Layer[]>()));
  const found = known.get(source.file);
  if (found) return found;
  const dir = normalize(dirname(source.file));
  const made = all.some(({ beside }) => beside !== undefined)
    ? all.filter(({ beside }) => beside === undefined || beside === dir)
    : all;
  known.set(source.file, made);
  return made;
}

interface InputLayers {
  readonly typed: Layer;
  readonly defaults: Layer;
}

const ofInputs = new WeakMap<Play, { readonly extra: Layer; readonly made: InputLayers }>();

/** What the inputs of a play add above -e and below everything: the same for every host and task. */
export function inputLayers(play: Play, extra: Layer): InputLayers {
  const known = ofInputs.get(play);
  if (known?.extra === extra) return known.made;
  const defaults = { name: 'defaults of the inputs', vars: inputDefaults(play) };
  const made = { typed: typedInputs(play, extra), defaults };
  ofInputs.set(play, { extra, made });
  return made;
}

/** `-e open=false` is a text; where the play declares the input as something else, it is read as that. */
function typedInputs(play: Play, { name, vars }: Layer): Layer {
  const typed = new Map<string, Given>();
  for (const { name: key, type } of play.inputs) {
    const given = vars.get(key);
    const text =
      given &&
      ('tree' in given ? scalarOf(given.tree) : 'value' in given ? given.value : undefined);
    const value = typeof text === 'string' ? READ[type](text) : undefined;
    if (value !== undefined) typed.set(key, { value });
  }
  return { name: `${name}, as the inputs want it`, vars: typed };
}

const scalarOf = (tree: Tree): Value | undefined =>
  tree.kind === 'scalar' ? tree.value : undefined;

const READ: Readonly<Record<Play['inputs'][number]['type'], (text: string) => Value | undefined>> =
  {
    string: () => undefined,
    boolean: (text) =>
      /^(true|yes|on|1)$/i.test(text) ? true : /^(false|no|off|0)$/i.test(text) ? false : undefined,
    integer: (text) => (/^-?\d+$/.test(text) ? Number(text) : undefined),
    number: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
    list: (text) =>
      text.includes('{{') || text.startsWith('[')
        ? undefined
        : text.split(',').map((word) => word.trim()),
    map: () => undefined,
  };

const inputDefaults = (play: Play): ReadonlyMap<string, Given> =>
  new Map(
    play.inputs.flatMap((i): [string, Given][] =>
      i.default ? [[i.name, { tree: i.default }]] : [],
    ),
  );

const KEPT = {
  facts: 'facts',
  included: 'include_vars',
  registered: 'registered and set_fact',
} as const;

/** What a host was given on the way, as layers; empty ones left out, but for one that a loop may yet fill. */
export const keptLayers = (kept: KeptMaps, kinds: readonly (keyof KeptMaps)[]): readonly Layer[] =>
  kinds.flatMap((kind) =>
    kept[kind].size > 0 || kind === 'registered' ? [{ name: KEPT[kind], vars: kept[kind] }] : [],
  );
