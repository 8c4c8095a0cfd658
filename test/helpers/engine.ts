import { createReadStream, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunInput, RunOptions } from '../../src/engine/input.ts';
import { nearby } from '../../src/cli/nearby.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { includer } from '../../src/load/include.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { compileValidate } from '../../src/load/schema/compile.ts';
import type { HostTotals, Outcome, RunEvent } from '../../src/model/event.ts';
import type { Place } from '../../src/engine/safeguard/place.ts';
import type { Past } from '../../src/model/past.ts';
import type { Given } from '../../src/model/scope.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';
import { connect } from '../../src/transport/connect.ts';
import { memoryFiles } from './memory-files.ts';
import { toyModules } from './toy-modules.ts';

const validate = compileValidate(toyModules);

/** What a run of toy modules on this machine told. */
export interface Toyed {
  readonly exit: number;
  readonly events: readonly RunEvent[];
  /** Outcomes of a host in order, as `NAME KIND`. */
  tale(host?: string): readonly string[];
  /** The last outcome of a task. */
  outcome(task: string, host?: string): Outcome;
  trips(host?: string): readonly string[];
  totals(host?: string): HostTotals | undefined;
  /** What safeguards told. */
  states(host?: string): readonly string[];
}

/** A folder for each host, known to its plays as `dir`; the words in DIR/words. */
export interface Toys {
  readonly hosts: readonly string[];
  /** Where undos lie while a safeguard is at work. */
  readonly undo: string;
  readonly place: Place;
  words(host?: string): string;
  write(name: string, text: string, host?: string): void;
  read(name: string, host?: string): string;
  /** Runs a playbook on all hosts through the local transport: real shells, real files. */
  run(playbook: string, more?: Partial<RunOptions> & ToyOptions): Promise<Toyed>;
}

/** What may differ from a plain run, besides its options. */
export interface ToyOptions {
  readonly vars?: Readonly<Record<string, Given>>;
  readonly heard?: (event: RunEvent) => void;
  readonly stop?: AbortSignal;
  /** The run it goes on with. */
  readonly past?: Past;
  /** Files beside the playbook. */
  readonly files?: Readonly<Record<string, string>>;
}

const OPTIONS: RunOptions = {
  check: false,
  diff: true,
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

/** Hosts that are folders of this machine. */
export function toys(...hosts: readonly string[]): Toys {
  const root = mkdtempSync(join(tmpdir(), 'orch-toys-'));
  const names = hosts.length === 0 ? ['one'] : hosts;
  const [first = 'one'] = names;
  const dirs = new Map(names.map((name) => [name, mkdtempSync(join(root, `${name}-`))]));
  const at = (name: string, host = first): string => join(dirs.get(host) ?? root, name);
  const read: Toys['read'] = (name, host) => {
    try {
      return readFileSync(at(name, host), 'utf8');
    } catch {
      return '';
    }
  };
  const place = {
    volatile: join(root, 'run'),
    lasting: join(root, 'lib'),
    units: join(root, 'units'),
    local: join(root, 'local.d'),
  };
  mkdirSync(place.local);
  const inventory = loadInventory(['inventory.yml'], {
    files: memoryFiles({
      'inventory.yml': `all:\n  hosts:\n${[...dirs].map(([name, dir]) => `    ${name}: { dir: ${dir} }\n`).join('')}`,
    }),
    playbookDirs: [],
  });
  return {
    hosts: names,
    undo: place.volatile,
    place,
    read,
    words: (host) => read('words', host).split('\n').filter(Boolean).sort().join(' '),
    write: (name, text, host) => writeFileSync(at(name, host), text),
    run: async (text, { vars = {}, heard, stop, past, files = {}, ...options } = {}) => {
      const events: RunEvent[] = [];
      const file = { ...files, 'site.yml': text };
      const input: RunInput = {
        run: 'R',
        orch: '1.2.3',
        playbooks: [
          loadPlaybook('site.yml', { files: memoryFiles(file), registry: toyModules, validate }),
        ],
        inventory,
        registry: toyModules,
        validate,
        evaluator: createEvaluator(),
        connect,
        options: {
          ...OPTIONS,
          ...options,
          extraVars: { name: 'extra vars (-e)', vars: new Map(Object.entries(vars)) },
        },
        select: (pattern, among) => selectHosts(among, pattern),
        targetOf: ({ name }) => local(name),
        include: includer({ files: memoryFiles(file), registry: toyModules, validate }),
        varsFrom: () => [],
        bytesOf: (path) => createReadStream(path),
        sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, Math.min(ms, 20))),
        wait: (ms, signal) =>
          new Promise((resolve) => {
            const timer = setTimeout(resolve, ms);
            signal?.addEventListener('abort', () => {
              clearTimeout(timer);
              resolve();
            });
          }),
        place,
        nearby: (task, scope) => nearby(task, scope, true),
        readVars: () => {
          throw new Error('no vars file here');
        },
        emit: (event) => {
          events.push(event);
          heard?.(event);
        },
        now: () => performance.now(),
        ...(stop ? { stop } : {}),
        ...(past ? { past } : {}),
      };
      const { exit } = await run(input);
      return told(exit, events, first);
    },
  };
}

const local = (name: string): ReturnType<RunInput['targetOf']> => ({
  name,
  connection: 'local',
  address: name,
  port: 22,
  user: undefined,
  privateKeyFile: undefined,
  password: undefined,
  knownHostsFiles: undefined,
  hostKeyChecking: 'strict',
  connectTimeout: 10_000,
});

function told(exit: number, events: readonly RunEvent[], first: string): Toyed {
  const ended = (host: string) =>
    events.flatMap((event) => (event.type === 'task-ended' && event.host === host ? [event] : []));
  return {
    exit,
    events,
    tale: (host = first) => ended(host).map(({ task, outcome }) => `${task.name} ${outcome.kind}`),
    outcome: (name, host = first) => {
      const found = ended(host).findLast(({ task }) => task.name === name);
      if (!found) throw new Error(`${name} did not end on ${host}`);
      return found.outcome;
    },
    states: (host = first) =>
      events.flatMap((event) =>
        event.type === 'safeguard' && event.host === host ? [event.state] : [],
      ),
    trips: (host = first) =>
      events.flatMap((event) =>
        event.type === 'trip-ended' && event.host === host ? [event.purpose] : [],
      ),
    totals: (host = first) =>
      events.flatMap((event) =>
        event.type === 'host-ended' && event.host === host ? [event.totals] : [],
      )[0],
  };
}
