import type { Command } from 'commander';
import { connectionFlags } from './connection-flags.ts';
import { forksFlag, inventoryFlags, policyFlags } from './flags.ts';
import type { FactsFlags } from './facts.ts';
import type { ExportFlags } from './firewall-export.ts';
import type { ExposureFlags } from './firewall-exposure.ts';
import type { HostsFlags } from './hosts.ts';
import type { Io } from './io.ts';
import type { Verbs } from './program.ts';
import type { UnlockFlags } from './unlock.ts';

/** Adds what asks hosts without a playbook: `orch hosts trust`, `orch hosts ping`, `orch unlock`, `orch facts`, `orch firewall export` and `exposure`. */
export function addHosts(
  program: Command,
  io: Io,
  does: Verbs,
  finish: (code: number) => void,
): void {
  const hosts = program.command('hosts').description('reach hosts: their keys, a login');
  connectionFlags(inventoryFlags(forksFlag(hosts.command('trust'))))
    .description('show the host keys of hosts, and write new ones into known_hosts')
    .argument('<pattern>', 'which hosts')
    .option('--yes', 'write the keys that are new; the fingerprints were compared')
    .action(async (pattern: string, flags: HostsFlags) =>
      finish(await does.trust(pattern, flags, io)),
    );
  connectionFlags(inventoryFlags(forksFlag(hosts.command('ping'))))
    .description('log in to hosts and do nothing')
    .argument('<pattern>', 'which hosts')
    .action(async (pattern: string, flags: HostsFlags) =>
      finish(await does.ping(pattern, flags, io)),
    );
  connectionFlags(inventoryFlags(forksFlag(program.command('unlock'))))
    .description('tell which hosts a run holds, and take away what a dead run left')
    .argument('<pattern>', 'which hosts')
    .option('--force', 'take a host from a run that may be alive')
    .action(async (pattern: string, flags: UnlockFlags) =>
      finish(await does.unlock(pattern, flags, io)),
    );
  connectionFlags(inventoryFlags(forksFlag(program.command('facts'))))
    .description('show what hosts are: system, kernel, memory, addresses')
    .argument('<pattern>', 'which hosts')
    .argument(
      '[filter...]',
      'facts, as ansible_default_ipv4, default_ipv4.address or mem*; without: a line a host',
    )
    .option('--json', 'all of it as JSON, by host')
    .action(async (pattern: string, filters: string[], flags: FactsFlags) =>
      finish(await does.facts(pattern, filters, flags, io)),
    );
  const firewall = program.command('firewall').description('firewalls of hosts');
  connectionFlags(inventoryFlags(forksFlag(firewall.command('export'))))
    .description('print the zones of a host as a playbook that changes nothing there')
    .argument('<host>', 'the host')
    .option('--zone <name>', 'a zone besides those in use (repeatable)', more, [])
    .option('--exclusive', 'lists are complete: entries that are not in them are removed')
    .action(async (host: string, flags: ExportFlags) =>
      finish(await does.firewallExport(host, flags, io)),
    );
  connectionFlags(policyFlags(inventoryFlags(forksFlag(firewall.command('exposure')))))
    .description('show who reaches what of hosts now, and which rules of the policy hold')
    .argument('<pattern>', 'which hosts')
    .option('--json', 'as JSON, by host')
    .action(async (pattern: string, flags: ExposureFlags) =>
      finish(await does.firewallExposure(pattern, flags, io)),
    );
}

const more = (value: string, before: readonly string[]): readonly string[] => [...before, value];
