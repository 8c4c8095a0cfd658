import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import type { Manager, UnitScope, UnitsFacts, UnitsState, UnitState } from './state.ts';

const PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'NeedDaemonReload', 'Type'],
  ...['RemainAfterExit', 'CanReload'],
  // What playbooks read of the result.
  ...['Names', 'Description', 'FragmentPath', 'DropInPaths', 'MainPID', 'Result', 'NRestarts'],
  ...['ExecMainStatus', 'ExecMainStartTimestamp', 'ActiveEnterTimestamp', 'UnitFilePreset'],
  ...['ExecMainPID', 'ExecMainCode', 'ExecMainExitTimestamp', 'ActiveExitTimestamp', 'StatusText'],
  ...['InactiveEnterTimestamp', 'InactiveExitTimestamp', 'StateChangeTimestamp', 'LoadError'],
  ...['ControlGroup', 'MemoryCurrent', 'TasksCurrent', 'Restart', 'User', 'Group', 'CanStart'],
  ...['CanStop', 'Requires', 'Wants', 'WantedBy', 'RequiredBy', 'After', 'Before', 'Conflicts'],
  ...['Triggers', 'TriggeredBy', 'Documentation', 'SourcePath', 'Slice', 'ConditionResult'],
  ...['NextElapseUSecRealtime', 'LastTriggerUSec', 'InvocationID', 'Transient', 'Listen'],
].join(',');

/** One process of systemctl tells of all units, in the order they were asked for. */
export function observeUnits(scopes: readonly UnitScope[]): Probe<UnitsState, UnitsFacts> {
  const all = [...new Set(scopes.map(({ unit }) => unit))].sort();
  const units = all.filter((unit) => unit !== '*');
  const manager = scopes[0]?.manager ?? 'system';
  return {
    script: lines([
      raw('command -v systemctl >/dev/null 2>&1 || exit 127'),
      ...(all.includes('*') ? [anyStale(manager)] : []),
      ...(units.length === 0
        ? []
        : [sh`${systemctl(manager)} show --no-pager -p ${PROPERTIES} -- ${units}`]),
    ]),
    parse: (reply) => {
      const { state, facts } = parse(reply, all, manager);
      const hasty = scopes.flatMap((one) => (one.hasty ? [one.unit] : []));
      return { state, facts: { ...facts, hasty } };
    },
  };
}

const anyStale = (manager: Manager): Shell =>
  sh`case $(${systemctl(manager)} show --no-pager -p NeedDaemonReload -- '*') in
  *=yes*) printf 'Id=*\nNeedDaemonReload=yes\n\n' ;;
  *=no*) printf 'Id=*\nNeedDaemonReload=no\n\n' ;;
  *) exit 1 ;;
esac`;

/** systemctl for the units of a manager. */
export const systemctl = (manager: Manager): readonly string[] =>
  manager === 'system' ? ['systemctl'] : ['systemctl', `--${manager}`];

function parse(
  reply: Reply,
  units: readonly string[],
  manager: Manager,
): Seen<UnitsState, UnitsFacts> {
  const stderr = reply.stderr.toString('utf8').slice(0, 2000);
  if (reply.exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no systemctl: services need systemd', {
      hint: 'Use the module command for another init.',
    });
  }
  if (/not been booted with systemd|Failed to connect to bus/.test(stderr)) {
    throw new OrchError('TOOL_MISSING', 'systemd does not run on the host', { stderr });
  }
  const blocks = reply.stdout.toString('utf8').trim().split(/\n\n+/).map(properties);
  if (reply.exit !== 0 || blocks.length !== units.length || blocks.some(({ Id }) => !Id)) {
    throw new OrchError('REPLY_UNREADABLE', 'systemd did not tell of all units', { stderr });
  }
  const of = <T>(tell: (block: Properties) => T): Record<string, T> =>
    Object.fromEntries(units.map((unit, i) => [unit, tell(blocks[i] ?? {})]));
  const having = (holds: (block: Properties) => boolean): readonly string[] =>
    units.filter((_, i) => holds(blocks[i] ?? {}));
  return {
    state: { manager, reexecs: 0, units: of(stateOf) },
    facts: {
      hasty: [],
      names: of(({ Id }) => Id ?? ''),
      kinds: of(({ UnitFileState }) => UnitFileState ?? ''),
      transient: having((b) => b['Type'] === 'oneshot' && b['RemainAfterExit'] === 'no'),
      status: of((block) =>
        Object.fromEntries(Object.entries(block).map(([key, value]) => [key, value ?? ''])),
      ),
      reloadable: having(({ CanReload }) => CanReload === 'yes'),
    },
  };
}

type Properties = Readonly<Partial<Record<string, string>>>;

const properties = (block: string): Properties =>
  Object.fromEntries(
    block.split('\n').map((row): [string, string] => {
      const at = row.indexOf('=');
      return [row.slice(0, at), row.slice(at + 1)];
    }),
  );

function stateOf(block: Properties): UnitState | null {
  const { LoadState: load, ActiveState: active, SubState: sub, UnitFileState: kind = '' } = block;
  if (load === 'not-found') return null;
  return {
    // A service that systemd starts again and again is not one that runs.
    running:
      ['active', 'reloading', 'refreshing'].includes(active ?? '') ||
      (active === 'activating' && sub !== 'auto-restart'),
    enabled: ENABLED.includes(kind),
    masked: load === 'masked' || kind.startsWith('masked'),
    stale: block['NeedDaemonReload'] === 'yes',
    restarts: 0,
    reloads: 0,
  };
}

const ENABLED = ['enabled', 'static', 'generated', 'alias', 'indirect', 'transient'];
