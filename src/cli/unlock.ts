import { identityOf } from '../engine/identity.ts';
import { sentence } from '../engine/lease.ts';
import { readTold, unlockScript } from '../engine/lease-script.ts';
import { connect } from '../transport/connect.ts';
import { eachOf, type HostsFlags, type Reached, targetsOf, told } from './hosts.ts';
import type { Io } from './io.ts';
import { isGone } from './run-process.ts';
import { type Passwords, passwordsFor } from './passwords.ts';

/** The flags of `orch unlock`. */
export interface UnlockFlags extends HostsFlags {
  /** Leases of runs that may be alive are taken away too. */
  readonly force?: boolean;
}

/**
 * `orch unlock`: tells which hosts a run holds, and takes away what is void: left by a run that died, or expired. What a
 * live run holds stays, unless forced: exit 15 then.
 */
export async function unlock(pattern: string, flags: UnlockFlags, io: Io): Promise<number> {
  const passwords = await passwordsFor(flags);
  const targets = await targetsOf(pattern, flags, io, passwords);
  let [held, lost] = [false, false];
  await eachOf(targets, flags.forks, async (one) => {
    const { name } = one.host;
    try {
      const said = await asked(one, flags, passwords);
      const lease = readTold(said);
      if (!lease) {
        io.out(`${name}  free\n`);
        return;
      }
      const gone = /^gone$/m.test(said);
      held ||= !gone;
      const what = gone ? (lease.live ? 'taken from' : 'was left by') : 'held by';
      const needs = /^roots$/m.test(said) ? ': only root may take it away (-b)' : '';
      io.out(`${name}  ${what} ${sentence(lease)}${needs}\n`);
    } catch (error) {
      lost = true;
      io.out(`${name}  ${told(error)}\n`);
    }
  });
  if (held)
    io.err('Runs hold hosts: let them end. --force takes a host from a run that is dead.\n');
  return held ? 15 : lost ? 4 : 0;
}

async function asked(
  { target, scope }: Reached,
  flags: UnlockFlags,
  passwords: Passwords,
): Promise<string> {
  const identity = identityOf({ keywords: {} }, scope, {
    become: flags.become === true,
    becomeUser: flags.becomeUser,
    becomeMethod: flags.becomeMethod,
    becomePassword: passwords.become,
  });
  const session = await connect(target);
  try {
    const ask = async (dead: readonly string[]): Promise<string> => {
      const script = unlockScript(flags.force === true, dead);
      const [reply] = await session.trip([{ script, deadline: 30_000 }], identity);
      return reply?.stdout.toString('utf8') ?? '';
    };
    const said = await ask([]);
    const lease = readTold(said);
    return lease?.live && !/^gone$/m.test(said) && isGone(lease.process)
      ? await ask([lease.run])
      : said;
  } finally {
    await session.close();
  }
}
