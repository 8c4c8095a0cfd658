import { familyOf } from '../../lib/cidr.ts';
import { oncePer } from '../../lib/once.ts';
import type { Problem } from '../../model/module.ts';
import { namesIn, type NameUsed } from './names.ts';
import { readPortItems } from './port-items.ts';
import type { PortParams } from './port-params.ts';
import { coalesce, covered, formatPort, isFault, parsePort, type Port, subtract } from './ports.ts';
import { asSource, canonicalSource } from './sources.ts';
import { aliasPersist, type Config, configsOf } from './zone-edit.ts';
import { zoneNameProblems } from './zone-problems.ts';

type Loose = Partial<Record<keyof PortParams, unknown>>;

const CLOSED: readonly string[] = ['closed', 'disabled', 'absent'];

/** The arguments of firewalld_port with aliases resolved. */
export interface PortIntent {
  /** As written, in their order; the state holds them merged. */
  readonly want: readonly Port[];
  readonly closes: boolean;
  /** What is named to be closed, before `keep` is taken out. */
  readonly named: readonly Port[];
  readonly keep: readonly Port[];
  readonly sources: readonly string[] | undefined;
  readonly configs: readonly Config[];
  readonly mayWriteOffline: boolean;
  readonly warnings: readonly string[];
}

/** Reads the arguments; what `portProblems` complains of is left out. */
export const portIntent: (params: PortParams) => PortIntent = oncePer((params) => {
  const { ports, warnings } = readPortItems(itemsOf(params), '/ports');
  const { ports: keep } = readPortItems(params.keep, '/keep');
  const closes = CLOSED.includes(params.state);
  return {
    want: closes && keep.length > 0 ? subtract(ports, keep) : ports,
    closes,
    named: ports,
    keep,
    sources: params.sources && [...new Set(params.sources.map(asSource))].sort(),
    configs: configsOf(aliasPersist(params.permanent, params.immediate) ?? params.persist),
    mayWriteOffline: params.offline !== 'never' && params.offline !== false,
    warnings,
  };
});

function itemsOf({ ports, port }: Loose): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(ports)
    ? ports
    : ports === undefined
      ? []
      : [ports];
  return port === undefined ? list : [...list, port];
}

/** Names in what shall be open that the host must know: ipsets. */
export const portNames = ({ closes, sources }: PortIntent): readonly NameUsed[] =>
  closes ? [] : namesIn({ sources }, (key) => `/${key}`);

/** What the schema cannot say about the arguments of firewalld_port. */
export function portProblems(params: unknown): readonly Problem[] {
  const given = params as Loose;
  const closes = CLOSED.some((word) => word === given.state);
  return [
    ...zoneNameProblems(given.zone, '/zone'),
    ...readPortItems(given.ports, '/ports').problems,
    ...readPortItems(given.port, '/port').problems,
    ...readPortItems(given.keep, '/keep').problems,
    ...sourceProblems(given.sources),
    ...contradictions(given, closes),
  ];
}

function sourceProblems(sources: unknown): readonly Problem[] {
  if (!Array.isArray(sources)) return [];
  return sources.flatMap((source: unknown, i) => {
    const read = typeof source === 'string' ? canonicalSource(source) : '';
    return typeof read === 'string' ? [] : [{ pointer: `/sources/${i}`, ...read }];
  });
}

function contradictions(given: Loose, closes: boolean): readonly Problem[] {
  const wanted = readPortItems(itemsOf(given), '/ports').ports[0];
  const example = wanted ? formatPort(wanted) : '443/tcp';
  const table: readonly (readonly [boolean, string, string, string])[] = [
    [
      given.ports === undefined && given.port === undefined,
      '',
      'no ports are named',
      'give ports: [443/tcp]',
    ],
    [
      given.timeout !== undefined,
      '/timeout',
      'timeout: a port that closes by itself is no state; and firewalld arms nothing when the port is open already',
      `run it as a command: firewall-cmd --add-port=${example} --timeout=${duration(given.timeout)}`,
    ],
    [
      closes && given.exclusive === true,
      '/exclusive',
      'exclusive says that nothing else is open, state: closed opens nothing',
      'leave one of them out',
    ],
    [
      !closes && given.keep !== undefined,
      '/keep',
      'keep says what state: closed leaves open; here nothing is closed',
      'leave it out, or write state: closed',
    ],
    [
      given.exclusive === true && given.sources !== undefined,
      '/exclusive',
      "exclusive is about the zone's list of ports, which sources: does not use",
      'leave one of them out',
    ],
    [
      Array.isArray(given.sources) && given.sources.length === 0,
      '/sources',
      'sources is empty: the ports would be open for nobody',
      'leave sources: out to open them for everyone, or write state: closed',
    ],
    [
      given.permanent === false && given.immediate === false,
      '/permanent',
      'neither permanent nor immediate: nothing would be done',
      'leave both out',
    ],
  ];
  return table.flatMap(([wrong, pointer, message, hint]) =>
    wrong ? [{ pointer, message, hint }] : [],
  );
}

const duration = (timeout: unknown): string =>
  typeof timeout === 'string' || typeof timeout === 'number' ? String(timeout) : '30s';

/** One rule for each source and port, in the daemon's own spelling. */
export const limitedRules = (want: readonly Port[], sources: readonly string[]): string[] =>
  sources.flatMap((source) => coalesce(want).map((port) => limitedRule(port, source)));

/** The rules of a list that open nothing but some of the named ports to one of the sources; those for `keep` alone stay. */
export function limitedAmong(
  rules: readonly string[],
  { named, keep }: Pick<PortIntent, 'named' | 'keep'>,
  sources: readonly string[],
): string[] {
  const heads = new Set(sources.map((source) => `rule ${from(source)}`));
  return rules.filter((rule) => {
    const [, head = '', range = '', proto = ''] = LIMITED.exec(rule) ?? [];
    if (!heads.has(head)) return false;
    const port = parsePort(`${range}/${proto}`);
    if (isFault(port)) return false;
    return covered([port], coalesce(named)) && !covered([port], coalesce(keep));
  });
}

const LIMITED = /^(rule .+) port port="([\d-]+)" protocol="([a-z]+)" accept$/;

function limitedRule({ low, high, proto }: Port, source: string): string {
  const range = low === high ? low : `${low}-${high}`;
  return `rule ${from(source)} port port="${range}" protocol="${proto}" accept`;
}

function from(source: string): string {
  if (source.startsWith('ipset:')) return `source ipset="${source.slice('ipset:'.length)}"`;
  const family = familyOf(source);
  return family ? `family="${family}" source address="${source}"` : `source mac="${source}"`;
}
