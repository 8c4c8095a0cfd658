import { cidrContains } from '../../lib/cidr.ts';
import { coverage, doubtsAbout, missing, servicePorts } from './coverage.ts';
import { readPortItems } from './port-items.ts';
import {
  coalesce,
  formatPort,
  intersect,
  type Port,
  readPorts,
  showPorts,
  subtract,
} from './ports.ts';
import { asSource } from './sources.ts';
import type { FirewalldFacts, FirewalldState, ZoneSettings } from './state.ts';
import { type Config, ownersOf, settingsIn } from './zone-edit.ts';
import type { VerifyZone } from './verify-params.ts';

/** Something a zone lacks in one configuration. */
export interface Lack {
  readonly zone: string;
  readonly config: Config;
  /** "interface eth1 is missing; it is in zone public" */
  readonly what: string;
  readonly cure: string;
}

/** What a zone lacks, and what is fine in another way than it was asked. */
export interface Judged {
  readonly lacks: readonly Lack[];
  readonly notes: readonly string[];
}

interface Place {
  readonly state: FirewalldState;
  readonly facts: FirewalldFacts;
  readonly settings: ZoneSettings;
  readonly config: Config;
  readonly want: VerifyZone;
}

/** Judges one zone in one configuration. */
export function judgeZone(
  state: FirewalldState,
  facts: FirewalldFacts,
  want: VerifyZone,
  config: Config,
): Judged {
  const { zone } = want;
  const settings = settingsIn(state, zone, config);
  if (!settings) {
    const cure = `firewalld_zone: {zone: ${zone}}`;
    return { lacks: [{ zone, config, what: 'the zone does not exist', cure }], notes: [] };
  }
  const place: Place = { state, facts, settings, config, want };
  const parts = [interfaces, sources, services, ports, closed, flags].map((judge) => judge(place));
  return {
    lacks: parts.flatMap(({ lacks }) => lacks).map((lack) => ({ zone, config, ...lack })),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

interface Part {
  readonly lacks: readonly { readonly what: string; readonly cure: string }[];
  readonly notes: readonly string[];
}

function interfaces({ state, settings, config, want }: Place): Part {
  const { zone } = want;
  const absent = (want.interfaces ?? []).filter((name) => !settings.interfaces.includes(name));
  const notes: string[] = [];
  const lacks = absent.flatMap((name) => {
    const owner = ownersOf(state, config, 'interfaces', name)[0];
    if (owner === undefined && state.defaultZone === zone) {
      notes.push(`${name} is in no zone (${config}) and so uses the default zone ${zone}`);
      return [];
    }
    const where = owner === undefined ? 'it is in no zone' : `it is in zone ${owner}`;
    return [
      {
        what: `interface ${name} is missing; ${where}`,
        cure: `firewalld_zone: {zone: ${zone}, interfaces: [${name}]}`,
      },
    ];
  });
  return { lacks, notes };
}

function sources({ state, settings, config, want }: Place): Part {
  const lacks: Part['lacks'][number][] = [];
  const notes: string[] = [];
  for (const source of (want.sources ?? []).map(asSource)) {
    if (settings.sources.includes(source)) continue;
    const around = settings.sources.find((other) => cidrContains(other, source));
    if (around !== undefined) {
      notes.push(`source ${source} is inside ${around} in zone ${want.zone} (${config})`);
      continue;
    }
    const owner = ownersOf(state, config, 'sources', source)[0];
    lacks.push({
      what: `source ${source} is missing${owner === undefined ? '' : `; it is in zone ${owner}`}`,
      cure: `firewalld_zone: {zone: ${want.zone}, sources: [${source}]}`,
    });
  }
  return { lacks, notes };
}

function services({ facts, settings, config, want }: Place): Part {
  const lacks: Part['lacks'][number][] = [];
  const notes: string[] = [];
  const seen = coverage(settings, facts.services);
  for (const name of want.services ?? []) {
    if (settings.services.includes(name)) continue;
    const needs = servicePorts(facts.services[name]);
    const open =
      settings.target === 'ACCEPT' || (needs.length > 0 && missing(needs, seen).length === 0);
    if (open) {
      notes.push(`service ${name} is not listed in zone ${want.zone} (${config}), but open`);
    } else {
      lacks.push({
        what: `service ${name} is missing`,
        cure: `firewalld_zone: {zone: ${want.zone}, services: [${name}]}`,
      });
    }
  }
  return { lacks, notes };
}

function ports({ facts, settings, want }: Place): Part {
  const { ports: asked } = readPortItems(want.ports ?? [], '/ports');
  const gap = portGap(asked, settings, facts);
  if (!gap) return { lacks: [], notes: [] };
  return {
    lacks: [
      {
        what: `missing ${gap.text}`,
        cure: gapCure(want.zone, gap),
      },
    ],
    notes: [],
  };
}

/** Listed ports that should not be, but for those that must be open. */
function closed({ settings, want }: Place): Part {
  const { ports: shut } = readPortItems(want.closed ?? [], '/closed');
  const { ports: kept } = readPortItems(want.ports ?? [], '/ports');
  const open = intersect(subtract(shut, kept), readPorts(settings.ports));
  if (open.length === 0) return { lacks: [], notes: [] };
  const list = coalesce(open).map(formatPort).join(', ');
  return {
    lacks: [
      {
        what: `${list} is open, which must be closed here`,
        cure: `firewalld_port: {zone: ${want.zone}, ports: [${list}], state: closed, split: true}`,
      },
    ],
    notes: [],
  };
}

/** The ports asked for that are not wholly open, each as it was asked. */
export interface PortGap {
  readonly ports: readonly Port[];
  /** "8472/udp, 10000-30000/tcp (open: 10000-20000)", and rules that may deny some of it. */
  readonly text: string;
  /** Rules that deny some of it. */
  readonly rules: readonly string[];
  /** Those of them that nothing opens, whatever the rules say. */
  readonly closed: readonly Port[];
}

/** A task that opens what is missing, or takes away the rules that deny it. */
function gapCure(zone: string, { ports, rules, closed }: PortGap): string {
  if (rules.length === 0 || closed.length > 0) {
    const list = (rules.length === 0 ? ports : closed).map(formatPort).join(', ');
    return `firewalld_port: {zone: ${zone}, ports: [${list}]}`;
  }
  return `firewalld_zone: {zone: ${zone}, remove: {rich_rules: [${rules.map(singleQuoted).join(', ')}]}}`;
}

/** A text as YAML takes it, whatever is in it. */
export const singleQuoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What of the ports asked for a zone does not surely let in; `from` is the address that knocks. */
export function portGap(
  asked: readonly Port[],
  settings: ZoneSettings,
  facts: FirewalldFacts,
  from?: string,
): PortGap | undefined {
  const seen = coverage(settings, facts.services, from);
  const short = asked.filter((port) => missing([port], seen).length > 0);
  if (short.length === 0) return undefined;
  const each = short.map((port) => {
    const open = subtract([port], missing([port], seen));
    if (open.length === 0) return formatPort(port);
    const parts = showPorts(intersect(open, [port])).replaceAll(`/${port.proto}`, '');
    return `${formatPort(port)} (open: ${parts})`;
  });
  const doubts = doubtsAbout(short, seen);
  const bare = { ...seen, doubts: [] };
  return {
    ports: short,
    text: [each.join(', '), ...doubts.map(({ why }) => `${why} may deny it`)].join('; '),
    rules: doubts.map(({ rule }) => rule),
    closed: short.filter((port) => missing([port], bare).length > 0),
  };
}

function flags({ settings, want }: Place): Part {
  const lacks: Part['lacks'][number][] = [];
  const target = want.target === 'REJECT' ? '%%REJECT%%' : want.target;
  if (target !== undefined && settings.target !== target) {
    lacks.push({
      what: `target is ${settings.target}, not ${target}`,
      cure: `firewalld_zone: {zone: ${want.zone}, target: '${target}'}`,
    });
  }
  if (target === undefined && settings.target === 'ACCEPT' && want.zone !== 'trusted') {
    lacks.push({
      what: 'its target is ACCEPT: every port is open',
      cure: `firewalld_zone: {zone: ${want.zone}, target: default}`,
    });
  }
  if (want.forward !== undefined && (settings.forward ?? false) !== want.forward) {
    lacks.push({
      what: `forward is ${settings.forward === null ? 'unknown to this firewalld' : settings.forward ? 'on' : 'off'}, not ${want.forward ? 'on' : 'off'}`,
      cure:
        settings.forward === null
          ? 'upgrade firewalld to 0.9.0 or later'
          : `firewalld_zone: {zone: ${want.zone}, forward: ${want.forward}}`,
    });
  }
  return { lacks, notes: [] };
}
