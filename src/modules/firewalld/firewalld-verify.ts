import type { Finding, Inspection, InspectModule, Problem, Seen } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { Unknown } from '../../model/value.ts';
import { readPortItems } from './port-items.ts';
import { formatPort } from './ports.ts';
import { firewalld } from './resource.ts';
import { asSource, canonicalSource } from './sources.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState, ZoneSettings } from './state.ts';
import { flagsOf } from './verify-flags.ts';
import { type VerifyParams, type VerifyZone, verifyParams } from './verify-params.ts';
import { judgeZone } from './verify-zone.ts';
import { type Config, configsOf, settingsIn } from './zone-edit.ts';
import { zoneNameProblems } from './zone-problems.ts';

/** Judges zones against what they must have, in runtime and permanent; finds the traps besides. */
export const firewalldVerify: InspectModule<
  VerifyParams,
  FirewalldScope,
  FirewalldState,
  FirewalldFacts
> = {
  kind: 'inspect',
  name: 'firewalld_verify',
  params: verifyParams,
  example: `- name: The firewall is as the segregated layout wants it
  firewalld_verify:
    zones:
      - zone: public
        interfaces: [eth0]
        ports: [80/tcp, 443/tcp]
      - zone: trusted
        interfaces: [eth1]
        sources: [10.42.0.0/16, 10.43.0.0/16]
        target: ACCEPT
`,
  resource: firewalld,
  problems,
  scope: ({ zones }): FirewalldScope => ({
    zones: zones.map(({ zone }) => zone),
    interfaces: zones.flatMap(({ interfaces }) => interfaces ?? []),
    sources: zones.flatMap(({ sources }) => (sources ?? []).map(asSource)),
    services: zones.flatMap(({ services }) => services ?? []),
    definitions: true,
    mayReload: true,
    thorough: true,
    offline: true,
  }),
  inspect,
};

function inspect(
  current: Seen<FirewalldState, FirewalldFacts>,
  { zones, persist, pod_networks: pods }: VerifyParams,
): Inspection {
  const { state, facts } = current;
  const running = configsOf(persist).filter((c) => facts.access !== 'offline' || c === 'permanent');
  const judged = zones.flatMap((want) =>
    running.map((config) => judgeZone(state, facts, want, config)),
  );
  const wanted = new Map(zones.map((one) => [one.zone, (one.sources ?? []).map(asSource)]));
  const flags = flagsOf(current, running, pods, wanted);
  const lacks = judged.flatMap((one) => one.lacks);
  return {
    findings: merged([
      ...lacks.map(({ zone, what, cure, config }) => ({
        message: `zone ${zone}: ${what}`,
        cure,
        config,
      })),
      ...flags.findings,
    ]),
    notes: unique([
      ...judged.flatMap((one) => one.notes),
      ...zones.flatMap((want) => extras(state, want)),
      ...flags.notes,
    ]),
    warnings: unique([...flags.warnings, ...strangeDefault(state, zones)]),
    data: { zones: zones.flatMap((want) => rows(state, want)) },
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** One finding for what is the same in both configurations, each naming where. */
function merged(found: readonly (Finding & { readonly config?: Config })[]): Finding[] {
  const where = new Map<string, { finding: Finding; configs: Config[] }>();
  for (const { config, ...finding } of found) {
    const same = where.get(finding.message) ?? { finding, configs: [] };
    where.set(finding.message, same);
    if (config && !same.configs.includes(config)) same.configs.push(config);
  }
  return [...where.values()].map(({ finding, configs }) =>
    configs.length === 0
      ? finding
      : { ...finding, message: `${finding.message} (${configs.join(' and ')})` },
  );
}

/** A default zone that nobody asked about: what is in no zone (of K3s, often) meets its rules. */
function strangeDefault({ defaultZone }: FirewalldState, zones: readonly VerifyZone[]): string[] {
  if (zones.length === 0 || zones.some(({ zone }) => zone === defaultZone)) return [];
  return [
    `the default zone is ${defaultZone}, which is not judged here: interfaces in no zone use it, and the installer of the product looks at nothing else`,
  ];
}

/** Interfaces beside those asked for: they may be there, and do no harm. */
function extras(state: FirewalldState, { zone, interfaces }: VerifyZone): string[] {
  const here = new Set([
    ...(settingsIn(state, zone, 'runtime')?.interfaces ?? []),
    ...(settingsIn(state, zone, 'permanent')?.interfaces ?? []),
  ]);
  const rest = interfaces ? [...here].filter((name) => !interfaces.includes(name)).sort() : [];
  return rest.length === 0 ? [] : [`zone ${zone} also has interfaces ${rest.join(', ')}`];
}

/** One row a zone and key: what is wanted, what is permanent, what runs. */
function rows(state: FirewalldState, want: VerifyZone): Value[] {
  const asked = {
    interfaces: want.interfaces,
    sources: want.sources?.map(asSource),
    services: want.services,
    ports: want.ports && readPortItems(want.ports, '').ports.map(formatPort),
    target: want.target,
    forward: want.forward,
  } satisfies Partial<Record<keyof ZoneSettings, Value | undefined>>;
  const keys = Object.keys(asked) as (keyof typeof asked)[];
  return keys.flatMap((key): Value[] => {
    const desired = asked[key];
    if (desired === undefined) return [];
    return [
      {
        zone: want.zone,
        key,
        desired,
        permanent: settingsIn(state, want.zone, 'permanent')?.[key] ?? null,
        runtime: settingsIn(state, want.zone, 'runtime')?.[key] ?? null,
      },
    ];
  });
}

function problems(params: unknown): readonly Problem[] {
  const { zones } = params as { readonly zones?: unknown };
  if (!Array.isArray(zones)) return [];
  return zones.flatMap((zone: unknown, i) => {
    if (typeof zone !== 'object' || zone === null || zone instanceof Unknown) return [];
    const want = zone as Partial<Record<keyof VerifyZone, unknown>>;
    const sources: readonly unknown[] = Array.isArray(want.sources) ? want.sources : [];
    return [
      ...zoneNameProblems(want.zone, `/zones/${i}/zone`),
      ...readPortItems(want.ports, `/zones/${i}/ports`).problems,
      ...readPortItems(want.closed, `/zones/${i}/closed`).problems,
      ...sources.flatMap((source, j) => {
        const read = typeof source === 'string' ? canonicalSource(source) : '';
        return typeof read === 'string' ? [] : [{ pointer: `/zones/${i}/sources/${j}`, ...read }];
      }),
    ];
  });
}
