import { posix, win32 } from 'node:path';
import { iterate, type Filter, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { paths } from '../tests/files.ts';
import { isText, Tuple, type Val } from '../values.ts';

function splitExtension(path: string): readonly [string, string] {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  const lead = /^\.*/.exec(base)?.[0].length ?? 0;
  if (dot < lead || dot <= 0) return [path, ''];
  const cut = path.length - base.length + dot;
  return [path.slice(0, cut), path.slice(cut)];
}

function joinPaths(parts: readonly string[]): string {
  let path = '';
  for (const part of parts) {
    if (part.startsWith('/') || path === '') path = part;
    else path += path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}

function directory(path: string): string {
  const cut = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(cut) ? cut : cut.replace(/\/+$/, '');
}

/** The home directory in place of `~` or `~user`; a user nobody knows stays as written. */
function expandUser(path: string, runtime: Runtime): string {
  const user = /^~([^/]*)/.exec(path);
  if (!user) return path;
  const home = paths(runtime).home(user[1] ?? '');
  return home === undefined ? path : home.replace(/\/$/, '') + path.slice(user[0].length);
}

/** Variables of the environment in place of `$NAME` and `${NAME}`; unknown ones stay as written. */
const expandVars = (path: string, runtime: Runtime): string =>
  path.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (whole, bare?: string, braced?: string) => paths(runtime).env(bare ?? braced ?? '') ?? whole,
  );

/** A Windows path without and with its drive or share. */
function splitDrive(path: string): Val {
  const found = /^(?:[A-Za-z]:|[\\/]{2}[^\\/]+[\\/][^\\/]+)/.exec(path)?.[0] ?? '';
  return Tuple.of2(found, path.slice(found.length));
}

const simple = (run: (path: string, runtime: Runtime) => Val): Filter => ({
  params: [],
  run: (value, _given, runtime) => run(text(value), runtime),
});

/** Filters on paths. Most look at the text only; `realpath`, `fileglob` and those that expand ask this machine. */
export const PATHS: Readonly<Record<string, Filter>> = {
  basename: simple((path) => path.slice(path.lastIndexOf('/') + 1)),
  dirname: simple(directory),
  splitext: simple((path) => Tuple.make(splitExtension(path))),
  path_join: {
    params: [],
    run: (value) => joinPaths(isText(value) ? [text(value)] : iterate(value).map(text)),
  },
  relpath: {
    params: ['start'],
    run: (value, given) =>
      posix.relative(posix.join('/', given.text('start')), posix.join('/', text(value))) || '.',
  },
  normpath: simple((path) => posix.normalize(path).replace(/(?<=.)\/$/, '')),
  realpath: simple((path, runtime) => paths(runtime).real(path)),
  expanduser: simple(expandUser),
  expandvars: simple(expandVars),
  fileglob: simple((pattern, runtime) =>
    paths(runtime)
      .glob(pattern)
      .filter((path) => paths(runtime).kind(path, true) === 'file'),
  ),
  win_basename: simple((path) =>
    path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), path.indexOf(':')) + 1),
  ),
  win_dirname: simple((path) => {
    const folder = win32.dirname(path);
    return folder === '.' && !path.startsWith('.') ? '' : folder;
  }),
  win_splitdrive: simple(splitDrive),
};
