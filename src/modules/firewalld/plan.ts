import { OrchError } from '../../lib/errors.ts';
import type { Plan, Seen, Step } from '../../model/module.ts';
import { callScript, checkConfig, reload } from './busctl-call.ts';
import { listSteps } from './cli-plan.ts';
import { changed, isEmpty, type Zones } from './plan-diff.ts';
import { guardScript, type Touched } from './plan-guard.ts';
import { permanentSteps, permanentWrites, type Write, zoneFiles } from './plan-permanent.ts';
import { managedSteps, unmanaged } from './plan-managed.ts';
import { defaultStep, type RuntimeChange, runtimeSteps } from './plan-runtime.ts';
import { settingsFromBus } from './parse-settings.ts';
import {
  heldBack,
  reloadCost,
  reloadReasons,
  reloadsByDefault,
  refuseReload,
} from './plan-reload.ts';
import type { FirewalldFacts, FirewalldState, Zone, ZoneSettings } from './state.ts';
import { zoneFromXml } from './zone-xml.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/**
 * The way from what was seen to what should be. Running settings first, open before close, then permanent ones; a
 * reload only for what firewalld cannot do without: a new, deleted or never loaded zone, another target.
 */
export function planFirewalld(current: Current, desired: FirewalldState): Plan {
  const { facts } = current;
  const touched = touchedBy(current.state, desired);
  if (facts.panic && touched.runtime.length > 0) {
    throw new OrchError(
      'FIREWALLD_PANIC',
      'firewalld is in panic mode and refuses changes; nothing was written',
    );
  }
  const reasons = facts.access === 'offline' ? [] : reloadReasons(current, desired);
  if (reasons.length > 0) refuseReload(current, desired);
  const needs = reasons.length > 0 ? [...reasons, ...reloadCost(facts)] : [];
  const steps =
    facts.access === 'dbus'
      ? busSteps(current, desired, needs)
      : listSteps(current, desired, needs);
  const guard = guardScript(facts, touched);
  return { ...(guard === undefined ? {} : { guard }), steps };
}

function busSteps(
  { state, facts }: Current,
  desired: FirewalldState,
  needs: readonly string[],
): readonly Step[] {
  const change: RuntimeChange = {
    from: zonesIn(state, 'runtime'),
    to: zonesIn(desired, 'runtime'),
    defaultZone: { from: state.defaultZone, to: desired.defaultZone },
    spelled: (zone) => {
      const text = facts.raw[`runtime ${zone}`];
      return text === undefined ? [] : settingsFromBus(text).sources;
    },
  };
  const managed = managedSteps(
    facts,
    zonesIn(desired, 'permanent'),
    change.defaultZone,
    desired.how?.unnamed,
  );
  const files = unmanaged(zonesIn(desired, 'permanent'), facts);
  const held = needs.length === 0 ? new Set<string>() : heldBack(state, desired);
  const read = leftOut(files, held);
  const writes = permanentWrites(filesBefore(state, facts), read, desired.how?.builtIn);
  if (needs.length === 0) return [...runtimeSteps(change), ...permanentSteps(writes), ...managed];
  // After the reload the running zones are the permanent ones: what differs by wish is done once more.
  const loaded = leftOut(zonesIn(desired, 'permanent'), held);
  // What only runs is lost once more where another default zone takes a reload: it comes before that.
  const byDefault = reloadsByDefault({ state, facts }, desired);
  const again = runtimeSteps({
    ...change,
    ...(byDefault ? { defaultZone: SAME } : {}),
    from: loaded,
    spelled: (zone) => loaded[zone]?.sources ?? [],
  });
  const before = zonesIn(state, 'permanent');
  const back = runtimeSteps({
    from: before,
    to: zonesIn(state, 'runtime'),
    defaultZone: SAME,
    spelled: (zone) => before[zone]?.sources ?? [],
  });
  // NetworkManager binds its devices as their connections say: they move before anything is bound beside them.
  return [
    reloadStep(writes, needs, back, reloadCost(facts)),
    ...(byDefault ? [defaultStep(state.defaultZone, desired.defaultZone)] : []),
    ...managed,
    ...again,
    ...permanentSteps(permanentWrites(read, files)),
  ];
}

const SAME = { from: '', to: '' };

const leftOut = (zones: Zones, names: ReadonlySet<string>): Zones =>
  Object.fromEntries(Object.entries(zones).filter(([name]) => !names.has(name)));

/** Writes, check and reload as one step: taken back in the order undo, reload, running settings. */
function reloadStep(
  writes: readonly Write[],
  needs: readonly string[],
  back: readonly Step[],
  costs: readonly string[],
): Step {
  const undo = writes.map((write) => write.undo).reverse();
  return {
    name: [...writes.map(({ name }) => name), 'reload'].join('; '),
    do: callScript([...writes.map(({ call }) => call), checkConfig, reload], undo),
    inverse: {
      text: [callScript([...undo, reload]), ...back.map((step) => step.do)]
        .map(({ text }) => `(\n${text}\n)`)
        .join(' &&\n'),
    },
    stage: 'persistent',
    disruption: 'reload',
    reason: needs.join('; '),
    ...(costs.length === 0 ? {} : { harm: costs.join('; ') }),
    files: [...new Set(writes.flatMap(({ zone }) => zoneFiles(zone)))],
  };
}

/** The zones of one configuration. */
export function zonesIn(state: FirewalldState, config: keyof Zone): Zones {
  const found = Object.entries(state.zones).flatMap(([name, zone]): [string, ZoneSettings][] => {
    const settings = zone[config];
    return settings === null ? [] : [[name, settings]];
  });
  return Object.fromEntries(found);
}

/** What the zone files bind: NetworkManager's interfaces count as theirs in the state, yet are in no file. */
function filesBefore(state: FirewalldState, facts: FirewalldFacts): Zones {
  const before = Object.entries(zonesIn(state, 'permanent')).map(([name, settings]) => {
    const lines = (facts.raw[`permanent ${name}`] ?? '').split('\n');
    const text = lines.map((line) => line.slice(line.indexOf(':') + 1)).join('\n');
    const isManaged = settings.interfaces.some((device) => device in facts.networkManager);
    return [
      name,
      isManaged ? { ...settings, interfaces: zoneFromXml(text, name, []).interfaces } : settings,
    ] as const;
  });
  return Object.fromEntries(before);
}

function touchedBy(current: FirewalldState, desired: FirewalldState): Touched {
  const names = [...new Set([...Object.keys(current.zones), ...Object.keys(desired.zones)])].sort();
  const differs = (config: keyof Zone): readonly string[] =>
    names.filter((name) => {
      const before = current.zones[name]?.[config] ?? null;
      const after = desired.zones[name]?.[config] ?? null;
      return before && after ? !isEmpty(changed(before, after)) : before !== after;
    });
  return { runtime: differs('runtime'), permanent: differs('permanent') };
}
