import { didYouMean } from '../../lib/nearest.ts';
import { Refusal, type Seen } from '../../model/module.ts';
import { certain, coverage, type Opener } from './coverage.ts';
import { refuseUnknownNames } from './names.ts';
import {
  limitedAmong,
  limitedRules,
  portIntent,
  type PortIntent,
  portNames,
  portProblems,
} from './port-intent.ts';
import type { PortParams } from './port-params.ts';
import {
  close,
  coalesce,
  covered,
  editPorts,
  intersect,
  open,
  type Port,
  readPorts,
  showPorts,
  within,
} from './ports.ts';
import type { FirewalldFacts, FirewalldState, ZoneSettings } from './state.ts';
import { type Config, editList, settingsIn, withSettings, zoneOf } from './zone-edit.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/** The state with the ports as the arguments want them, or why that cannot be. */
export function desiredPorts(current: Current, params: PortParams): FirewalldState | Refusal {
  const bad = portProblems(params)[0];
  if (bad) return new Refusal(bad.message, { ...bad, code: 'ARGUMENT_INVALID' });
  const intent = portIntent(params);
  const { state, facts } = current;
  const zone = params.zone ?? state.defaultZone;
  const configs = reachable(current, intent, zone);
  if (configs instanceof Refusal) return configs;
  const unknown = refuseUnknownNames(portNames(intent), facts, configs);
  if (unknown) return unknown;
  let next = state;
  for (const config of configs) {
    const old = settingsIn(state, zone, config);
    if (!old) continue;
    const settings = intent.closes
      ? closed(old, facts, params, intent, `zone ${zone} (${config})`)
      : opened(old, facts, params, intent);
    if (settings instanceof Refusal) return settings;
    next = withSettings(next, zone, config, settings);
  }
  return next;
}

/** The configurations to write: only the permanent one while the daemon is down; a zone that is not there is an error. */
function reachable(
  { state, facts }: Current,
  intent: PortIntent,
  zone: string,
): readonly Config[] | Refusal {
  const offline = facts.access === 'offline';
  if (offline && !intent.mayWriteOffline) {
    return new Refusal('firewalld is not running, and offline: never was given', {
      hint: 'start it: systemctl start firewalld',
      pointer: '/offline',
    });
  }
  const configs = offline ? intent.configs.filter((c) => c === 'permanent') : intent.configs;
  if (configs.length === 0) {
    return new Refusal('firewalld is not running: there is no runtime configuration to change', {
      hint: 'start it: systemctl start firewalld; or write persist: permanent',
      pointer: '/persist',
    });
  }
  const { runtime, permanent } = zoneOf(state, zone);
  if (!runtime && !permanent) {
    const has = [...facts.zoneNames].sort().join(', ');
    return new Refusal(
      `INVALID_ZONE: firewalld on this host has no zone "${zone}"; it has: ${has}.${didYouMean(zone, facts.zoneNames)}`,
      { hint: 'correct the name, or make the zone first with firewalld_zone', pointer: '/zone' },
    );
  }
  const absent = configs.find((config) => settingsIn(state, zone, config) === null);
  if (absent === undefined) return configs;
  const where = absent === 'runtime' ? 'permanent' : 'runtime';
  return new Refusal(`zone ${zone} exists in the ${where} configuration only`, {
    hint:
      where === 'permanent'
        ? 'reload firewalld so that it runs, or write persist: permanent'
        : 'make it permanent with firewalld_zone, or write persist: runtime',
    pointer: '/zone',
  });
}

function opened(
  old: ZoneSettings,
  facts: FirewalldFacts,
  params: PortParams,
  intent: PortIntent,
): ZoneSettings {
  const { want, sources } = intent;
  if (sources) {
    const richRules = editList(old.richRules, { add: limitedRules(want, sources) });
    return richRules === old.richRules ? old : { ...old, richRules };
  }
  const others = params.match === 'exact' ? [] : elsewhere(old, facts, params);
  const ports = editPorts(old.ports, (listed) => {
    const kept = params.exclusive ? within(listed, want) : listed;
    const there = [...kept, ...others];
    const missing = want.filter((port) => !covered([port], there));
    return open(kept, missing);
  });
  return ports === old.ports ? old : { ...old, ports };
}

/** What the zone opens without its list, as far as the arguments let it count. */
function elsewhere(old: ZoneSettings, facts: FirewalldFacts, params: PortParams): Port[] {
  const { openers } = coverage(old, facts.services);
  const counts = ({ by }: Opener): boolean =>
    by.startsWith('target') ||
    by.startsWith('protocol') ||
    (params.services_count && by.startsWith('service'));
  return coalesce(openers.filter(counts).flatMap(({ ports }) => ports));
}

function closed(
  old: ZoneSettings,
  facts: FirewalldFacts,
  params: PortParams,
  intent: PortIntent,
  where: string,
): ZoneSettings | Refusal {
  const { want, sources } = intent;
  if (sources) {
    const remove = limitedAmong(old.richRules, intent, sources);
    const richRules = editList(old.richRules, { remove });
    return richRules === old.richRules ? old : { ...old, richRules };
  }
  const { cut } = close(readPorts(old.ports), want);
  if (cut.length > 0 && !params.split) {
    const parts = showPorts(intersect(want, cut));
    return new Refusal(`${parts} is part of the listed range ${showPorts(cut)} in ${where}`, {
      hint: 'write split: true to cut the range, or name the whole range',
      pointer: '/split',
    });
  }
  const ports = editPorts(old.ports, (listed) => close(listed, want).list);
  const settings = ports === old.ports ? old : { ...old, ports };
  const keeps = stillOpenBy(settings, facts, want);
  if (keeps.length === 0 || params.ignore_still_open) return settings;
  const which = showPorts(
    intersect(
      want,
      keeps.flatMap((opener) => opener.ports),
    ),
  );
  return new Refusal(
    `${which} would stay open in ${where}: still_open_by ${keeps.map(({ by }) => by).join(', ')}`,
    {
      hint: 'take that away first (firewalld_zone: remove:), or write ignore_still_open: true',
      pointer: '/state',
    },
  );
}

/** What keeps ports open that are not listed (any more). */
export const stillOpenBy = (
  settings: ZoneSettings,
  facts: FirewalldFacts,
  want: readonly Port[],
): readonly Opener[] =>
  coverage(settings, facts.services).openers.filter(
    ({ ports }) => intersect(want, ports).length > 0,
  );

/** What of `want` the zone opens for sure. */
export const openNow = (
  settings: ZoneSettings | null,
  facts: FirewalldFacts,
  want: readonly Port[],
): Port[] => (settings ? intersect(want, certain(coverage(settings, facts.services))) : []);
