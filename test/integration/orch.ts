import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostTotals, RunEvent, Stamped } from '../../src/model/event.ts';
import type { Lab } from '../lab/lab.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a run of the built command line left behind. */
export interface Orched {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `orch`, as built, from the project's folder or the one given. */
export function orch(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = root,
): Promise<Orched> {
  const state = mkdtempSync(join(tmpdir(), 'orch-state-'));
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ORCH_STATE_DIR: state, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: code ?? -1, stdout, stderr }));
  });
}

/** The events of a run. */
export interface Told extends Orched {
  readonly events: readonly Stamped[];
  readonly totals: Readonly<Record<string, HostTotals>>;
  all<T extends RunEvent['type']>(type: T): Extract<Stamped, { type: T }>[];
}

/** Runs `orch VERB ... --output ndjson` and reads the events. */
export async function told(args: readonly string[]): Promise<Told> {
  const done = await orch([...args, '--output', 'ndjson']);
  const events = done.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Stamped);
  const all: Told['all'] = (type) =>
    events.filter((event): event is Extract<Stamped, { type: typeof type }> => event.type === type);
  const totals = all('run-ended')[0]?.totals ?? {};
  return { ...done, events, totals, all };
}

/** Writes files into a new folder and gives its path. */
export function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'orch-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** An inventory of the lab as a file; `more` is added to the text. */
export const inventoryOf = (lab: Lab, user?: 'root' | 'deploy' | 'asker', more = ''): string =>
  join(folder({ 'lab.yml': `${lab.inventory(user)}${more}` }), 'lab.yml');
