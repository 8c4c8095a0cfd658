import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Seen, Step } from '../../model/module.ts';
import { type Call, callsFor, type Pair } from './cli-calls.ts';
import type { Zones } from './plan-diff.ts';
import { managedSteps, unmanaged } from './plan-managed.ts';
import { heldBack, reloadsByDefault } from './plan-reload.ts';
import type { FirewalldFacts, FirewalldState, ZoneSettings } from './state.ts';

type Config = 'runtime' | 'permanent';

/**
 * Steps by firewall-cmd (no busctl, or firewalld < 0.9) or firewall-offline-cmd (daemon down; permanent only). One
 * kind of thing per call: several kinds are an error, and a refused item among others is only a warning.
 */
export function listSteps(
  { state, facts }: Seen<FirewalldState, FirewalldFacts>,
  desired: FirewalldState,
  needs: readonly string[],
): readonly Step[] {
  const offline = facts.access === 'offline';
  const names = [...new Set([...Object.keys(state.zones), ...Object.keys(desired.zones)])].sort();
  const pairs = (config: Config): readonly Pair[] =>
    names.map((zone) => ({
      zone,
      before: state.zones[zone]?.[config] ?? null,
      after: desired.zones[zone]?.[config] ?? null,
    }));
  const held = needs.length === 0 ? new Set<string>() : heldBack(state, desired);
  const files = unmanagedPairs(pairs('permanent'), facts);
  const permanent = callsFor(
    files.map((pair) => (held.has(pair.zone) ? { ...pair, after: null } : pair)),
    'permanent',
  );
  const behind = files.flatMap((pair) => (held.has(pair.zone) ? [{ ...pair, before: null }] : []));
  const managed = managedSteps(
    facts,
    permanentZones(names, desired),
    {
      from: state.defaultZone,
      to: desired.defaultZone,
    },
    desired.how?.unnamed,
  );
  const byDefault =
    state.defaultZone === desired.defaultZone
      ? []
      : [defaultStep(state.defaultZone, desired.defaultZone, offline)];
  const program = offline ? OFFLINE : PERMANENT;
  if (offline || needs.length === 0) {
    const runtime = offline ? [] : callsFor(pairs('runtime'), 'runtime');
    return [
      ...runtime.map((call) => commandStep(call, RUNTIME)),
      ...byDefault,
      ...permanent.map((call) => commandStep(call, program)),
      ...managed,
    ];
  }
  // After the reload the running zones are the permanent ones: what differs by wish is done once more.
  const loaded = names.map((zone) => ({
    zone,
    before: held.has(zone) ? null : (desired.zones[zone]?.permanent ?? null),
    after: desired.zones[zone]?.runtime ?? null,
  }));
  const early = reloadsByDefault({ state, facts }, desired);
  return [
    reloadStep(permanent, needs),
    // What only runs is lost once more where another default zone takes a reload: it comes before that.
    ...(early ? byDefault : []),
    // NetworkManager binds its devices as their connections say: they move before anything is bound beside them.
    ...managed,
    ...callsFor(loaded, 'runtime').map((call) => commandStep(call, RUNTIME)),
    ...(early ? [] : byDefault),
    ...callsFor(behind, 'permanent').map((call) => commandStep(call, PERMANENT)),
  ];
}

/** firewall-cmd may hand interfaces of NetworkManager on to it, or forget to: they are never given to it. */
const unmanagedPairs = (pairs: readonly Pair[], facts: FirewalldFacts): readonly Pair[] =>
  pairs.map(({ zone, before, after }) => {
    const left = (settings: ZoneSettings | null): ZoneSettings | null =>
      settings && (unmanaged({ [zone]: settings }, facts)[zone] ?? null);
    return { zone, before: left(before), after: left(after) };
  });

const permanentZones = (names: readonly string[], { zones }: FirewalldState): Zones =>
  Object.fromEntries(
    names.flatMap((name): [string, ZoneSettings][] => {
      const settings = zones[name]?.permanent;
      return settings ? [[name, settings]] : [];
    }),
  );

/** A program with its first options. */
type Program = readonly [string, ...string[]];

const RUNTIME: Program = ['firewall-cmd'];
const PERMANENT: Program = ['firewall-cmd', '--permanent'];
const OFFLINE: Program = ['firewall-offline-cmd'];

const commandStep = ({ words, undo }: Call, program: Program): Step => ({
  name: `${program === RUNTIME ? 'runtime' : 'permanent'} ${words.join(' ')}`,
  do: allOrNothing(commandScript([...program, ...words]), {
    // Of several items it does those it takes; a single one it does or not.
    isMany: words.length > 2,
    undo: commandScript([...program, ...undo]),
  }),
  inverse: commandScript([...program, ...undo]),
  stage: program === RUNTIME ? 'runtime' : 'persistent',
  ...(program === RUNTIME ? disturbs(words) : { disruption: 'none' }),
  ...(program === PERMANENT ? { late: true } : {}),
});

/** What closes, and what moves packets to another zone. */
function disturbs(words: readonly string[]): Pick<Step, 'disruption' | 'reason'> {
  const zone = words.find((word) => word.startsWith('--zone='))?.slice('--zone='.length) ?? '';
  const moved = words.flatMap(
    (word) => /^--(?:change|add|remove)-(?:interface|source)=(.+)$/.exec(word)?.[1] ?? [],
  );
  if (moved.length > 0) {
    const reason = `new connections from ${moved.join(', ')} are judged by another zone`;
    return { disruption: 'connection', reason };
  }
  if (!words.some((word) => CLOSING.test(word))) return { disruption: 'none' };
  const reason = `new connections through zone ${zone} meet less open doors`;
  return { disruption: 'connection', reason };
}

const CLOSING =
  /^--remove-(?:service|port|protocol|source-port|rich-rule)=|^--add-rich-rule=.*\b(?:drop|reject)\b/;

/** Fails on a warning too, unless it says that all is done already: firewall-cmd skips what it refuses and exits 0. */
function commandScript(words: readonly string[]): Shell {
  return lines([
    sh`o=$(${words} 2>&1) || { printf ${'%s\n'} "$o" >&2; exit 1; }`,
    raw(`printf '%s\\n' "$o" | while IFS= read -r l; do
  case $l in
    *ALREADY_ENABLED* | *NOT_ENABLED* | *ZONE_ALREADY_SET* | *ALREADY_SET* | *UNKNOWN_INTERFACE* | *UNKNOWN_SOURCE*) ;;
    Warning:*) printf '%s\\n' "$l" >&2; exit 1 ;;
  esac
done`),
  ]);
}

/** What a call did before it failed is taken back. */
const allOrNothing = (
  script: Shell,
  { isMany, undo }: { readonly isMany: boolean; readonly undo: Shell },
): Shell => (isMany ? sh`(\n${script}\n) || { (\n${undo}\n) >/dev/null 2>&1; exit 1; }` : script);

function defaultStep(from: string, to: string, offline: boolean): Step {
  const set = (zone: string): Shell =>
    commandScript([...(offline ? OFFLINE : RUNTIME), `--set-default-zone=${zone}`]);
  return {
    name: `default zone ${to} instead of ${from}`,
    do: set(to),
    inverse: set(from),
    stage: 'persistent',
    disruption: 'connection',
    reason: `new connections through interfaces in no zone are judged by zone ${to}`,
  };
}

/** Writes, check and reload as one step: taken back in the order undo, reload. */
function reloadStep(permanent: readonly Call[], needs: readonly string[]): Step {
  const done = permanent.map(({ words }) => commandScript([...PERMANENT, ...words]));
  const undone = permanent.map(({ undo }) => commandScript([...PERMANENT, ...undo])).reverse();
  const check = raw('firewall-cmd --check-config >/dev/null');
  const load = commandScript(['firewall-cmd', '--reload']);
  const chain = (scripts: readonly Shell[]): Shell => ({
    text: scripts.map(({ text }) => `(\n${text}\n)`).join(' &&\n'),
  });
  return {
    name: [...permanent.map(({ words }) => words.join(' ')), 'reload'].join('; '),
    do: sh`{ ${chain([...done, check, load])}
} || { ( ${lines(undone.map((script) => chain([script])))} ) >/dev/null 2>&1; exit 1; }`,
    inverse: chain([...undone, load]),
    stage: 'persistent',
    disruption: 'reload',
    reason: needs.join('; '),
  };
}
