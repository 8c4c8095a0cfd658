import type { Result, Seen, StateModule } from '../../model/module.ts';
import { lockoutWarnings } from './lockout-guard.ts';
import { askedFor } from './names.ts';
import { formatPort, intersect, readPorts } from './ports.ts';
import { firewalld } from './resource.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState } from './state.ts';
import { aliasPersist, BUILTIN, settingsIn, zoneOf } from './zone-edit.ts';
import { type ListKey, zoneIntent, type ZoneIntent } from './zone-intent.ts';
import { coveredNotes, offlineWarnings, stateNotes, wideWarnings, zoneData } from './zone-notes.ts';
import { inZone, type ZoneParams, zoneParams } from './zone-params.ts';
import { desiredZone, zoneNames } from './zone-desired.ts';
import { zoneProblems } from './zone-problems.ts';

/** Describes a firewalld zone: what it holds, what it opens, its target; in runtime and permanent alike. */
export const firewalldZone: StateModule<
  ZoneParams,
  FirewalldScope,
  FirewalldState,
  FirewalldFacts
> = {
  kind: 'state',
  name: 'firewalld_zone',
  params: zoneParams,
  example: `- name: The outside network is public
  firewalld_zone:
    zone: public
    interfaces: [eth0]
    services: [ssh]
    ports: [443/tcp]

- name: Nodes and pods trust each other
  firewalld_zone:
    zone: trusted
    interfaces: [eth1]
    sources: [10.42.0.0/16, 10.43.0.0/16]

- name: What the other layout opened is closed again
  firewalld_zone:
    zone: public
    remove:
      ports: [6443/tcp, 8472/udp]
`,
  resource: firewalld,
  problems: zoneProblems,
  scope: scopeOf,
  desired: desiredZone,
  allowsLockout: ({ allow_lockout }) => allow_lockout,
  result: resultOf,
};

function scopeOf(params: ZoneParams): FirewalldScope {
  const intent = zoneIntent(inZone(params, ''));
  const { lists, mayWriteOffline } = intent;
  const names = zoneNames(params, intent);
  // The default zone is always looked at.
  const zones = params.zone === undefined ? [] : [params.zone];
  return {
    zones: onlyUnbinds(params) ? [] : zones,
    ...(onlyUnbinds(params) ? { idle: zones } : {}),
    interfaces: lists.interfaces.add ?? [],
    sources: lists.sources.add ?? [],
    services: names.filter(({ kind }) => kind === 'services').map(({ name }) => name),
    ...(names.length > 0 ? { names: askedFor(names) } : {}),
    definitions: true,
    // A zone that firewalld does not ship may have to be made or deleted, which takes a reload.
    // So may another default zone.
    mayReload:
      params.target !== undefined ||
      params.default !== undefined ||
      zones.some((zone) => !BUILTIN.includes(zone)),
    thorough: false,
    offline: mayWriteOffline,
  };
}

/** Arguments that say nothing about how a zone should be. */
const ASIDE = new Set([
  'zone',
  'state',
  'remove',
  'persist',
  'reload',
  'offline',
  'move',
  'check_interfaces',
  'allow_lockout',
]);

/** Whether a task takes interfaces and sources from a zone that firewalld ships, and wants nothing else of it. */
function onlyUnbinds(params: ZoneParams): boolean {
  const { zone, state, remove } = params;
  if (!remove || state !== 'present' || zone === undefined || !BUILTIN.includes(zone)) return false;
  return (
    Object.entries(params).every(
      ([key, value]) => ASIDE.has(key) || (key === 'exclusive' && value === false),
    ) && Object.keys(remove).every((key) => key === 'interfaces' || key === 'sources')
  );
}

function resultOf(
  before: FirewalldState,
  current: Seen<FirewalldState, FirewalldFacts>,
  params: ZoneParams,
): Result {
  const { state, facts } = current;
  const intent = zoneIntent(inZone(params, state.defaultZone));
  const { zone } = intent;
  const settings = settingsIn(state, zone, 'runtime') ?? settingsIn(state, zone, 'permanent');
  return {
    data: zoneData(state, zone),
    notes: [
      ...aliasNotes(params),
      ...extraNotes(state, intent),
      ...coveredNotes(intent.ports.add, settings),
      ...acceptNotes(intent, settings?.target),
      ...stateNotes(state, facts, zone),
    ],
    warnings: [
      ...intent.warnings,
      ...offlineWarnings(facts),
      ...wideWarnings(settings, zone),
      ...lockoutWarnings(before, current),
    ],
  };
}

function aliasNotes(params: ZoneParams): string[] {
  const persist = aliasPersist(params.permanent, params.immediate);
  const notes =
    persist === undefined ? [] : [`permanent and immediate: read as persist: ${persist}`];
  if (params.state === 'enabled') notes.push('state: enabled is read as state: present');
  if (params.state === 'disabled')
    notes.push('state: disabled is read as remove: of what is named');
  return notes;
}

/** Entries the zone has besides those given: fine, but worth knowing. */
function extraNotes(state: FirewalldState, intent: ZoneIntent): string[] {
  const zone = zoneOf(state, intent.zone);
  const extras = (['interfaces', 'sources', 'services', 'ports'] satisfies ListKey[]).flatMap(
    (key) => {
      if (!intent.given.includes(key)) return [];
      const here = new Set([...(zone.runtime?.[key] ?? []), ...(zone.permanent?.[key] ?? [])]);
      const asked = key === 'ports' ? askedPorts(intent, [...here]) : intent.lists[key].add;
      const rest = [...here].filter((entry) => !asked?.includes(entry)).sort();
      return rest.length === 0 ? [] : [`${key} ${rest.join(', ')}`];
    },
  );
  return extras.length === 0
    ? []
    : [`zone ${intent.zone} also has ${extras.join('; ')} (not named here, left alone)`];
}

/** Listed ports that hold a wanted one. */
const askedPorts = (intent: ZoneIntent, listed: readonly string[]): string[] =>
  readPorts(listed)
    .filter((range) => intersect([range], intent.ports.add).length > 0)
    .map(formatPort);

const acceptNotes = (intent: ZoneIntent, target: string | undefined): string[] =>
  target === 'ACCEPT' && intent.given.some((key) => key === 'ports' || key === 'services')
    ? [`zone ${intent.zone} accepts everything; ports and services there have no effect`]
    : [];
