/**
 * A second opinion on a host's firewall: reads what firewall-cmd prints for people, and shares no code with what is
 * tested. Knows the output of firewalld 0.9.3, 1.3.3 and 2.3.1 (test/fixtures/firewall-cmd).
 */

/** Zone settings by the keys of `firewall-cmd --list-all` ("ports", "rich rules", "target"...); a value is a sorted set. */
export type Zone = Readonly<Record<string, readonly string[]>>;

/** One layer: its zones by name. */
export type Zones = Readonly<Record<string, Zone>>;

/** A host's firewall as firewall-cmd tells it. */
export interface Firewall {
  readonly defaultZone: string;
  readonly runtime: Zones;
  readonly permanent: Zones;
}

const SPLIT = '--- next ---';

/** Shell that prints what `parseFirewall` reads. */
export const READ_FIREWALL = `firewall-cmd --get-default-zone
echo '${SPLIT}'; firewall-cmd --list-all-zones
echo '${SPLIT}'; firewall-cmd --permanent --list-all-zones`;

/** Reads the output of READ_FIREWALL; throws on text it does not know. */
export function parseFirewall(text: string): Firewall {
  const [defaultZone, runtime, permanent, ...rest] = text.split(`${SPLIT}\n`);
  if (defaultZone === undefined || runtime === undefined || permanent === undefined || rest.length)
    throw new Error(`not a firewall reading: ${text.slice(0, 200)}`);
  return {
    defaultZone: defaultZone.trim(),
    runtime: parseZones(runtime),
    permanent: parseZones(permanent),
  };
}

/** Keys whose items hold blanks: one item a line. */
const LINES = new Set(['rich rules', 'forward-ports']);

/** Reads the output of `firewall-cmd --list-all-zones`; throws on a line it does not know. */
export function parseZones(text: string): Zones {
  const zones: Record<string, Record<string, string[]>> = {};
  let zone: Record<string, string[]> | undefined;
  let items: string[] | undefined;
  for (const line of text.split('\n')) {
    const head = /^(\S+)( \([a-z, ]+\))?$/.exec(line)?.[1];
    const [, key, value] = /^ {2}([a-z][a-z -]*): ?(.*)$/.exec(line) ?? [];
    const item = /^\t(.+)$/.exec(line)?.[1];
    if (head !== undefined) zones[head] = zone = {};
    else if (zone && key !== undefined && value !== undefined) {
      const words = LINES.has(key) ? [value.trim()] : value.split(' ');
      zone[key] = items = words.filter((word) => word !== '');
    } else if (items && item !== undefined) items.push(item.trim());
    else if (line.trim() !== '')
      throw new Error(`firewall-cmd prints a line I do not know: ${line}`);
  }
  for (const settings of Object.values(zones))
    for (const set of Object.values(settings)) set.sort();
  return zones;
}

/**
 * The differences of two readings, one sentence each; empty when they mean the same. Zones and settings are
 * compared as sets, ports by number, so 1-5/tcp equals 1-3/tcp with 4-5/tcp.
 */
export function compareFirewalls(left: Firewall, right: Firewall): string[] {
  const found: string[] = [];
  if (left.defaultZone !== right.defaultZone)
    found.push(`default zone: ${left.defaultZone} -> ${right.defaultZone}`);
  for (const layer of ['runtime', 'permanent'] as const)
    found.push(...compareZones(left[layer], right[layer]).map((text) => `${layer}: ${text}`));
  return found;
}

/** The differences of one layer with another, one sentence each. */
export function compareZones(left: Zones, right: Zones): string[] {
  return union(left, right).flatMap((name) => {
    const [a, b] = [left[name], right[name]];
    if (!a || !b) return [`${name}: ${a ? 'is gone' : 'is new'}`];
    return union(a, b).flatMap((key) => {
      const [before, after] = [normal(key, a[key]), normal(key, b[key])];
      const gone = before.filter((item) => !after.includes(item)).map((item) => `-${item}`);
      const added = after.filter((item) => !before.includes(item)).map((item) => `+${item}`);
      return gone.length + added.length ? [`${name} ${key}: ${[...gone, ...added].join(' ')}`] : [];
    });
  });
}

const union = (a: object, b: object): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();

function normal(key: string, items: readonly string[] = []): readonly string[] {
  return key === 'ports' || key === 'source-ports' ? joinRanges(items) : items;
}

/** Ports as the fewest ranges that cover the same numbers. */
function joinRanges(ports: readonly string[]): string[] {
  const ranges = ports
    .map((port) => {
      const [, from = '', to = from, protocol = ''] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(port) ?? [];
      if (from === '') throw new Error(`not a port: ${port}`);
      return { protocol, from: Number(from), to: Number(to) };
    })
    .sort((a, b) => a.protocol.localeCompare(b.protocol) || a.from - b.from);
  const joined: typeof ranges = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.protocol === range.protocol && range.from <= last.to + 1)
      last.to = Math.max(last.to, range.to);
    else joined.push(range);
  }
  return joined.map(
    ({ protocol, from, to }) => `${from === to ? from : `${from}-${to}`}/${protocol}`,
  );
}
