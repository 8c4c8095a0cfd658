import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { Reporting } from '../report/reporting.ts';
import { carryOut } from './carry-out.ts';
import { type ExecFlags, NO_FLAGS, type RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openKeys } from './key-passphrases.ts';
import type { Passwords } from './passwords.ts';
import { loadProject } from './wiring.ts';
import type { World } from './world.ts';

/** The name under which what was typed is known as a file: errors in it name it. */
const FILE = '<command line>';

/** One task, as it is typed: hosts, module, and its arguments as text. */
export interface OneTask {
  readonly pattern: string;
  readonly module: string;
  readonly args: string;
  /** What a playbook would say of the task besides. */
  readonly keywords?: Readonly<Record<string, number>>;
}

/** What a task is carried out with. */
export interface Carrying {
  readonly flags: ExecFlags;
  readonly io: Io;
  readonly world: World;
  readonly passwords: Passwords;
  readonly reporters: readonly Reporting[];
}

/** Carries out one task as a playbook of its own. Resolves to the exit code. Throws OrchErrors. */
export async function oneTask(task: OneTask, given: Carrying): Promise<number> {
  const { io, world, passwords, reporters } = given;
  const text = playbookOf(task);
  const { files } = world;
  const { playbookDir } = given.flags;
  const file = playbookDir === undefined ? FILE : join(playbookDir, FILE);
  const overlaid: World = {
    ...world,
    files: { ...files, read: (path) => (path === file ? text : files.read(path)) },
  };
  const flags: RunFlags = { ...NO_FLAGS, ...given.flags };
  const project = await loadProject([file], flags, overlaid);
  if (given.flags.listHosts) {
    io.out(hostLines(project.playbooks.flatMap(({ plays }) => plays.flatMap(project.hostsOf))));
    return 0;
  }
  await openKeys(flags, io, project.inventory.hosts.values(), project.extraVars);
  return carryOut({ project, flags, io, passwords, reporters });
}

/** As `ansible --list-hosts` prints them. */
const hostLines = (hosts: readonly Host[]): string =>
  [`  hosts (${hosts.length}):`, ...hosts.map(({ name }) => `    ${name}`), ''].join('\n');

/** A playbook of one task. JSON is YAML: whatever was typed stays one text. Throws USAGE. */
function playbookOf({ pattern, module, args, keywords }: OneTask): string {
  const short = module.replace(/^ansible\.(?:builtin|legacy)\./, '');
  if (/^(?:include|import)_|^include$|^meta$/.test(short))
    throw new OrchError('USAGE', `"${module}" is for playbooks: here there is one task`, {
      hint: 'Write a playbook: orch run.',
    });
  if (/^(?:command|shell|raw|script)$/.test(short) && args.trim() === '')
    throw new OrchError('USAGE', `${module} needs a command: -a '...'`);
  const task = { name: module, [module]: argsOf(args), ...keywords };
  return JSON.stringify([
    { name: 'orch exec', hosts: pattern, gather_facts: false, tasks: [task] },
  ]);
}

/** Arguments as a map where they are JSON, else as text. Nothing at all is no argument. */
function argsOf(text: string): unknown {
  if (text.trim() === '') return null;
  if (!text.trimStart().startsWith('{') || text.trimStart().startsWith('{{')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
