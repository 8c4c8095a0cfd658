import type { Result, Seen, StateModule } from '../../model/module.ts';
import { lockoutWarnings } from './lockout-guard.ts';
import { openNow, desiredPorts, stillOpenBy } from './port-desired.ts';
import { askedFor } from './names.ts';
import { portIntent, portNames, portProblems } from './port-intent.ts';
import { type PortParams, portParams } from './port-params.ts';
import { coalesce, covered, formatPort, type Port, readPorts, showPorts } from './ports.ts';
import { firewalld } from './resource.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState, ZoneSettings } from './state.ts';
import { settingsIn } from './zone-edit.ts';
import { coveredNotes, offlineWarnings, wideWarnings } from './zone-notes.ts';

/** Opens or closes ports of a zone, judged by what is open and not by what is listed. */
export const firewalldPort: StateModule<
  PortParams,
  FirewalldScope,
  FirewalldState,
  FirewalldFacts
> = {
  kind: 'state',
  name: 'firewalld_port',
  params: portParams,
  example: `- name: Ingress is open
  firewalld_port:
    zone: public
    ports: [80/tcp, 443/tcp]

- name: etcd is open to the servers only
  firewalld_port:
    zone: public
    ports: 2379-2380/tcp
    sources: [10.0.0.0/24]

- name: No plain HTTP
  firewalld_port:
    zone: public
    ports: 80/tcp
    state: closed
`,
  resource: firewalld,
  problems: portProblems,
  scope: scopeOf,
  desired: desiredPorts,
  allowsLockout: ({ allow_lockout }) => allow_lockout,
  result: resultOf,
};

function scopeOf(params: PortParams): FirewalldScope {
  const intent = portIntent(params);
  const names = askedFor(portNames(intent));
  return {
    zones: params.zone === undefined ? [] : [params.zone],
    interfaces: [],
    sources: [],
    services: [],
    ...(names.length > 0 ? { names } : {}),
    definitions: true,
    mayReload: false,
    thorough: false,
    offline: intent.mayWriteOffline,
  };
}

function resultOf(
  before: FirewalldState,
  current: Seen<FirewalldState, FirewalldFacts>,
  params: PortParams,
): Result {
  const { state, facts } = current;
  const intent = portIntent(params);
  const zone = params.zone ?? state.defaultZone;
  const settings = settingsIn(state, zone, 'runtime') ?? settingsIn(state, zone, 'permanent');
  const keeps = intent.closes && settings ? stillOpenBy(settings, facts, intent.want) : [];
  return {
    data: {
      zone,
      ports: coalesce(intent.want).map(formatPort),
      open: {
        runtime: openNow(settingsIn(state, zone, 'runtime'), facts, intent.want).map(formatPort),
        permanent: openNow(settingsIn(state, zone, 'permanent'), facts, intent.want).map(
          formatPort,
        ),
      },
      still_open_by: keeps.map(({ by }) => by),
    },
    notes: [
      ...(intent.closes || !settings ? [] : openNotes(settings, facts, intent.want, zone)),
      ...keeps.map(({ by }) => `still open by ${by}`),
    ],
    warnings: [
      ...intent.warnings,
      ...offlineWarnings(facts),
      ...wideWarnings(settings, zone),
      ...(intent.sources && settings ? limitWarnings(settings, facts, intent.want, zone) : []),
      ...lockoutWarnings(before, current),
    ],
  };
}

/** Why a port counts as open though it is not listed as asked. */
function openNotes(
  settings: ZoneSettings,
  facts: FirewalldFacts,
  want: readonly Port[],
  zone: string,
): string[] {
  if (settings.target === 'ACCEPT') {
    return [`zone ${zone} accepts everything; ports there have no effect`];
  }
  const listed = readPorts(settings.ports);
  const unlisted = want.filter((port) => !covered([port], listed));
  const others = unlisted.flatMap((port) =>
    stillOpenBy(settings, facts, [port])
      .filter(({ by }) => by !== 'port list')
      .map(({ by }) => `${formatPort(port)}: open by ${by}`),
  );
  return [...coveredNotes(want, settings), ...others];
}

/** Ports opened for some sources that everyone reaches anyway. */
function limitWarnings(
  settings: ZoneSettings,
  facts: FirewalldFacts,
  want: readonly Port[],
  zone: string,
): string[] {
  const everyone = openNow(settings, facts, want);
  return everyone.length === 0
    ? []
    : [
        `${showPorts(everyone)} is open to everyone in zone ${zone}: limiting its sources has no effect`,
      ];
}
