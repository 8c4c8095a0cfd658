import { emptySettings } from './zone-edit.ts';
import { BINDINGS, FLAGS, LISTS, type Binding, type ListKey, without } from './plan-diff.ts';
import { readPorts, subtract } from './ports.ts';
import type { ZoneSettings } from './state.ts';

/** One call of firewall-cmd or firewall-offline-cmd: options that do one kind of thing to one zone, and their inverse. */
export interface Call {
  readonly words: readonly string[];
  readonly undo: readonly string[];
  /** Calls of all zones are done by phase: zones made, gains, moves, losses, zones deleted. */
  readonly phase: 0 | 1 | 2 | 3 | 4;
}

/** A zone before and after; null where it is not. */
export interface Pair {
  readonly zone: string;
  readonly before: ZoneSettings | null;
  readonly after: ZoneSettings | null;
}

const OPTIONS: Readonly<Record<ListKey, string>> = {
  interfaces: 'interface',
  sources: 'source',
  services: 'service',
  ports: 'port',
  protocols: 'protocol',
  sourcePorts: 'source-port',
  forwardPorts: 'forward-port',
  icmpBlocks: 'icmp-block',
  richRules: 'rich-rule',
};

const FLAG_OPTIONS: Readonly<Record<(typeof FLAGS)[number], string>> = {
  forward: 'forward',
  masquerade: 'masquerade',
  icmpBlockInversion: 'icmp-block-inversion',
};

const EMPTY = emptySettings(false);

/** All calls for the zones of one configuration, in the order to do them. Running zones are neither made nor deleted. */
export function callsFor(pairs: readonly Pair[], config: 'runtime' | 'permanent'): readonly Call[] {
  const calls = pairs.flatMap((pair): readonly Call[] => {
    const { zone, before, after } = pair;
    if (before !== null && after !== null) return changes({ zone, before, after }, pairs);
    if (config === 'runtime' || before === after) return [];
    const make = [`--new-zone=${zone}`];
    const take = [`--delete-zone=${zone}`];
    if (after === null) return [{ words: take, undo: make, phase: 4 }];
    return [
      { words: make, undo: take, phase: 0 },
      ...changes({ zone, before: EMPTY, after }, pairs),
    ];
  });
  return calls.filter(({ words }) => words.length > 0).sort((a, b) => a.phase - b.phase);
}

interface Change {
  readonly zone: string;
  readonly before: ZoneSettings;
  readonly after: ZoneSettings;
}

function changes(change: Change, pairs: readonly Pair[]): readonly Call[] {
  const { zone, before, after } = change;
  const at = `--zone=${zone}`;
  const target: readonly Call[] =
    before.target === after.target
      ? []
      : [
          {
            words: [at, `--set-target=${after.target}`],
            undo: [at, `--set-target=${before.target}`],
            phase: 1,
          },
        ];
  return [
    ...LISTS.flatMap((key) => listCalls(change, key)),
    ...FLAGS.flatMap((key) => flagCalls(change, key)),
    ...target,
    ...BINDINGS.flatMap((key) => bindingCalls(change, key, pairs)),
  ];
}

function listCalls({ zone, before, after }: Change, key: ListKey): readonly Call[] {
  const add = without(after[key], before[key]);
  const remove = without(before[key], after[key]);
  // What overlaps something new goes first: after firewalld has merged the two, taking it away would cut a hole.
  const first = key === 'ports' ? remove.filter((item) => overlapsAny(item, add)) : [];
  const call = (verb: string, back: string, list: readonly string[], phase: 1 | 3): Call => ({
    words: options(zone, verb, key, list),
    undo: options(zone, back, key, list),
    phase,
  });
  return [
    call('remove', 'add', first, 1),
    call('add', 'remove', add, 1),
    call('remove', 'add', without(remove, first), 3),
  ];
}

const options = (
  zone: string,
  verb: string,
  key: ListKey,
  list: readonly string[],
): readonly string[] =>
  list.length === 0
    ? []
    : [`--zone=${zone}`, ...list.map((item) => `--${verb}-${OPTIONS[key]}=${item}`)];

function overlapsAny(item: string, list: readonly string[]): boolean {
  const ports = readPorts([item]);
  const left = subtract(ports, readPorts(list));
  return JSON.stringify(left) !== JSON.stringify(ports);
}

function flagCalls({ zone, before, after }: Change, key: (typeof FLAGS)[number]): readonly Call[] {
  if (after[key] === null || before[key] === after[key]) return [];
  const word = (on: boolean): readonly string[] => [
    `--zone=${zone}`,
    `--${on ? 'add' : 'remove'}-${FLAG_OPTIONS[key]}`,
  ];
  return [{ words: word(after[key]), undo: word(!after[key]), phase: after[key] ? 1 : 3 }];
}

/** A move is done by the zone that gains; a zone loses by itself only what no other zone takes. */
function bindingCalls(
  { zone, before, after }: Change,
  key: Binding,
  pairs: readonly Pair[],
): readonly Call[] {
  const others = pairs.filter((pair) => pair.zone !== zone);
  const change = (to: string, name: string): readonly string[] => [
    `--zone=${to}`,
    `--change-${OPTIONS[key]}=${name}`,
  ];
  const gained = without(after[key], before[key]).map((name): Call => {
    const owner = others.find((pair) => pair.before?.[key].includes(name))?.zone;
    const undo = owner === undefined ? options(zone, 'remove', key, [name]) : change(owner, name);
    return { words: change(zone, name), undo, phase: 2 };
  });
  const lost = without(before[key], after[key]).filter(
    (name) => !others.some((pair) => pair.after?.[key].includes(name)),
  );
  return [
    ...gained,
    { words: options(zone, 'remove', key, lost), undo: options(zone, 'add', key, lost), phase: 3 },
  ];
}
