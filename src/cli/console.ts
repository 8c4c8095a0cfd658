import { createInterface } from 'node:readline';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { selectHosts } from '../inventory/patterns.ts';
import { findModule } from '../load/args.ts';
import type { Registry } from '../model/module.ts';
import { setting, SETTINGS } from './console-settings.ts';
import { doc } from './doc.ts';
import { adHocReporter } from './exec.ts';
import { userErrors } from './failure.ts';
import type { ExecFlags } from './flags.ts';
import type { Io } from './io.ts';
import { oneTask } from './one-task.ts';
import { passwordsFor, type Passwords } from './passwords.ts';
import { loadInventoryFor, modules } from './wiring.ts';
import { openWorld, type World } from './world.ts';

/** A console under way: where its lines go, and how. */
interface Session {
  readonly io: Io;
  readonly world: World;
  readonly passwords: Passwords;
  readonly registry: Registry;
  pattern: string;
  flags: ExecFlags;
  /** The exit code of the last line that failed. */
  exit: number;
}

/**
 * Reads lines until the end or `exit`: `MODULE ARGS`, a command for the shell, or a word for the console itself. From a
 * terminal it edits lines and keeps a history. Resolves to 0; from a pipe to the exit code of the last line that failed.
 */
export async function console(pattern: string, flags: ExecFlags, io: Io): Promise<number> {
  const world = await openWorld(flags);
  const session: Session = {
    ...{ io, world, pattern: 'all', flags, exit: 0 },
    passwords: await passwordsFor(flags),
    registry: await modules(),
  };
  cd(session, pattern);
  const typed = process.stdin.isTTY;
  const lines = createInterface({
    input: process.stdin,
    ...(typed ? { output: process.stdout, historySize: 1000, removeHistoryDuplicates: true } : {}),
    completer: (text: string): [string[], string] => [completions(session, text), text],
  });
  const ask = (): void => {
    if (!typed) return;
    lines.setPrompt(promptOf(session));
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    io.out('\n');
    ask();
  });
  ask();
  for await (const line of lines) {
    if (/^\s*(?:exit|quit)\s*$/.test(line)) break;
    await safely(session, () => obey(session, line.trim()));
    ask();
  }
  lines.close();
  return typed ? 0 : session.exit;
}

/** What goes wrong with a line is told; the console goes on. */
async function safely(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OrchError) && !(error instanceof OrchErrors)) throw error;
    session.exit = 5;
    session.io.err(userErrors(error, session.io));
  }
}

async function obey(session: Session, line: string): Promise<void> {
  const { io } = session;
  const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(line) ?? [];
  if (line === '' || line.startsWith('#')) return;
  if (line.startsWith('!')) return carry(session, 'shell', line.slice(1).trim());
  if (word === 'help' || word === '?') {
    if (rest === '') io.out(HELP);
    else await doc(rest, io);
    return;
  }
  const changed = setting(session.flags, word, rest);
  if (changed) session.flags = changed;
  else if (word === 'cd') cd(session, /^[/*]?$/.test(rest) ? 'all' : rest);
  else if (word === 'list') list(session, rest);
  else if (findModule(word, session)) await carry(session, word, rest);
  else await carry(session, 'shell', line);
}

async function carry(session: Session, module: string, args: string): Promise<void> {
  const { io, flags, world, passwords, pattern } = session;
  const reporters = [await adHocReporter(flags, io)];
  const exit = await oneTask({ pattern, module, args }, { flags, io, world, passwords, reporters });
  if (exit !== 0) session.exit = exit;
}

/** Goes to other hosts. Throws PATTERN_NO_MATCH. */
function cd(session: Session, pattern: string): void {
  hostsOf(session, pattern);
  session.pattern = pattern;
}

const hostsOf = ({ flags, world }: Session, pattern: string): readonly string[] => {
  const { inventory, chosen } = loadInventoryFor(flags, world);
  return selectHosts(inventory, pattern, { read: world.files.read })
    .map(({ name }) => name)
    .filter((name) => chosen.has(name) || chosen.size === 0);
};

function list(session: Session, what: string): void {
  const { flags, world, io, pattern } = session;
  const names =
    what === 'groups'
      ? [...loadInventoryFor(flags, world).inventory.groups.keys()]
      : hostsOf(session, pattern);
  io.out(`${names.join('\n')}\n`);
}

function promptOf(session: Session): string {
  const { flags, pattern } = session;
  const marks = `${flags.check === true ? ' check' : ''}${flags.become === true ? ' become' : ''}`;
  return `${pattern} (${hostsOf(session, pattern).length})[f:${flags.forks}${marks}]${flags.become === true ? '#' : '$'} `;
}

const WORDS = ['cd', 'exit', 'help', 'list', ...SETTINGS];

function completions({ registry, world, flags }: Session, text: string): string[] {
  if (/^cd\s/.test(text)) {
    const { inventory } = loadInventoryFor(flags, world);
    const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
    return names.map((name) => `cd ${name}`).filter((one) => one.startsWith(text));
  }
  return [...WORDS, ...registry.keys()].filter((one) => one.startsWith(text)).sort();
}

const HELP = `MODULE ARGS            run a module, as in a playbook: copy src=a dest=/tmp/a
COMMAND, !COMMAND      run a command in the shell of the hosts
cd PATTERN             go to these hosts; cd alone: all of them
list, list groups      the hosts here; all groups
check yes|no           only tell what would change
diff yes|no            show what changes
become yes|no          run as another user; become_user NAME, become_method METHOD
remote_user NAME       log in as
forks N, verbosity N   hosts at the same time; how much is told
help [MODULE]          this, or what a module takes
exit                   leave; so does the end of the input
`;
