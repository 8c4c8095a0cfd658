import { OrchError } from '../lib/errors.ts';
import { visible } from '../lib/visible.ts';
import { selectHosts } from '../inventory/patterns.ts';
import type { Host } from '../model/inventory.ts';
import type { Scope } from '../model/scope.ts';
import type { Target } from '../model/transport.ts';
import { createEvaluator } from '../template/evaluator.ts';
import { connect } from '../transport/connect.ts';
import type { ConnectionFlags, InventoryFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openKeys } from './key-passphrases.ts';
import { type Passwords, passwordsFor } from './passwords.ts';
import { reachBy } from './reach.ts';
import { loadInventoryFor } from './wiring.ts';
import { openWorld } from './world.ts';
import { now } from '../lib/clock.ts';

/** The flags of `orch hosts`. */
export interface HostsFlags extends InventoryFlags, ConnectionFlags {
  readonly forks: number;
  /** Keys are written without being asked for. */
  readonly yes?: boolean;
}

/** `orch hosts trust`: shows the host keys of hosts, once, and writes those that are new into known_hosts. */
export async function trust(pattern: string, flags: HostsFlags, io: Io): Promise<number> {
  const { scanKeys } = await import('../transport/scan-keys.ts');
  const { addKnownHosts } = await import('../transport/write-known-hosts.ts');
  const { knownHostsFileOf } = await import('../transport/host-key.ts');
  const targets = await targetsOf(pattern, flags, io);
  const fresh = new Map<string, string[]>();
  let worst = 0;
  await eachOf(targets, flags.forks, async ({ host, target }) => {
    try {
      for (const key of await scanKeys(target)) {
        io.out(
          `${host.name}  ${key.name}  ${key.type}  ${key.fingerprint}  ${WORDS[key.verdict]}\n`,
        );
        if (key.verdict === 'changed' || key.verdict === 'revoked') worst = 4;
        if (key.verdict !== 'unknown') continue;
        const file = knownHostsFileOf(target);
        fresh.set(file, [...(fresh.get(file) ?? []), key.line]);
      }
    } catch (error) {
      worst = 4;
      io.err(`${told(error)}\n`);
    }
  });
  const count = [...fresh.values()].reduce((sum, lines) => sum + lines.length, 0);
  if (count === 0) {
    io.out('nothing to add\n');
    return worst;
  }
  if (flags.yes !== true) {
    io.out(
      `${count} new, none written: compare them with the hosts' own, then run again with --yes\n`,
    );
    return Math.max(worst, 2);
  }
  for (const [file, lines] of fresh) {
    const added = await addKnownHosts(file, lines);
    io.out(`${added.length} written to ${file}\n`);
  }
  return worst;
}

const WORDS = {
  known: 'known',
  unknown: 'new',
  changed:
    'CHANGED: not touched; if the host was reinstalled, remove the old key with ssh-keygen -R',
  revoked: 'REVOKED',
} as const;

/** `orch hosts ping`: logs in to hosts and runs nothing but `true`. */
export async function ping(pattern: string, flags: HostsFlags, io: Io): Promise<number> {
  const targets = await targetsOf(pattern, flags, io);
  let worst = 0;
  await eachOf(targets, flags.forks, async ({ host, target }) => {
    const start = now();
    try {
      const session = await connect(target);
      try {
        await session.trip([{ script: { text: 'true' } }], {});
      } finally {
        await session.close();
      }
      const seconds = ((now() - start) / 1000).toFixed(2);
      io.out(`${host.name}  ok  ${seconds} s  ${placeOf(target)}\n`);
    } catch (error) {
      worst = 4;
      io.out(`${host.name}  ${told(error)}\n`);
    }
  });
  return worst;
}

const placeOf = ({ connection, user, address, port }: Target): string =>
  connection === 'local' ? 'local' : `${user ? `${user}@` : ''}${address}:${port} ${connection}`;

/** An error about one host, and its cure. */
export function told(error: unknown): string {
  if (!(error instanceof OrchError)) throw error;
  return visible(`${error.code}: ${error.message}\n  cure: ${error.hint}`).replaceAll('\\n', '\n');
}

/** A host, where it is, and what its variables say. */
export interface Reached {
  readonly host: Host;
  readonly target: Target;
  readonly scope: Scope;
}

/** The hosts of a pattern as the flags reach them; passwords are asked for unless they are given. */
export async function targetsOf(
  pattern: string,
  flags: HostsFlags,
  io: Io,
  given?: Passwords,
): Promise<readonly Reached[]> {
  const world = await openWorld(flags);
  const { inventory, chosen, extraVars } = loadInventoryFor(flags, world);
  const passwords = given ?? (await passwordsFor(flags));
  await openKeys(flags, io, inventory.hosts.values(), extraVars);
  const reach = reachBy({ flags, passwords, io, warn: (text) => io.err(`warning: ${text}\n`) });
  const evaluator = createEvaluator();
  return selectHosts(inventory, pattern, { allowEmpty: false })
    .filter(({ name }) => chosen.has(name))
    .map((host) => {
      const scope = evaluator.scope([extraVars, ...host.layers]);
      return { host, scope, target: reach(host, scope) };
    });
}

/** Works on all, a few at a time. */
export async function eachOf<T>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
}
