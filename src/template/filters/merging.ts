import { failure } from '../faults.ts';
import { firstOf, lastOf, within, type Net } from '../net.ts';

/** The fewest networks that hold the same addresses, IPv4 first, in order. */
export function merged(nets: readonly Net[]): readonly Net[] {
  const sorted = nets
    .map((net) => ({ ...net, ip: firstOf(net) }))
    .sort(
      (a, b) => a.version - b.version || (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.prefix - b.prefix),
    );
  const out: Net[] = [];
  for (const net of sorted) {
    const last = out.at(-1);
    if (last && within(net, last)) continue;
    out.push(net);
    while (joins(out.at(-2), out.at(-1))) {
      out.pop();
      const lower = out.pop();
      if (lower) out.push({ ...lower, prefix: lower.prefix - 1 });
    }
  }
  return out;
}

/** Whether two networks are the halves of one. */
function joins(a: Net | undefined, b: Net | undefined): boolean {
  if (!a || !b || a.version !== b.version || a.prefix !== b.prefix || a.prefix === 0) return false;
  return firstOf({ ...a, prefix: a.prefix - 1 }) === a.ip && lastOf(a) + 1n === b.ip;
}

/** The smallest network that holds all of some. */
export function spanning(nets: readonly Net[]): Net {
  const [first, ...rest] = nets;
  if (!first) throw failure('There are no networks to span.');
  if (rest.some((net) => net.version !== first.version)) {
    throw failure('IPv4 and IPv6 have no network in common.');
  }
  const low = rest.reduce((ip, net) => (firstOf(net) < ip ? firstOf(net) : ip), firstOf(first));
  const high = rest.reduce((ip, net) => (lastOf(net) > ip ? lastOf(net) : ip), lastOf(first));
  let prefix = first.bits;
  const net = (length: number): Net => ({ ...first, ip: low, prefix: length });
  while (prefix > 0 && lastOf(net(prefix)) < high) prefix--;
  return { ...net(prefix), ip: firstOf(net(prefix)) };
}
