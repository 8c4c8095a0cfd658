import { oncePer, oncePerText } from '../../lib/once.ts';
import type { BusValue } from './busctl-text.ts';
import { readBusctl } from './busctl-text.ts';
import { DBUS_SEND, readDbusSend } from './dbus-send-text.ts';
import { asSource } from './sources.ts';
import type { ZoneSettings } from './state.ts';
import { forwardPort, targetOf } from './zone-xml.ts';

/** Settings as they were spelled by the daemon or a file, with lists sorted and nothing else changed. */
export const sorted = (zone: ZoneSettings): ZoneSettings => ({
  target: zone.target,
  interfaces: order(zone.interfaces),
  sources: order(zone.sources),
  services: order(zone.services),
  ports: order(zone.ports),
  protocols: order(zone.protocols),
  sourcePorts: order(zone.sourcePorts),
  forwardPorts: order(zone.forwardPorts),
  icmpBlocks: order(zone.icmpBlocks),
  richRules: order(zone.richRules),
  forward: zone.forward,
  masquerade: zone.masquerade,
  icmpBlockInversion: zone.icmpBlockInversion,
});

/** The one form a state holds: sorted lists, sources in their one spelling. */
export const canonical: (zone: ZoneSettings) => ZoneSettings = oncePer((zone) =>
  sorted({ ...zone, sources: zone.sources.map(asSource) }),
);

const order = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/**
 * Settings from the text of getZoneSettings2 or getSettings2, which leave empty keys out, by busctl or dbus-send. Throws
 * REPLY_UNREADABLE.
 */
export const settingsFromBus: (text: string) => ZoneSettings = oncePerText((text) => {
  const [value] = text.startsWith(DBUS_SEND) ? [readDbusSend(text)] : readBusctl(text);
  const map = isMap(value) ? value : {};
  const words = (key: string): string[] => list(map[key]).map(String);
  const pairs = (key: string): string[] =>
    list(map[key]).map((pair) => list(pair).map(String).join('/'));
  return {
    target: targetOf(typeof map['target'] === 'string' ? map['target'] : undefined),
    interfaces: words('interfaces'),
    sources: words('sources'),
    services: words('services'),
    ports: pairs('ports'),
    protocols: words('protocols'),
    sourcePorts: pairs('source_ports'),
    forwardPorts: list(map['forward_ports']).map((item) => {
      const [port, proto, toPort, toAddress] = list(item).map(String);
      return forwardPort(port, proto, toPort, toAddress);
    }),
    icmpBlocks: words('icmp_blocks'),
    richRules: words('rules_str'),
    forward: map['forward'] === undefined ? null : map['forward'] === true,
    masquerade: map['masquerade'] === true,
    icmpBlockInversion: map['icmp_block_inversion'] === true,
  };
});

const isMap = (value: BusValue | undefined): value is { readonly [key: string]: BusValue } =>
  typeof value === 'object' && !Array.isArray(value);

const list = (value: BusValue | undefined): readonly BusValue[] =>
  Array.isArray(value) ? (value as readonly BusValue[]) : [];

/**
 * Zones from the text of `--list-all-zones`. Read by key, unknown keys are passed over: the keys differ between
 * versions, and forward ports and rich rules go on in lines that begin with a tab.
 */
export function zonesFromList(text: string): ReadonlyMap<string, ZoneSettings> {
  const zones = new Map<string, ZoneSettings>();
  for (const block of text.split(/\n(?=\S)/)) {
    const [head = '', ...body] = block.split('\n');
    const name = /^[\w/-]+/.exec(head.trim())?.[0];
    if (name !== undefined) zones.set(name, settingsFromList(body));
  }
  return zones;
}

function settingsFromList(body: readonly string[]): ZoneSettings {
  const values = new Map<string, string[]>();
  let key = '';
  for (const line of body) {
    const [, name, rest = ''] = /^ {2}([a-z][a-z -]*):(.*)$/.exec(line) ?? [];
    if (name !== undefined) key = name;
    const text = name === undefined ? line.trim() : rest.trim();
    values.set(key, [...(values.get(key) ?? []), ...(text === '' ? [] : [text])]);
  }
  const words = (name: string): string[] =>
    (values.get(name) ?? []).flatMap((text) => text.split(/\s+/));
  const yes = (name: string): boolean => values.get(name)?.[0] === 'yes';
  return {
    target: targetOf(values.get('target')?.[0]),
    interfaces: words('interfaces'),
    sources: words('sources'),
    services: words('services'),
    ports: words('ports'),
    protocols: words('protocols'),
    sourcePorts: words('source-ports'),
    forwardPorts: words('forward-ports'),
    icmpBlocks: words('icmp-blocks'),
    richRules: values.get('rich rules') ?? [],
    forward: values.has('forward') ? yes('forward') : null,
    masquerade: yes('masquerade'),
    icmpBlockInversion: yes('icmp-block-inversion'),
  };
}
