import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Files } from '../model/files.ts';

/** Where the hosts of one `-i` are. */
export type Found =
  | { readonly kind: 'files'; readonly files: readonly string[]; readonly dir: string }
  | { readonly kind: 'hosts'; readonly names: readonly string[] };

const FOLDERS = ['inventories', 'inventory'];
const ENDINGS = ['.yml', '.yaml', '.json', '.ini', ''];
const VARS = ['group_vars', 'host_vars'];

/**
 * What `-i NAME` means, the first that there is: `host1,host2,` (anything with a comma); the path NAME, file
 * or directory; inventories/NAME.yml, .yaml, .json, .ini; inventories/NAME, file or directory; the same
 * in inventory/. Throws INVENTORY_NOT_FOUND, which lists what was looked for.
 */
export function findInventory(name: string, files: Files): Found {
  if (name.includes(',') && files.exists(name) === undefined) {
    const names = name
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    if (names.length > 0) return { kind: 'hosts', names };
    throw new OrchError('INVENTORY_NOT_FOUND', `-i ${name} names no host.`);
  }
  const tried = [
    name,
    ...FOLDERS.flatMap((folder) => ENDINGS.map((end) => join(folder, name + end))),
  ];
  for (const path of name === '' ? [] : tried) {
    const kind = files.exists(path);
    if (kind === 'file') return { kind: 'files', files: [path], dir: dirOf(path) };
    if (kind === 'directory') return { kind: 'files', files: filesOf(path, files), dir: path };
  }
  const there = FOLDERS.filter((folder) => files.exists(folder) === 'directory')
    .flatMap((folder) => files.list(folder))
    .filter((one) => !VARS.includes(one) && !/^policy\.ya?ml$/.test(one))
    .map((one) => one.replace(/\.(ya?ml|json|ini)$/, ''));
  const close = nearest(name, there);
  const looked = /\/|\.(ya?ml|json|ini)$/.test(name)
    ? `Looked for ${name} from the current directory, and below inventories/ and inventory/.`
    : `Looked for ./${name}, inventories/${name}.yml (.yaml, .json, .ini), inventories/${name}/ and the same in inventory/.`;
  throw new OrchError(
    'INVENTORY_NOT_FOUND',
    `There is no inventory "${name}".${close === undefined ? '' : ` Did you mean "${close}"?`}`,
    { hint: there.length > 0 ? `${looked} There are: ${[...new Set(there)].join(', ')}.` : looked },
  );
}

/** Names that are no inventories in a directory of them, as in Ansible; the policy beside them is none either. */
const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins|policy\.ya?ml)$|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)$|~$/;

/** Files of an inventory directory and of those below it, in the order of their names. */
function filesOf(dir: string, files: Files): readonly string[] {
  const found = below(dir, files);
  if (found.length > 0) return found;
  const ini = files.list(dir).filter((name) => name.endsWith('.ini'));
  throw new OrchError('INVENTORY_NOT_FOUND', `The inventory directory ${dir} holds no inventory.`, {
    hint:
      ini.length > 0
        ? `As in Ansible, .ini files in a directory are not read: call ${ini[0] ?? ''} by a name without an ending, or give it with -i.`
        : `Add ${join(dir, 'hosts.yml')}; group_vars/ and host_vars/ hold no hosts.`,
  });
}

function below(dir: string, files: Files): readonly string[] {
  return files
    .list(dir)
    .filter((name) => !IGNORED.test(name))
    .map((name) => join(dir, name))
    .flatMap((path) => (files.exists(path) === 'directory' ? below(path, files) : [path]));
}

const dirOf = (path: string): string => join(path, '..');
