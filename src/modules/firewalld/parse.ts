import { OrchError } from '../../lib/errors.ts';
import { oncePerText } from '../../lib/once.ts';
import type { Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { readBusctl } from './busctl-text.ts';
import { missingNames } from './names.ts';
import { DIRECT, odditiesOf } from './oddities.ts';
import type { Sections } from './parse-sections.ts';
import { readSections } from './parse-sections.ts';
import { policiesIn, policyZonesIn } from './lockout-policies.ts';
import {
  filesOf,
  type Files,
  type Found,
  fromFiles,
  rawFile,
  stem,
  wantedOf,
} from './parse-files.ts';
import { definitionsIn } from './parse-services.ts';
import { canonical, zonesFromList } from './parse-settings.ts';
import { sessionOf } from './session-parse.ts';
import type {
  ControlLine,
  FirewalldFacts,
  FirewalldScope,
  FirewalldState,
  Zone,
  ZoneSettings,
} from './state.ts';
import { zoneMet } from './zone-reach.ts';

/** Reads the reply of the observation. Throws REPLY_UNREADABLE, or the error that says what is down. */
export function parseReply(
  reply: Reply,
  scopes: readonly FirewalldScope[],
): Seen<FirewalldState, FirewalldFacts> {
  const sections = readSections(reply);
  const access = accessOf(sections);
  const files = filesOf(sections.text('files') ?? '');
  const conf = confOf(files.get(CONF) ?? []);
  const defaultZone = conf['DefaultZone'] ?? 'public';
  const managed = networkManagerOf(sections);
  const found =
    access === 'cli'
      ? fromList(sections, scopes, defaultZone)
      : fromFiles(sections, files, access, wantedOf(scopes, defaultZone));
  const zones = Object.fromEntries(
    Object.entries(found.zones).map(([name, zone]) => [
      name,
      withManaged(name, zone, managed, defaultZone),
    ]),
  );
  const units = sections.lines('units');
  const facts: FirewalldFacts = {
    access,
    version: versionOf(sections.text('version') ?? ''),
    panic: /^(b true|yes)$/.test(sections.text('panic') ?? ''),
    zoneNames: unique([...sections.lines('zones').map(stem), ...found.names]),
    interfaces: unique(sections.lines('net')),
    serviceNames: unique(
      sections
        .lines('services')
        .map(stem)
        .filter((name) => name !== '*'),
    ),
    missing: missingNames(sections),
    services: definitions(`${usual(files)}${sections.text('definitions') ?? ''}`),
    k3sActive: units.length === 4 ? units.slice(0, 2).includes('active') : null,
    kubeRules: counted(sections.text('kube')),
    networkManager: managed,
    poison: [...sections.lines('poison'), ...found.broken],
    raw: found.raw,
    session: controlLine(sections, zones, defaultZone),
    hostPolicies: policiesIn(files),
    policyZones: policyZonesIn(files),
    unsaved: sections.lines('unsaved'),
    prioritised: prioritised(found.raw),
    oddities: odditiesOf(sections, files.get(DIRECT) ?? [], conf, units),
  };
  return { state: { defaultZone, zones }, facts };
}

const counted = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : null;

/** The definitions of services that came with the zones. */
const usual = (files: Files): string =>
  [...files.keys()]
    .filter((file) => file.includes('/services/'))
    .map((file) => `${rawFile(file, files)}\n`)
    .join('');

const definitions = oncePerText((text) => definitionsIn(filesOf(text)), 50);

/** The SSH connection with the zones its interfaces were in when looked at. */
function controlLine(
  sections: Sections,
  zones: FirewalldState['zones'],
  defaultZone: string,
): ControlLine | null {
  const line = sessionOf(sections);
  if (!line) return null;
  const devices = new Set([...line.interfaces, ...line.profiled]);
  const bound = [...devices].flatMap((device) => {
    const { zone, by } = zoneMet({ defaultZone, zones }, 'runtime', undefined, device);
    return by === 'default zone' ? [] : [[device, zone] as const];
  });
  return { ...line, bound: Object.fromEntries(bound), defaultZone };
}

/** `"ingress_priority" i -10` of D-Bus, `ingress-priority: -10` of firewall-cmd, or the attribute in a file. */
const prioritised = (texts: Found['raw']): boolean =>
  Object.values(texts).some((text) => /ingress[_-]priority(?:" i |: |=["'])-?[1-9]/.test(text));

const CONF = '/etc/firewalld/firewalld.conf';

function accessOf(sections: Sections): FirewalldFacts['access'] {
  const [access] = sections.by('access').keys();
  if (access === 'dbus' || access === 'cli' || access === 'offline') return access;
  throw new OrchError('REPLY_UNREADABLE', 'the look at firewalld does not say how it looked');
}

const confOf = (lines: readonly string[]): Readonly<Partial<Record<string, string>>> =>
  Object.fromEntries(
    lines
      .filter((line) => line.includes('='))
      .map((line) => [
        line.slice(0, line.indexOf('=')).trim(),
        line.slice(line.indexOf('=') + 1).trim(),
      ]),
  );

const unique = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/** Both configurations as firewall-cmd lists them; the zones the scopes name, the default one and bound ones. */
function fromList(
  sections: Sections,
  scopes: readonly FirewalldScope[],
  defaultZone: string,
): Found {
  const texts = {
    runtime: sections.text('cli-runtime') ?? '',
    permanent: sections.text('cli-permanent') ?? '',
  };
  const runtime = zonesFromList(texts.runtime);
  const permanent = zonesFromList(texts.permanent);
  if (runtime.size === 0) throw new OrchError('REPLY_UNREADABLE', 'firewall-cmd lists no zones');
  const names = unique([...runtime.keys(), ...permanent.keys()]);
  const edited = scopes.some((scope) => scope.edited === true)
    ? sections.lines('zones').filter((file) => file.startsWith('/etc/'))
    : [];
  // What only runs is done once more behind a reload, in all zones; zones that do not run yet are brought up by it.
  const all = scopes.some(({ mayReload }) => mayReload)
    ? names.filter((name) => permanent.has(name))
    : [];
  const named = new Set([
    ...[defaultZone, ...scopes.flatMap(({ zones }) => zones)],
    ...edited.map(stem),
    ...all,
  ]);
  const bound = (zone: ZoneSettings | undefined): boolean =>
    zone !== undefined && zone.interfaces.length + zone.sources.length > 0;
  const wanted = unique([
    ...named,
    ...names.filter((n) => bound(runtime.get(n)) || bound(permanent.get(n))),
  ]);
  const of = (zone: ZoneSettings | undefined): ZoneSettings | null =>
    zone ? canonical(zone) : null;
  return {
    zones: Object.fromEntries(
      wanted.map((n) => [n, { runtime: of(runtime.get(n)), permanent: of(permanent.get(n)) }]),
    ),
    broken: [],
    names: [...runtime.keys()],
    raw: { 'runtime *': texts.runtime, 'permanent *': texts.permanent },
  };
}

type Managed = FirewalldFacts['networkManager'];

function networkManagerOf(sections: Sections): Managed {
  const blind = sections.lines('nm-blind');
  if (blind.length > 0) {
    throw new OrchError(
      'TOOL_MISSING',
      `NetworkManager decides the zone of ${blind.join(', ')}, and the host has no nmcli to tell it another`,
      { hint: 'Install nmcli (package NetworkManager, or network-manager) on the host.' },
    );
  }
  return Object.fromEntries(
    sections.lines('nm').map((line) => {
      const [device = '', uuid = '', zone = ''] = line.split(' ');
      return [device, { uuid, zone }];
    }),
  );
}

/**
 * With NetworkManager the profile wins over the zone's file: such an interface belongs, permanently, to the zone of
 * its connection (none = the default zone). A binding in a file besides stays visible, so that it can be taken away.
 */
function withManaged(name: string, zone: Zone, managed: Managed, defaultZone: string): Zone {
  if (zone.permanent === null) return zone;
  const here = Object.entries(managed).filter(([, at]) => (at.zone || defaultZone) === name);
  const interfaces = unique([...zone.permanent.interfaces, ...here.map(([device]) => device)]);
  return { runtime: zone.runtime, permanent: { ...zone.permanent, interfaces } };
}

/** `s "1.3.3"` or `1.3.3` → `1.3.3` */
function versionOf(text: string): string {
  if (!text.startsWith('s ')) return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? '';
  const [version] = readBusctl(text);
  return typeof version === 'string' ? version : '';
}
