import { failure } from '../faults.ts';
import type { Paths, Runtime, Test } from '../runtime.ts';
import { text } from '../text.ts';

/** A test of a path of this machine, the one that runs the playbook. */
const asks = (holds: (paths: Paths, path: string) => boolean): Test => ({
  params: [],
  holds: (value, _given, runtime) => holds(paths(runtime), text(value)),
});

/** What may be asked about files; raises where a template is to see none. */
export function paths(runtime: Runtime): Paths {
  const found = runtime.ports.paths;
  if (!found) throw failure('Templates cannot look at files here.');
  return found;
}

const directory = asks((of, path) => of.kind(path, true) === 'directory');
const file = asks((of, path) => of.kind(path, true) === 'file');
const link = asks((of, path) => of.kind(path, false) === 'link');
const mount = asks((of, path) => of.mount(path));
const same: Test = {
  params: ['other'],
  holds: (value, given, runtime) => paths(runtime).same(text(value), given.text('other')),
};

/** Tests of files on this machine, and of paths. */
export const FILES: Readonly<Record<string, Test>> = {
  directory,
  is_dir: directory,
  file,
  is_file: file,
  link,
  is_link: link,
  mount,
  is_mount: mount,
  exists: asks((of, path) => of.kind(path, true) !== undefined),
  link_exists: asks((of, path) => of.kind(path, false) !== undefined),
  same_file: same,
  is_same_file: same,
  abs: { params: [], holds: (value) => text(value).startsWith('/') },
  is_abs: { params: [], holds: (value) => text(value).startsWith('/') },
};
