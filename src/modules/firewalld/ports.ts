import { oncePer, oncePerText } from '../../lib/once.ts';

/** A range of ports of one protocol; both ends belong to it, and are equal for a single port. */
export interface Port {
  readonly low: number;
  readonly high: number;
  readonly proto: Proto;
}

/** The protocols that have ports in firewalld. */
export type Proto = 'tcp' | 'udp' | 'sctp' | 'dccp';

/** Why a text is no port, and what to write instead. */
export interface PortFault {
  readonly message: string;
  readonly hint: string;
}

const PROTOS: readonly string[] = ['tcp', 'udp', 'sctp', 'dccp'] satisfies Proto[];
const isProto = (text: string): text is Proto => PROTOS.includes(text);

/** Numbers of the names people write where firewall-cmd would silently look them up. */
const KNOWN: ReadonlyMap<string, number> = new Map([
  ['ssh', 22],
  ['domain', 53],
  ['dns', 53],
  ['http', 80],
  ['ntp', 123],
  ['snmp', 161],
  ['https', 443],
  ['nfs', 2049],
  ['mysql', 3306],
  ['postgresql', 5432],
  ['redis', 6379],
  ['kubelet', 10250],
]);

/** Reads `N/proto` or `A-B/proto`; stricter than firewall-cmd, which swaps, looks up and lets 0 pass. */
export const parsePort: (text: string) => Port | PortFault = oncePerText(parsed, 4096);

function parsed(text: string): Port | PortFault {
  const [range = '', proto, ...rest] = text.split('/');
  if (text.trim() === '') return fault('an empty text is no port', NO_PORT);
  if (proto === undefined || proto === '') {
    return fault(`"${text}" has no protocol`, `write ${range}/tcp or ${range}/udp`);
  }
  if (rest.length > 0) return fault(`"${text}" is no port`, NO_PORT);
  const lower = proto.toLowerCase();
  if (!isProto(lower)) {
    return fault(
      `"${text}": ${proto} has no ports`,
      `the protocols with ports are ${PROTOS.join(', ')}`,
    );
  }
  if (/^\d+:\d+$/.test(range)) {
    return fault(
      `"${text}" separates its range with a colon`,
      `write ${range.replace(':', '-')}/${lower}`,
    );
  }
  const [, a, b] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  if (a === undefined && !/^[a-z]/i.test(range)) return fault(`"${text}" is no port`, NO_PORT);
  if (a === undefined) return named(text, range, lower);
  return checked(text, Number(a), Number(b ?? a), lower);
}

function named(text: string, range: string, proto: Proto): PortFault {
  const number = KNOWN.get(range.toLowerCase());
  return fault(
    `"${text}" names a port instead of numbering it`,
    number === undefined
      ? `write its number, such as 443/${proto}, or put the name under services:`
      : `write ${number}/${proto}`,
  );
}

function checked(text: string, low: number, high: number, proto: Proto): Port | PortFault {
  if (low > 65535 || high > 65535) {
    return fault(
      `"${text}": ${Math.max(low, high)} is above 65535`,
      'ports are numbers from 1 to 65535',
    );
  }
  if (low === 0 || high === 0) {
    return fault(`"${text}": 0 is not a port`, 'ports are numbers from 1 to 65535');
  }
  if (low > high) {
    return fault(`"${text}" runs backwards`, `write ${high}-${low}/${proto}`);
  }
  return { low, high, proto };
}

const NO_PORT = 'write 443/tcp or 2379-2380/tcp';
const fault = (message: string, hint: string): PortFault => ({ message, hint });

/** Whether parsing failed. */
export const isFault = (port: object): port is PortFault => 'message' in port;

/** As firewalld writes it: `443/tcp`, `2379-2380/tcp`. */
export const formatPort = ({ low, high, proto }: Port): string =>
  `${low === high ? low : `${low}-${high}`}/${proto}`;

/** By code points: localeCompare loads ICU's tables, which takes longer than all the rest. */
const byProto = (a: Port, b: Port): number => (a.proto < b.proto ? -1 : a.proto > b.proto ? 1 : 0);

/** Lowest first, for people; the state keeps plain text order. */
export const byNumber = (a: Port, b: Port): number =>
  a.low - b.low || a.high - b.high || (a.proto < b.proto ? -1 : a.proto > b.proto ? 1 : 0);

/** The ports of a list as hosts show it; what orch would not write itself (a name, a bare number) is left out. */
export const readPorts: (texts: readonly string[]) => readonly Port[] = oncePer((texts) =>
  texts.flatMap((text) => {
    const port = parsePort(text);
    return isFault(port) ? [] : [port];
  }),
);

/** A list as the state holds it: firewalld's spelling, each once, in plain text order. */
export const writePorts = (ports: readonly Port[]): string[] =>
  [...new Set(ports.map(formatPort))].sort();

/** Edits a list of the state; unreadable entries stay, and without a difference the list stays as it was written. */
export function editPorts(
  texts: readonly string[],
  edit: (ports: readonly Port[]) => readonly Port[],
): readonly string[] {
  const before = readPorts(texts);
  const after = writePorts(edit(before));
  if (after.join() === writePorts(before).join()) return texts;
  const odd = texts.filter((text) => isFault(parsePort(text)));
  return [...new Set([...odd, ...after])].sort();
}

/** For people: numeric order, separated by commas. */
export const showPorts = (ports: readonly Port[]): string =>
  [...ports].sort(byNumber).map(formatPort).join(', ');

const overlaps = (a: Port, b: Port): boolean =>
  a.proto === b.proto && a.low <= b.high && b.low <= a.high;

/** Merges what shares a port, as firewalld >= 0.9 does; ranges that only touch (400-600, 601) stay two. */
export function coalesce(ports: readonly Port[]): Port[] {
  const merged: Port[] = [];
  for (const port of [...ports].sort((a, b) => byProto(a, b) || byNumber(a, b))) {
    const last = merged.at(-1);
    if (last && overlaps(last, port)) {
      merged[merged.length - 1] = { ...last, high: Math.max(last.high, port.high) };
    } else {
      merged.push(port);
    }
  }
  return merged.sort(byNumber);
}

/** What of `ports` is in none of `taken`. */
export function subtract(ports: readonly Port[], taken: readonly Port[]): Port[] {
  let left = [...ports];
  for (const cut of taken) {
    if (!left.some((port) => overlaps(port, cut))) continue;
    left = left.flatMap((port) => {
      if (!overlaps(port, cut)) return [port];
      const below = { ...port, high: cut.low - 1 };
      const above = { ...port, low: cut.high + 1 };
      return [below, above].filter(({ low, high }) => low <= high);
    });
  }
  return left;
}

/** What of `ports` is also in `others`. */
export const intersect = (ports: readonly Port[], others: readonly Port[]): Port[] =>
  coalesce(
    ports.flatMap((port) =>
      others
        .filter((other) => overlaps(port, other))
        .map((other) => ({
          proto: port.proto,
          low: Math.max(port.low, other.low),
          high: Math.min(port.high, other.high),
        })),
    ),
  );

/** Whether every port of `want` is in the union of `list`. */
export const covered = (want: readonly Port[], list: readonly Port[]): boolean =>
  want.every(({ proto, low, high }) =>
    union(list).some((port) => port.proto === proto && port.low <= low && high <= port.high),
  );

/** The fewest ranges that hold the same ports: those that touch are one. */
const union: (list: readonly Port[]) => readonly Port[] = oncePer((list) => {
  const merged: Port[] = [];
  for (const port of [...list].sort((a, b) => byProto(a, b) || byNumber(a, b))) {
    const last = merged.at(-1);
    if (last?.proto === port.proto && port.low <= last.high + 1) {
      merged[merged.length - 1] = { ...last, high: Math.max(last.high, port.high) };
    } else {
      merged.push(port);
    }
  }
  return merged;
});

/** The list with `want` added; untouched when its union holds all of it. */
export function open(list: readonly Port[], want: readonly Port[]): Port[] {
  const missing = want.filter((port) => !covered([port], list));
  return missing.length === 0 ? [...list] : coalesce([...list, ...missing]);
}

/** What closing does to a list. */
export interface Closed {
  readonly list: readonly Port[];
  /** Listed ranges that lose only a part: they may only be cut when asked for (`split`). */
  readonly cut: readonly Port[];
}

/** The list without `want`; untouched when none of it is listed. */
export function close(list: readonly Port[], want: readonly Port[]): Closed {
  const hit = list.filter((port) => want.some((other) => overlaps(port, other)));
  if (hit.length === 0) return { list: [...list], cut: [] };
  return {
    list: coalesce(subtract(list, want)),
    cut: hit.filter((port) => !covered([port], want)),
  };
}

/** The list with nothing outside `want`: ranges that reach beyond are cut to it. */
export const within = (list: readonly Port[], want: readonly Port[]): Port[] =>
  list.every((port) => covered([port], want))
    ? [...list]
    : coalesce(list.flatMap((port) => (covered([port], want) ? [port] : intersect([port], want))));
