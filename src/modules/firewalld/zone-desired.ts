import { didYouMean } from '../../lib/nearest.ts';
import { Refusal, type Seen } from '../../model/module.ts';
import { namesIn, type NameUsed, refuseUnknownNames } from './names.ts';
import { overlapSentence, overlapsOf } from './overlap.ts';
import { close, editPorts, open, subtract, within } from './ports.ts';
import type { FirewalldFacts, FirewalldState, ZoneSettings } from './state.ts';
import {
  BUILTIN,
  type Config,
  editList,
  emptySettings,
  ownersOf,
  settingsIn,
  withSettings,
  zoneOf,
} from './zone-edit.ts';
import { type ZoneIntent, zoneIntent } from './zone-intent.ts';
import { inZone, type NamedZone, type ZoneParams } from './zone-params.ts';
import { zoneProblems } from './zone-problems.ts';
import { withLoaded } from './zone-loaded.ts';
import { refuseReload } from './zone-no-reload.ts';
import { asRich } from './zone-rich.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/** The state with the zone as the arguments want it, or why that cannot be. */
export function desiredZone(current: Current, given: ZoneParams): FirewalldState | Refusal {
  const bad = zoneProblems(given)[0];
  if (bad) return new Refusal(bad.message, { ...bad, code: 'ARGUMENT_INVALID' });
  const params = inZone(given, current.state.defaultZone);
  const intent = zoneIntent(params);
  const configs = reachable(current.facts, intent);
  if (configs instanceof Refusal) return configs;
  const refusal = intent.deletes
    ? refuseDeletion(current, intent)
    : (refuseInterfaces(current.facts, params, intent) ??
      refuseUnknownNames(zoneNames(params, intent), current.facts, configs) ??
      refuseOwners(current.state, params, intent));
  if (refusal) return refusal;
  const wanted = intent.deletes
    ? remove(current.state, intent, configs)
    : arrange(current, params, intent, configs);
  if (wanted instanceof Refusal) return wanted;
  const reload = params.reload === 'never' ? refuseReload(current, intent, wanted) : undefined;
  return reload ?? withLoaded(current, wanted);
}

/** The configurations that can be written: while the daemon is down, only the permanent one. */
function reachable(facts: FirewalldFacts, intent: ZoneIntent): readonly Config[] | Refusal {
  if (facts.access !== 'offline') return intent.configs;
  if (!intent.mayWriteOffline) {
    return new Refusal('firewalld is not running, and offline: never was given', {
      hint: 'start it: systemctl start firewalld',
      pointer: '/offline',
    });
  }
  const configs = intent.configs.filter((config) => config === 'permanent');
  if (configs.length > 0) return configs;
  return new Refusal('firewalld is not running: there is no runtime configuration to change', {
    hint: 'start it: systemctl start firewalld; or write persist: permanent',
    pointer: '/persist',
  });
}

function refuseDeletion({ state, facts }: Current, { zone }: ZoneIntent): Refusal | undefined {
  if (BUILTIN.includes(zone)) {
    return new Refusal(`BUILTIN_ZONE: zone ${zone} comes with firewalld and cannot be deleted`, {
      hint: 'empty it instead: name its entries under remove:',
      pointer: '/state',
    });
  }
  const policy = facts.policyZones[zone];
  if (policy !== undefined) {
    return new Refusal(
      `policy ${policy} is about zone ${zone}, which cannot be deleted before it`,
      {
        hint: `take the zone out of the policy first: firewall-cmd --permanent --policy=${policy} --remove-ingress-zone=${zone} (or --remove-egress-zone), then firewall-cmd --reload`,
        pointer: '/state',
      },
    );
  }
  if (state.defaultZone !== zone) return undefined;
  return new Refusal(`zone ${zone} is the default zone and cannot be deleted`, {
    hint: 'make another zone the default first: firewalld_zone: {zone: public, default: true}',
    pointer: '/state',
  });
}

/** Interfaces that the host does not have. */
function refuseInterfaces(
  facts: FirewalldFacts,
  params: ZoneParams,
  intent: ZoneIntent,
): Refusal | undefined {
  if (params.check_interfaces) {
    for (const name of intent.lists.interfaces.add ?? []) {
      if (name.endsWith('+') || facts.interfaces.includes(name)) continue;
      const has = [...facts.interfaces].sort().join(', ');
      return new Refusal(
        `interface ${name} does not exist on this host; it has: ${has}.${didYouMean(name, facts.interfaces)}`,
        {
          hint: 'correct the name, or write check_interfaces: false if it comes later',
          pointer: pointerTo('interfaces', name, params.interfaces),
        },
      );
    }
  }
  return undefined;
}

const pointerTo = (key: string, name: string, given: readonly string[] = []): string =>
  given.includes(name) ? `/${key}/${given.indexOf(name)}` : `/${key}`;

/** Names in what the zone shall have that the host must know. */
export const zoneNames = (params: ZoneParams, { lists }: ZoneIntent): readonly NameUsed[] =>
  namesIn(
    {
      services: lists.services.add,
      protocols: lists.protocols.add,
      sources: lists.sources.add,
      rich_rules: lists.rich_rules.add,
    },
    (key, entry) => {
      const given = key === 'rich_rules' ? params.rich_rules?.map(asRich) : listOf(params, key);
      return pointerTo(key, entry, given);
    },
  );

const listOf = (params: ZoneParams, key: string): readonly string[] | undefined =>
  key === 'services' || key === 'protocols' || key === 'sources' ? params[key] : undefined;

/** Entries of other zones that may not be taken, and sources that would be in two zones at once. */
function refuseOwners(
  state: FirewalldState,
  params: ZoneParams,
  intent: ZoneIntent,
): Refusal | undefined {
  const { zone, configs } = intent;
  for (const config of configs) {
    for (const key of ['interfaces', 'sources'] as const) {
      for (const entry of intent.lists[key].add ?? []) {
        const owner = ownersOf(state, config, key, entry).find((name) => name !== zone);
        if (owner === undefined || params.move) continue;
        return new Refusal(
          `${entry} is bound to zone ${owner}; move: false forbids taking it (zone ${zone})`,
          { hint: `take it out of ${owner} first, or leave move: out`, pointer: `/${key}` },
        );
      }
    }
    const clash = overlapsOf(state, config, zone, intent.lists.sources.add ?? []).find(
      ({ source, otherSource }) => source !== otherSource,
    );
    if (clash) {
      return new Refusal(overlapSentence(clash), {
        hint: `take ${clash.otherSource} out of zone ${clash.otherZone} first: firewalld_zone: {zone: ${clash.otherZone}, remove: {sources: [${clash.otherSource}]}}`,
        pointer: '/sources',
      });
    }
  }
  return undefined;
}

function remove(
  state: FirewalldState,
  { zone }: ZoneIntent,
  configs: readonly Config[],
): FirewalldState {
  if (zoneOf(state, zone).runtime === null && zoneOf(state, zone).permanent === null) return state;
  return configs.reduce((next, config) => withSettings(next, zone, config, null), state);
}

function arrange(
  { state, facts }: Current,
  params: NamedZone,
  intent: ZoneIntent,
  configs: readonly Config[],
): FirewalldState | Refusal {
  const { zone } = intent;
  const old = zoneOf(state, zone);
  if (old.permanent === null && !configs.includes('permanent')) {
    return new Refusal(`zone ${zone} does not exist, and a new zone cannot live in runtime alone`, {
      hint: 'leave persist: out',
      pointer: '/persist',
    });
  }
  const modern = hasForward(state, facts);
  if (intent.forward !== undefined && !modern) {
    const has = facts.version === '' ? 'an older one' : facts.version;
    return new Refusal(`forward needs firewalld 0.9.0, the host has ${has}`, {
      hint: 'leave forward: out for this host, or upgrade firewalld',
      pointer: '/forward',
    });
  }
  let next = state;
  for (const config of configs) {
    const start =
      settingsIn(state, zone, config) ?? old.permanent ?? emptySettings(modern ? false : null);
    next = withSettings(next, zone, config, applied(start, intent));
    next = takenFromOthers(next, config, intent);
  }
  return withDefault(next, params, facts);
}

/** Whether this firewalld knows intra-zone forwarding: every zone of 0.9.0 and later says so. */
function hasForward(state: FirewalldState, facts: FirewalldFacts): boolean {
  const [any] = Object.values(state.zones).flatMap(({ runtime, permanent }) =>
    [runtime, permanent].filter((settings) => settings !== null),
  );
  if (any) return any.forward !== null;
  return !/^0\.[0-8]\./.test(facts.version);
}

/** Settings of the zone itself; the same object when nothing of it changes. */
function applied(old: ZoneSettings, intent: ZoneIntent): ZoneSettings {
  const { lists, ports } = intent;
  const next: ZoneSettings = {
    ...old,
    target: intent.target ?? old.target,
    interfaces: editList(old.interfaces, lists.interfaces),
    sources: editList(old.sources, lists.sources),
    services: editList(old.services, lists.services),
    protocols: editList(old.protocols, lists.protocols),
    richRules: editList(old.richRules, lists.rich_rules),
    ports: editPorts(old.ports, (listed) => {
      const kept = ports.exclusive ? within(listed, ports.add) : listed;
      return open(close(kept, subtract(ports.remove, ports.add)).list, ports.add);
    }),
    forward: intent.forward ?? old.forward,
    masquerade: intent.masquerade ?? old.masquerade,
    icmpBlockInversion: intent.icmpBlockInversion ?? old.icmpBlockInversion,
  };
  const keys = Object.keys(next) as (keyof ZoneSettings)[];
  return keys.every((key) => next[key] === old[key]) ? old : next;
}

/** Moves: an interface or source is in one zone of a configuration only. */
function takenFromOthers(
  state: FirewalldState,
  config: Config,
  { zone, lists }: ZoneIntent,
): FirewalldState {
  let next = state;
  for (const other of Object.keys(state.zones)) {
    const old = settingsIn(next, other, config);
    if (other === zone || !old) continue;
    const interfaces = editList(old.interfaces, { remove: lists.interfaces.add ?? [] });
    const sources = editList(old.sources, { remove: lists.sources.add ?? [] });
    if (interfaces === old.interfaces && sources === old.sources) continue;
    next = withSettings(next, other, config, { ...old, interfaces, sources });
  }
  return next;
}

function withDefault(
  state: FirewalldState,
  params: NamedZone,
  facts: FirewalldFacts,
): FirewalldState | Refusal {
  if (params.default === true && state.defaultZone !== params.zone) {
    if (facts.access === 'offline' || zoneOf(state, params.zone).runtime) {
      return { ...state, defaultZone: params.zone };
    }
    return new Refusal(`zone ${params.zone} does not run yet and cannot be the default zone`, {
      hint: 'leave persist: out, so that the zone is loaded',
      pointer: '/default',
    });
  }
  if (params.default !== false || state.defaultZone !== params.zone) return state;
  return new Refusal(`zone ${params.zone} is the default zone; there must be one`, {
    hint: 'say which zone it is to be instead: firewalld_zone: {zone: public, default: true}',
    pointer: '/default',
  });
}
