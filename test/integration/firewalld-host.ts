import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../src/model/module.ts';
import type { Reply } from '../../src/model/transport.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import type {
  FirewalldScope,
  FirewalldState,
  ZoneSettings,
} from '../../src/modules/firewalld/state.ts';

const LAB = new URL('../lab/lab.sh', import.meta.url).pathname;

// These tests reset host 1 again and again: never that of a lab somebody else works with.
if (process.env['ORCH_LAB'] === undefined) {
  throw new Error('set ORCH_LAB to a lab of your own, or use npm run test:integration');
}

/** Runs a script on host 1 of the lab, as the far end of a session would: by sh, with empty input. */
export function onHost(script: string, before = ''): Reply {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    [LAB, 'exec', '1', 'sh', '-c', 'script=$(cat); ( eval "$script" ) </dev/null'],
    { input: `${before}\n${script}` },
  );
  return { stdout, stderr, exit: status ?? -1 };
}

/** What a command printed; throws when it failed, so that a broken preparation is no passed test. */
export function said(script: string): string {
  const { stdout, stderr, exit } = onHost(script);
  if (exit !== 0) throw new Error(`${script}\nexit ${exit}: ${stderr.toString()}`);
  return stdout.toString().trim();
}

export function resetHost(): void {
  const { status, stderr } = spawnSync('bash', [LAB, 'reset', '1']);
  if (status !== 0) throw new Error(stderr.toString());
}

export const scope = (more: Partial<FirewalldScope> = {}): FirewalldScope => ({
  zones: ['public', 'trusted'],
  interfaces: [],
  sources: [],
  services: [],
  definitions: false,
  mayReload: true,
  thorough: false,
  offline: false,
  ...more,
});

export function look(more: Partial<FirewalldScope> = {}, before = '') {
  const probe = firewalld.observe([scope(more)]);
  return probe.parse(onHost(probe.script.text, before));
}

type Config = 'runtime' | 'permanent';

/** A state with some settings of a zone replaced, in both configurations or in the one named. */
export function edit(
  state: FirewalldState,
  zone: string,
  settings: Partial<ZoneSettings>,
  configs: readonly Config[] = ['runtime', 'permanent'],
): FirewalldState {
  const old = state.zones[zone];
  if (!old) throw new Error(`zone ${zone} was not looked at`);
  const of = (config: Config): ZoneSettings | null => {
    const now = old[config];
    return now && configs.includes(config) ? { ...now, ...settings } : now;
  };
  return {
    ...state,
    zones: { ...state.zones, [zone]: { runtime: of('runtime'), permanent: of('permanent') } },
  };
}

export interface Applied {
  readonly exits: readonly number[];
  readonly stderr: string;
  readonly names: readonly string[];
}

/** Guard, then the steps in order; at the first that fails what was done is taken back, as the engine does it. */
export function apply(plan: Plan, before = ''): Applied {
  const guard = plan.guard ? onHost(plan.guard.text, before) : undefined;
  if (guard && guard.exit !== 0) {
    return { exits: [guard.exit], stderr: guard.stderr.toString(), names: [] };
  }
  const names: string[] = [];
  for (const [i, step] of plan.steps.entries()) {
    const { exit, stderr } = onHost(step.do.text, before);
    if (exit !== 0) {
      for (const done of plan.steps.slice(0, i).reverse()) {
        if (done.inverse) onHost(done.inverse.text, before);
      }
      return { exits: [exit], stderr: stderr.toString(), names };
    }
    names.push(step.name);
  }
  return { exits: [0], stderr: '', names };
}

/** Looks, plans, applies, looks again: throws unless the host then shows exactly what was wanted. */
export function converge(
  change: (state: FirewalldState) => FirewalldState,
  more: Partial<FirewalldScope> = {},
  before = '',
): { readonly plan: Plan; readonly names: readonly string[] } {
  const current = look(more, before);
  const desired = change(current.state);
  const plan = firewalld.plan(current, desired);
  const { exits, stderr, names } = apply(plan, before);
  if (exits[0] !== 0) throw new Error(`exit ${String(exits[0])}: ${stderr}`);
  const after = look(more, before).state;
  if (!isDeepStrictEqual(after, desired)) {
    throw new Error(
      `not converged:\n${JSON.stringify(after)}\nwanted:\n${JSON.stringify(desired)}`,
    );
  }
  return { plan, names };
}
