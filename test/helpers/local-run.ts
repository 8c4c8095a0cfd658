import { createReadStream } from 'node:fs';
import { nearby } from '../../src/cli/nearby.ts';
import type { RunInput, RunOptions } from '../../src/engine/input.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { nodeFiles } from '../../src/load/node-files.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { validateParams } from '../../src/load/validate-params.ts';
import { OrchErrors } from '../../src/lib/errors.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Task } from '../../src/model/play.ts';
import type { Scope } from '../../src/model/scope.ts';
import { registry } from '../../src/modules/registry.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { connect } from '../../src/transport/connect.ts';
import { memoryFiles } from './memory-files.ts';

/** A run of a playbook file on this machine as host h1, with the modules of this version. */
export interface LocalRun {
  readonly exit: number;
  readonly events: readonly RunEvent[];
  /** The playbook was refused before it ran. */
  readonly refused?: string;
}

const OPTIONS: RunOptions = {
  check: false,
  diff: false,
  forks: 10,
  tags: [],
  skipTags: [],
  extraVars: { name: 'extra vars (-e)', vars: new Map() },
  become: false,
  becomeUser: undefined,
  becomePassword: undefined,
  allowEmpty: false,
  detailedExitcode: false,
  strictCheck: false,
  forceHandlers: false,
  verbosity: 0,
};

const inventory = loadInventory(['i'], {
  files: memoryFiles({ i: 'h1 ansible_connection=local\n' }),
  playbookDirs: [],
});

/** Runs it through the local transport: real shells, real files. */
export async function localRun(file: string, more: Partial<RunOptions> = {}): Promise<LocalRun> {
  const events: RunEvent[] = [];
  try {
    const book = loadPlaybook(file, { files: nodeFiles, registry, validate: validateParams });
    const input = {
      run: 'R',
      orch: '1.2.3',
      playbooks: [book],
      inventory,
      registry,
      validate: validateParams,
      evaluator: createEvaluator(),
      connect,
      options: { ...OPTIONS, ...more },
      select: (pattern: string) => selectHosts(inventory, pattern),
      targetOf: () => LOCAL,
      nearby: (task: Task, scope: Scope) => nearby(task, scope, more.diff === true),
      readVars: () => {
        throw new Error('no vars file here');
      },
      include: () => {
        throw new Error('no include here');
      },
      varsFrom: () => [],
      bytesOf: (path: string) => createReadStream(path),
      sleep: (ms: number) => new Promise((resolve) => void setTimeout(resolve, Math.min(ms, 20))),
      emit: (event: RunEvent) => void events.push(event),
      now: () => performance.now(),
    } as unknown as RunInput;
    const { exit } = await run(input);
    return { exit, events };
  } catch (error) {
    if (!(error instanceof OrchErrors)) throw error;
    return { exit: 5, events, refused: error.message };
  }
}

const LOCAL = {
  name: 'h1',
  connection: 'local',
  address: 'h1',
  port: 22,
  user: undefined,
  privateKeyFile: undefined,
  password: undefined,
  knownHostsFiles: undefined,
  hostKeyChecking: 'strict',
  connectTimeout: 10_000,
};
