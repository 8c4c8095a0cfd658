import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { analyze } from '../../src/analyze/analyze.ts';
import { taskTemplateErrors, templateErrors } from '../../src/cli/check-templates.ts';
import { gathering } from '../../src/cli/gathering.ts';
import { nearby } from '../../src/cli/nearby.ts';
import type { RunInput } from '../../src/engine/input.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';
import { includedVars } from '../../src/load/included-vars.ts';
import { includer } from '../../src/load/include.ts';
import type { LoadOptions } from '../../src/load/loading.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { validateParams } from '../../src/load/validate-params.ts';
import { loadVarsFile } from '../../src/load/vars-file.ts';
import type { Session } from '../../src/model/transport.ts';
import { registry } from '../../src/modules/registry.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { memoryFiles } from './memory-files.ts';
import type { Texts } from './mutated.ts';

const INVENTORY = `all:
  vars: {out: /out, port: 80}
  children:
    servers: {hosts: {a: {}, b: {}}}
    agents: {hosts: {c: {}}}
`;

/** A host that answers every script with nothing, and executes none: whatever was mutated into a command. */
const deaf = (): Promise<Session> =>
  Promise.resolve({
    trip: (parts) =>
      Promise.resolve(
        parts.map(() => ({ stdout: Buffer.alloc(0), stderr: Buffer.from('deaf'), exit: 1 })),
      ),
    upload: () => Promise.reject(new OrchError('TRANSFER_FAILED', 'deaf')),
    download: () => Promise.reject(new OrchError('TRANSFER_FAILED', 'deaf')),
    counts: { handshakes: 1, trips: 0, bytesOut: 0, bytesIn: 0 },
    close: () => Promise.resolve(),
  });

/** Loads, analyzes and runs; what is wrong with it is an OrchError with a place. Throws anything else that happens. */
export async function playedMutant(texts: Texts): Promise<void> {
  try {
    await played(texts);
  } catch (error) {
    const all = error instanceof OrchErrors ? error.errors : [error];
    for (const one of all) if (!(one instanceof OrchError) || one.code === 'INTERNAL') throw one;
  }
}

async function played(texts: Texts): Promise<void> {
  const files = memoryFiles(texts);
  const options: LoadOptions = {
    ...{ files, registry, validate: validateParams, evaluator: createEvaluator() },
    review: taskTemplateErrors,
  };
  const book = loadPlaybook('site.yml', { ...options, follow: true });
  const errors = templateErrors(book);
  if (errors.length > 0) throw new OrchErrors(errors);
  const inventory = loadInventory(['hosts.yml'], {
    files: memoryFiles({ 'hosts.yml': INVENTORY }),
  });
  const extraVars = { name: '-e', vars: new Map() };
  analyze({
    ...{ playbooks: [book], inventory, extraVars, tags: ['x'], skipTags: [], files },
    lookups: new Set(['env']),
    select: (pattern) => selectHosts(inventory, pattern),
    template: (name) => (texts[name] === undefined ? undefined : name),
  });
  await run(inputFor({ options, book, inventory, files, extraVars }));
}

function inputFor(given: {
  readonly options: LoadOptions;
  readonly book: ReturnType<typeof loadPlaybook>;
  readonly inventory: ReturnType<typeof loadInventory>;
  readonly files: LoadOptions['files'];
  readonly extraVars: RunInput['options']['extraVars'];
}): RunInput {
  const { options, book, inventory, files, extraVars } = given;
  return {
    ...{ run: 'R', orch: '1.2.3', playbooks: [gathering(book, inventory)], inventory, registry },
    ...{ validate: validateParams, evaluator: createEvaluator(), connect: deaf },
    options: {
      ...{ check: false, diff: true, forks: 10, tags: [], skipTags: [], extraVars },
      ...{ become: false, becomeUser: undefined, becomePassword: undefined, allowEmpty: false },
      ...{ detailedExitcode: false, strictCheck: false, forceHandlers: false, verbosity: 0 },
    },
    select: (pattern, among) => selectHosts(among, pattern),
    targetOf: ({ name }) => ({
      ...{ name, connection: 'local', address: name, port: 22, user: undefined },
      ...{ privateKeyFile: undefined, password: undefined, knownHostsFiles: undefined },
      ...{ hostKeyChecking: 'strict', connectTimeout: 1000 },
    }),
    include: includer(options),
    varsFrom: (from, task) => includedVars(from, task, files),
    bytesOf: (path) => createReadStream(path),
    readVars: (name) => loadVarsFile(name, files),
    nearby: (task, scope) => ({
      ...nearby(task, scope, true),
      write: () => {
        throw new OrchError('FILE_UNREADABLE', 'nothing is written here');
      },
    }),
    absolute: (folder) => resolve(folder),
    sleep: () => Promise.resolve(),
    wait: () => Promise.resolve(),
    emit: () => undefined,
    now: () => performance.now(),
    stop: AbortSignal.timeout(20_000),
  };
}
