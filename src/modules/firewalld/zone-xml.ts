import { OrchError } from '../../lib/errors.ts';
import { oncePer, oncePerText } from '../../lib/once.ts';
import type { ServiceDefinition, ZoneSettings } from './state.ts';

/** An element of a firewalld file; text between elements never matters there. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of the elements around it, outermost first. */
  readonly inside: readonly string[];
}

const MARKUP =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<(\/?)([A-Za-z][\w.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
const ATTRIBUTE = /([A-Za-z][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The elements of a zone or service file, in order. Throws REPLY_UNREADABLE when tags do not match. */
export const readXml = (text: string, file: string): readonly Element[] =>
  elementsOf(text) ?? parseXml(text, file);

/** Elements by the text they were read from: hosts mostly have the same files. Nothing where tags do not match. */
const elementsOf = oncePerText((text) => {
  try {
    return parseXml(text, '');
  } catch {
    return undefined;
  }
}, 200);

function parseXml(text: string, file: string): readonly Element[] {
  const found: Element[] = [];
  const open: string[] = [];
  for (const [, slash, name, rest = ''] of text.matchAll(MARKUP)) {
    if (name === undefined) continue;
    if (slash === '/') {
      if (open.pop() !== name) throw broken(file);
      continue;
    }
    found.push({ name, attributes: attributesOf(rest), inside: [...open] });
    if (!rest.trimEnd().endsWith('/')) open.push(name);
  }
  if (open.length > 0) throw broken(file);
  return found;
}

/** The settings a zone file gives; `rules` are its rich rules, which only firewalld can spell. Unsorted, as written. */
export function zoneFromXml(text: string, file: string, rules: readonly string[]): ZoneSettings {
  const elements = readXml(text, file);
  if (elements[0]?.name !== 'zone') throw broken(file);
  const zone = zoneOf(elements);
  return rules.length === 0 ? zone : { ...zone, richRules: rules };
}

const zoneOf: (elements: readonly Element[]) => ZoneSettings = oncePer((elements) => {
  const children = elements.filter(({ inside }) => inside.length === 1);
  const all = (name: string, make: (a: Element['attributes']) => string): string[] =>
    children.filter((e) => e.name === name).map(({ attributes }) => make(attributes));
  const on = (name: string): boolean =>
    children.some((e) => e.name === name && !/^(no|false)$/i.test(e.attributes['enabled'] ?? ''));
  const port = (a: Element['attributes']): string => `${a['port'] ?? ''}/${a['protocol'] ?? ''}`;
  return {
    target: targetOf(elements[0]?.attributes['target']),
    interfaces: all('interface', (a) => a['name'] ?? ''),
    // `mac=` is in the manual, but firewalld (0.9 to 2.3) passes over such an element of a zone.
    sources: all('source', (a) =>
      a['ipset'] === undefined ? (a['address'] ?? '') : `ipset:${a['ipset']}`,
    ).filter((source) => source !== ''),
    services: all('service', (a) => a['name'] ?? ''),
    ports: all('port', port),
    protocols: all('protocol', (a) => a['value'] ?? ''),
    sourcePorts: all('source-port', port),
    forwardPorts: all('forward-port', (a) =>
      forwardPort(a['port'], a['protocol'], a['to-port'], a['to-addr']),
    ),
    icmpBlocks: all('icmp-block', (a) => a['name'] ?? ''),
    richRules: [],
    forward: on('forward'),
    masquerade: on('masquerade'),
    icmpBlockInversion: on('icmp-block-inversion'),
  };
});

/** What a service file opens by itself, and the services it includes. */
export function serviceFromXml(
  text: string,
  file: string,
): ServiceDefinition & { readonly includes: readonly string[] } {
  const elements = readXml(text, file);
  if (elements[0]?.name !== 'service') throw broken(file);
  const all = (name: string): readonly Element['attributes'][] =>
    elements.filter((e) => e.name === name).map(({ attributes }) => attributes);
  const ports = all('port');
  return {
    ports: ports.filter((a) => a['port']).map((a) => `${a['port'] ?? ''}/${a['protocol'] ?? ''}`),
    // The old form of "a whole protocol" is a port element without a port.
    protocols: [
      ...all('protocol').map((a) => a['value'] ?? ''),
      ...ports.filter((a) => !a['port']).map((a) => a['protocol'] ?? ''),
    ],
    hasDestination: all('destination').length > 0,
    includes: all('include').map((a) => a['service'] ?? ''),
  };
}

/** A forward port in the form firewall-cmd lists it. */
export const forwardPort = (port = '', proto = '', toport = '', toaddr = ''): string =>
  `port=${port}:proto=${proto}:toport=${toport}:toaddr=${toaddr}`;

/** A target as firewalld spells it; files from old versions say "{chain}_ZONE_..." for the default. */
export function targetOf(text: string | undefined): ZoneSettings['target'] {
  if (text === 'ACCEPT' || text === 'DROP' || text === '%%REJECT%%') return text;
  return text === 'REJECT' ? '%%REJECT%%' : 'default';
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function attributesOf(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', double, single]) => [name, unescape(double ?? single ?? '')] as const,
  );
  return Object.fromEntries(found);
}

const unescape = (text: string): string =>
  text.replace(/&(?:#(\d{1,6})|([a-z]+));/g, (whole, code?: string, name?: string) =>
    code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );

const broken = (file: string): OrchError =>
  new OrchError('REPLY_UNREADABLE', `${file} is not a well-formed firewalld file`, {
    hint: 'See `firewall-cmd --check-config` on the host and mend or remove the file.',
  });
