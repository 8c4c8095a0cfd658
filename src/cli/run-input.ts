import { createReadStream } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RunInput } from '../engine/input.ts';
import { includedVars } from '../load/included-vars.ts';
import { includer } from '../load/include.ts';
import { validateParams } from '../load/validate-params.ts';
import { loadVarsFile } from '../load/vars-file.ts';
import { createEvaluator } from '../template/evaluator.ts';
import { templatePorts } from './template-ports.ts';
import { connect } from '../transport/connect.ts';
import { becomePassword } from '../transport/target.ts';
import { version } from '../version.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Passwords } from './passwords.ts';
import { gathering } from './gathering.ts';
import { gathers } from './named-plays.ts';
import { nearby } from './nearby.ts';
import { forksFor, openFiles } from './open-files.ts';
import { reachBy } from './reach.ts';
import { isGone, ownProcess } from './run-process.ts';
import { holdsSecret, noteMade, noteValue } from './secrets.ts';
import { loadInventoryFor, loadOptions, noteGiven, type Project, withImported } from './wiring.ts';
import { now } from '../lib/clock.ts';

/** What a run is given besides its name, its listener and its signals. */
export type Wired = Omit<RunInput, 'run' | 'emit' | 'stop' | 'cut' | 'sleep' | 'ask'>;

/** Ties the engine to the real world. Every secret it comes across is added to `secrets` before it can be shown. */
export function runInput(given: {
  readonly project: Project;
  readonly flags: RunFlags;
  readonly io: Io;
  readonly passwords: Passwords;
  readonly secrets: Set<string>;
  readonly warn: (message: string) => void;
}): Wired {
  const { project, flags, io, passwords, secrets } = given;
  for (const password of [passwords.login, passwords.become]) noteValue(password, true, secrets);
  noteGiven(project, project.playbooks, project);
  const reach = reachBy({ flags, passwords, io, warn: given.warn });
  const evaluator = createEvaluator({
    ...templatePorts(io, project.inventory, project.files.vault),
    hiding: { names: project.hidden, note: (text) => void secrets.add(text) },
  });
  return {
    orch: version(),
    playbooks: project.playbooks.map((book) =>
      gathering(book, project.inventory, (play) => gathers(play, project, evaluator)),
    ),
    inventory: project.inventory,
    registry: project.registry,
    validate: project.validate ?? validateParams,
    evaluator,
    connect,
    ...(project.policy ? { policy: project.policy } : {}),
    early: true,
    options: { ...optionsOf(flags, project, passwords), forks: forksOf(given) },
    select: project.select,
    targetOf: (host, scope) => {
      const target = reach(host, scope);
      noteValue(target.password, true, secrets);
      noteValue(
        becomePassword((name) => scope.get(name)),
        true,
        secrets,
      );
      return target;
    },
    nearby: (task, scope) => nearby(task, scope, flags.diff === true, project.files.vault),
    readVars: (name, from) => {
      const beside = join(dirname(from.source.file), name);
      return loadVarsFile(project.files.exists(beside) === 'file' ? beside : name, project.files);
    },
    include: includer(loadOptions(project.registry, project)),
    varsFrom: (from, task) => includedVars(from, task, project.files),
    noteSecret: (text) => noteMade(text, secrets),
    holdsSecret: (text) => holdsSecret(text, secrets),
    bytesOf: (file) => createReadStream(file),
    lease: { owner: operator(), seconds: flags.lockTimeout, process: ownProcess(), isGone },
    absolute: (folder) => resolve(folder),
    refresh: () => {
      const files = project.playbooks.map(({ file }) => file);
      return loadInventoryFor(flags, project, withImported(files, project.playbooks)).inventory;
    },
    now,
    today: () => new Date(),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** Hosts at the same time; the limit of open files is looked at where it may matter. */
function forksOf({ flags, project, warn }: Parameters<typeof runInput>[0]): number {
  const hosts = project.inventory.hosts.size;
  if (Math.min(flags.forks, hosts) < MANY) return flags.forks;
  const { forks, warning } = forksFor(flags.forks, hosts, openFiles());
  if (warning !== undefined) warn(warning);
  return forks;
}

/** No machine allows so few open files that fewer hosts than these could matter. */
const MANY = 16;

/** Whom the operators of other runs should ask: `alice@laptop`. */
export function operator(): string {
  const login = process.env['SUDO_USER'] ?? nameOfUser();
  return `${login}@${hostname()}`.replace(/[\s\p{Cc}]/gu, '_');
}

/** A container may run as a user that has no name. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

const optionsOf = (
  flags: RunFlags,
  project: Project,
  passwords: Passwords,
): RunInput['options'] => ({
  check: flags.check === true,
  apart: project.apart === true,
  diff: flags.diff === true,
  forks: flags.forks,
  tags: flags.tags,
  skipTags: flags.skipTags,
  extraVars: project.extraVars,
  become: flags.become === true,
  becomeUser: flags.becomeUser,
  becomeMethod: flags.becomeMethod,
  becomePassword: passwords.become,
  allowEmpty: flags.allowEmpty === true,
  detailedExitcode: flags.detailedExitcode === true,
  strictCheck: flags.strictCheck === true,
  forceHandlers: flags.forceHandlers === true,
  allowLockout: flags.allowLockout === true,
  allowDisruption: flags.allowDisruption,
  maxChanges: flags.maxChanges,
  confirmTimeout: flags.confirmTimeout,
  verbosity: flags.verbose,
  limit: flags.limit,
  step: flags.step === true,
  startAt: flags.startAtTask,
});
