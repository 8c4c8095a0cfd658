import { OrchError } from '../lib/errors.ts';
import { answersOf, type AskFlags } from './answers.ts';
import { firewallTasks, type SeenFirewall } from './firewall-tasks.ts';
import type { Io } from './io.ts';

/** The flags of `orch firewall export`. */
export interface ExportFlags extends AskFlags {
  /** Zones besides those in use. */
  readonly zone: readonly string[];
  /** The lists of the tasks are complete: what is not in them goes. */
  readonly exclusive?: boolean;
}

/** `orch firewall export HOST`: the zones of a host as a playbook that changes nothing there. */
export async function firewallExport(host: string, flags: ExportFlags, io: Io): Promise<number> {
  // Firewalls are looked at as root; -b says how to become it, an inventory may say so too.
  const { exit, data } = await answersOf(
    { pattern: host, module: 'firewalld_facts', args: { zones: flags.zone } },
    flags,
    io,
  );
  if (data.size > 1) {
    throw new OrchError('USAGE', `${JSON.stringify(host)} names ${data.size} hosts`, {
      hint: 'Name one: the zones of another host need not be the same.',
    });
  }
  for (const [name, seen] of data)
    io.out(
      firewallTasks(name, seen as unknown as SeenFirewall, { exclusive: flags.exclusive === true }),
    );
  return exit;
}
