import { OrchError } from '../lib/errors.ts';
import type { Files } from '../model/files.ts';

const FOLDER = 'inventories';

/**
 * The inventory when none is named: the only one in inventories/; none where there is none. Throws INVENTORY_NOT_FOUND
 * when there are several to choose from.
 */
export function defaultInventory(files: Files): readonly string[] {
  const found =
    files.exists(FOLDER) === 'directory'
      ? files.list(FOLDER).filter((name) => isInventory(files, name))
      : [];
  if (found.length <= 1) return found.map((name) => `${FOLDER}/${name}`);
  const names = found.map((name) => name.replace(/\.ya?ml$|\.ini$/, ''));
  throw new OrchError('INVENTORY_NOT_FOUND', 'no inventory was named', {
    hint: `Name one: ${names.map((name) => `-i ${name}`).join(', ')}.`,
  });
}

function isInventory(files: Files, name: string): boolean {
  if (name.startsWith('.') || name === 'group_vars' || name === 'host_vars') return false;
  if (/^policy\.ya?ml$/.test(name)) return false;
  return files.exists(`${FOLDER}/${name}`) === 'directory' || /\.(ya?ml|ini)$|^[^.]+$/.test(name);
}
