import { join } from 'node:path';
import { attempt, type Loading } from '../load/loading.ts';
import { loadVarsFile } from '../load/vars-file.ts';
import type { Layer } from '../model/scope.ts';
import { layerOf } from './data.ts';

/** Layers by the name of the group or host they belong to, strongest first. */
export type Layers = ReadonlyMap<string, readonly Layer[]>;

type Ports = Pick<Loading, 'files' | 'errors'>;

/**
 * The variable files of a folder such as group_vars/ that belong to known names: of NAME, NAME.yml, NAME.yaml,
 * NAME.json the first there is, a directory with all files below it. Errors are collected.
 */
export function readVarsFolder(folder: string, known: Iterable<string>, ports: Ports): Layers {
  const layers = new Map<string, readonly Layer[]>();
  if (ports.files.exists(folder) !== 'directory') return layers;
  const there = new Set(ports.files.list(folder));
  for (const name of known) {
    const path = fileOf(folder, name, there, ports);
    if (path === undefined) continue;
    const found: Layer[] = [];
    for (const file of filesBelow(path, ports)) {
      const tree = attempt(ports, undefined, () => loadVarsFile(file, ports.files));
      if (tree) found.unshift(layerOf(file, tree.entries));
    }
    if (found.length > 0) layers.set(name, found);
  }
  return layers;
}

const ENDINGS = ['', '.yml', '.yaml', '.json'];

function fileOf(
  folder: string,
  name: string,
  there: ReadonlySet<string>,
  { files }: Ports,
): string | undefined {
  // A host may be called like a path, the directory of a chroot: that is no file of variables.
  if (name.startsWith('/')) return undefined;
  const [first = ''] = name.split('/');
  for (const end of ENDINGS) {
    const path = join(folder, name + end);
    if (name.includes('/') ? there.has(first) && files.exists(path) : there.has(name + end)) {
      return path;
    }
  }
  return undefined;
}

function filesBelow(path: string, ports: Ports): readonly string[] {
  const { files } = ports;
  if (files.exists(path) !== 'directory') return [path];
  return files
    .list(path)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .flatMap((name) => {
      const one = join(path, name);
      const dot = name.lastIndexOf('.');
      const ending = dot > 0 ? name.slice(dot) : '';
      if (files.exists(one) === 'directory') return ending === '' ? filesBelow(one, ports) : [];
      return ENDINGS.includes(ending) ? [one] : [];
    });
}
