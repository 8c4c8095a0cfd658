import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Value } from '../model/value.ts';

/** Cuts hosts into batches as `serial` says: a number, a percentage, or a list whose last entry repeats. */
export function batches<T>(
  hosts: readonly T[],
  serial: Value | undefined,
  source: Source | undefined,
): readonly (readonly T[])[] {
  if (serial === undefined || serial === null || hosts.length === 0)
    return hosts.length === 0 ? [] : [hosts];
  const sizes = (Array.isArray(serial) ? (serial as readonly Value[]) : [serial]).map((size) =>
    sizeOf(size, hosts.length, source),
  );
  if (sizes.length === 0) return [hosts];
  const out: (readonly T[])[] = [];
  let at = 0;
  for (let i = 0; at < hosts.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 0;
    const take = size <= 0 ? hosts.length - at : size;
    out.push(hosts.slice(at, at + take));
    at += take;
  }
  return out;
}

function sizeOf(size: Value, total: number, source: Source | undefined): number {
  if (typeof size === 'number' && Number.isInteger(size) && size >= 0) return size;
  const percent = typeof size === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(size)?.[1] : undefined;
  if (percent !== undefined) return Math.max(1, Math.floor((Number(percent) / 100) * total));
  if (typeof size === 'string' && /^\d+$/.test(size)) return Number(size);
  throw new OrchError(
    'PLAYBOOK_INVALID',
    `serial must be a number of hosts, a percentage such as 30%, or a list of these, is ${JSON.stringify(size)}`,
    { source },
  );
}
