import { visible } from '../lib/visible.ts';
import type { Fault, Stamped } from '../model/event.ts';
import type { Value } from '../model/value.ts';
import type { ConnectionFlags, InventoryFlags } from './flags.ts';
import type { Io } from './io.ts';
import { oneTask } from './one-task.ts';
import { passwordsFor } from './passwords.ts';
import { openWorld } from './world.ts';

/** The flags of verbs that ask hosts something. */
export interface AskFlags extends InventoryFlags, ConnectionFlags {
  readonly forks: number;
}

/** What came back: data by host, in the order of the inventory. */
export interface Answers {
  readonly exit: number;
  readonly data: ReadonlyMap<string, Readonly<Record<string, Value>>>;
}

/**
 * Asks hosts by one task of a module that only looks. Warnings, and what kept hosts from answering, go to standard
 * error. Throws OrchErrors when inventory or pattern are wrong.
 */
export async function answersOf(
  question: { readonly pattern: string; readonly module: string; readonly args: object },
  flags: AskFlags,
  io: Io,
): Promise<Answers> {
  const data = new Map<string, Readonly<Record<string, Value>>>();
  const faults = new Map<string, Fault>();
  let order: readonly string[] = [];
  const report = (event: Stamped): void => {
    if (event.type === 'play-started') order = event.hosts;
    if (event.type === 'warned') io.err(`warning: ${visible(event.message)}\n`);
    if (event.type === 'host-lost') faults.set(event.host, event.fault);
    if (event.type !== 'task-ended') return;
    const { fault, warnings, data: told } = event.outcome;
    if (fault) faults.set(event.host, fault);
    else if (told) data.set(event.host, told);
    for (const warning of warnings) io.err(`warning: ${event.host}: ${visible(warning)}\n`);
  };
  const { pattern, module, args } = question;
  const exit = await oneTask(
    { pattern, module, args: JSON.stringify(args) },
    {
      flags: { ...flags, moduleName: module, verbose: 0 },
      io,
      world: await openWorld(flags),
      passwords: await passwordsFor(flags),
      reporters: [{ report, finish: () => Promise.resolve() }],
    },
  );
  for (const [host, fault] of faults) io.err(`${host}  ${toldOf(fault)}\n`);
  const sorted = [...data].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return { exit, data: new Map(sorted) };
}

const toldOf = ({ code, message, hint }: Fault): string =>
  visible(`${code}: ${message}\n  cure: ${hint}`).replaceAll('\\n', '\n');
