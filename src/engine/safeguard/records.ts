import type { RunEvent } from '../../model/event.ts';
import type { Identity, Part, Reply } from '../../model/transport.ts';
import type { RunInput } from '../input.ts';
import type { Machine } from '../machine.ts';
import type { World } from '../stage.ts';
import { lookScript, rollbackScript } from './end-script.ts';
import { PLACE, runOfUndo, type UndoId } from './place.ts';

/** What earlier runs left on a host: undos it made by itself, and those that still wait. */
export interface Records {
  readonly undone: readonly {
    readonly id: UndoId;
    readonly how: string;
    readonly about: string;
    /** Steps that could not be taken back. */
    readonly kept: readonly string[];
    /** It was taken back just now, by asking: what was seen of the host is old. */
    readonly now: boolean;
  }[];
  readonly armed: readonly UndoId[];
  /** Whose undos were armed when the host went down, and nothing ran them at boot. */
  readonly stranded: readonly string[];
}

/** Reads what `lookScript` says. */
export function readRecords(text: string): Records {
  const undone: { id: string; how: string; about: string; kept: string[]; now: boolean }[] = [];
  const armed: string[] = [];
  const stranded: string[] = [];
  for (const line of text.split('\n')) {
    const [word, id = '', how = '', , ...rest] = line.split(' ');
    if (word === 'undone' || word === 'undid')
      undone.push({ id, how, about: rest.join(' '), kept: [], now: word === 'undid' });
    else if (word === 'stranded') stranded.push(line.slice(`stranded ${id} `.length));
    else if (word === 'armed') armed.push(id);
    else if (word === 'kept') undone.at(-1)?.kept.push(line.slice('kept '.length));
  }
  return { undone, armed, stranded };
}

/**
 * What is asked with the first question to a machine as each user: whether it took changes back that a run left behind.
 * It costs no trip. Nothing when it was asked before.
 */
export function recordsPart(world: World, machine: Machine, identity: Identity): Part | undefined {
  const user = identity.become?.user ?? '';
  if (machine.asked.has(user)) return undefined;
  machine.asked.add(user);
  const { input } = world;
  const { options, past, place } = input;
  const script = lookScript(place ?? PLACE, {
    clean: !options.check,
    ...(past ? { own: past.run } : {}),
  });
  return { script, deadline: 60_000 };
}

/**
 * Tells what a host did by itself since the run that left it: exit code 12, unless this run goes on with that one.
 * A change of that one that still waits is taken back now. True when the host has to be looked at again.
 */
export async function heardRecords(
  world: World,
  machine: Machine,
  identity: Identity,
  reply: Reply | undefined,
): Promise<boolean> {
  const { input } = world;
  const { undone, armed, stranded } = readRecords(reply?.stdout.toString('utf8') ?? '');
  const own = (id: UndoId): boolean => runOfUndo(id) === input.past?.run;
  for (const { id, how, about, kept, now } of undone) {
    if (!own(id) && !input.options.check) world.rolledBack = true;
    const told = now ? STRANDED : (HOW[how] ?? how);
    warn(input, machine, `rolled back: ${told} (${about})${left(kept)}`);
  }
  for (const about of stranded)
    warn(input, machine, `${LEFT} (${about}); the next run, not a check, takes it back first`);
  const anew = undone.some(({ now }) => now);
  if (anew) machine.version++;
  const mine = [...new Set(armed.filter(own))];
  if (mine.length === 0 || input.options.check) return anew;
  const parts = mine.map((id) => ({
    script: rollbackScript(input.place ?? PLACE, id),
    deadline: 120_000,
  }));
  const replies = await machine.trip({ purpose: 'safeguard', parts, identity });
  for (const [i, id] of mine.entries()) {
    const [, ...kept] = (replies[i]?.stdout.toString('utf8') ?? '').trim().split('\n');
    warn(input, machine, `rolled back: ${id} was not confirmed, it is taken back now${left(kept)}`);
  }
  machine.version++;
  return true;
}

const HOW: Readonly<Record<string, string>> = {
  timer: 'a change was not confirmed in time, the host took it back',
  boot: 'a change was not confirmed before the host was started anew, it took it back then',
  rollback: 'a change was taken back, and nobody was told',
};

const LEFT = 'a change was not confirmed before the host was started anew';
const STRANDED = `${LEFT}, where nothing takes it back at boot: it is taken back now`;

const left = (kept: readonly string[]): string =>
  kept.length === 0 ? '' : `; could not be taken back: ${kept.join('; ')}`;

const warn = ({ emit }: RunInput, { host }: Machine, message: string): void =>
  emit({ type: 'warned', host, message } satisfies RunEvent);
