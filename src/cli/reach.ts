import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../lib/source.ts';
import type { Host } from '../model/inventory.ts';
import type { Layer, Scope } from '../model/scope.ts';
import type { Target } from '../model/transport.ts';
import { readSshConfig, sshOptionsFor } from '../transport/ssh-config.ts';
import { type ReachOptions, targetOf } from '../transport/target.ts';
import type { ConnectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Passwords } from './passwords.ts';

/** Where hosts are and how to log in, from their variables, the flags and ssh's configuration. Throws INVENTORY_INVALID. */
export type Reach = (host: Host, scope: Scope) => Target;

/** Reads ssh's configuration once; hosts are looked up in it one by one. */
export function reachBy(given: {
  readonly flags: ConnectionFlags;
  readonly passwords: Passwords;
  readonly io: Io;
  /** Hears of what is not honoured, and of what is dangerous; each once. */
  readonly warn: (message: string) => void;
}): Reach {
  const { flags, passwords, io, warn } = given;
  const home = io.env['HOME'] ?? homedir();
  const ssh = readSshConfig([join(home, '.ssh/config'), '/etc/ssh/ssh_config'], home);
  const told = new Set<string>();
  const options: ReachOptions = {
    home,
    user: flags.user,
    privateKeyFile: flags.privateKey,
    connection: flags.connection,
    password: passwords.login,
    timeout: flags.timeout,
    sshCommonArgs: flags.sshCommonArgs,
    sshExtraArgs: flags.sshExtraArgs,
    hostKeyChecking: flags.acceptNew === true ? 'accept-new' : undefined,
    sshConfig: (name, known) => sshOptionsFor(ssh, name, known),
    warn: (message) => {
      if (!told.has(message)) warn(message);
      told.add(message);
    },
  };
  return (host, scope) =>
    targetOf(
      host.name,
      (name) => scope.get(name),
      options,
      (name) => placeOf(scope.layers, name) ?? host.source,
    );
}

/** Where a variable was written. */
function placeOf(layers: readonly Layer[], name: string): Source | undefined {
  for (const { vars } of layers) {
    const given = vars.get(name);
    if (given) return 'tree' in given ? given.tree.source : undefined;
  }
  return undefined;
}
