import { Refusal, type Result, type Seen } from '../../model/module.ts';
import type { UnitsFacts, UnitsState, UnitState } from './state.ts';

/** What a task wants of a unit; what is left out stays as it is. */
export interface Wish {
  readonly unit: string;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly daemon_reload?: boolean | undefined;
  readonly daemon_reexec?: boolean | undefined;
  /** The unit as the task calls it. */
  readonly name?: string | undefined;
}

/** The units as they should be. */
export function desiredUnits(
  { state, facts }: Seen<UnitsState, UnitsFacts>,
  wish: Wish,
): UnitsState | Refusal {
  const { unit } = wish;
  const now = state.units[unit] ?? null;
  if (!now) {
    if (wish.state === 'stopped' && wish.enabled !== true && wish.masked !== true) return state;
    return new Refusal(`the host has no unit ${unit}`, {
      pointer: '/name',
      hint: 'Check its name with `systemctl list-unit-files`; a package may have to be installed first.',
    });
  }
  const masked = wish.masked ?? now.masked;
  const wantsRun = wish.state === undefined ? now.running : wish.state !== 'stopped';
  if (masked && wantsRun && wish.state !== undefined) {
    return new Refusal(`${unit} is masked: it cannot be started`, {
      pointer: '/state',
      hint: 'Set masked: false (module systemd) if it should run.',
    });
  }
  if (wish.state === 'started' && facts.transient.includes(unit)) {
    return new Refusal(
      `${unit} ends by itself and leaves nothing running: it cannot be kept started`,
      {
        pointer: '/state',
        hint: 'To run it now, use state: restarted.',
      },
    );
  }
  if (wish.state === 'reloaded' && now.running && !facts.reloadable.includes(unit)) {
    return new Refusal(`${unit} cannot be reloaded`, {
      pointer: '/state',
      hint: 'Use state: restarted.',
    });
  }
  const fixed = FIXED.includes(facts.kinds[unit] ?? '');
  return {
    ...state,
    reexecs: Math.max(state.reexecs, wish.daemon_reexec === true ? 1 : 0),
    units: { ...state.units, [unit]: next(now, wish, { masked, running: wantsRun, fixed }) },
  };
}

/** Kinds of units that other units start, and that nobody enables. */
const FIXED = ['static', 'generated', 'indirect', 'transient'];

function next(
  now: UnitState,
  wish: Wish,
  { masked, running, fixed }: Record<'masked' | 'running' | 'fixed', boolean>,
): UnitState {
  const asks = (word: Wish['state']): number => (wish.state === word ? 1 : 0);
  return {
    running,
    enabled: masked ? false : fixed ? now.enabled : (wish.enabled ?? now.enabled),
    masked,
    stale: wish.daemon_reload === true ? false : now.stale,
    // Asked for twice, it is done once.
    restarts: Math.max(now.restarts, asks('restarted')),
    reloads: Math.max(now.reloads, asks('reloaded')),
  };
}

/** What systemd tells of a unit when it is done. */
export const unitTold = ({ facts }: Seen<UnitsState, UnitsFacts>, { unit }: Wish): Result['data'] =>
  unit === '*' ? {} : { status: facts.status[unit] ?? {} };

/** What a task tells besides its change. */
export function unitResult(
  after: Seen<UnitsState, UnitsFacts>,
  { unit, enabled, name = unit }: Wish,
): Result {
  const is = after.state.units[unit] ?? null;
  const kind = after.facts.kinds[unit] ?? '';
  return {
    data: {
      name: unit === '*' ? null : name,
      state: is?.running === true ? 'started' : 'stopped',
      enabled: is?.enabled ?? false,
      status: unit === '*' ? {} : (after.facts.status[unit] ?? {}),
    },
    notes: is ? [] : [`the host has no unit ${unit}`],
    warnings:
      enabled === false && FIXED.includes(kind)
        ? [`${unit} is ${kind}: other units start it, and there is nothing to disable`]
        : [],
  };
}
