import { canonical } from '../model/lenient.ts';
import type { ParamsSchema } from '../model/module.ts';
import type { Entry, MapTree } from '../model/tree.ts';

/** Arguments under the one name each has in orch: Ansible knows some by several (`dest`, `name` for `path`). */
export function renamed(schema: ParamsSchema, args: MapTree): MapTree {
  if (args.entries.every(({ key }) => canonical(schema, key) === key)) return args;
  const entries = new Map<string, Entry>();
  for (const one of args.entries) {
    const key = canonical(schema, one.key);
    entries.set(key, { ...one, key });
  }
  return { ...args, entries: [...entries.values()] };
}
