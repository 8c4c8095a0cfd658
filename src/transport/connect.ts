import type { Connect } from '../model/transport.ts';
import { dial } from './dial.ts';

/**
 * Opens a session to a target the way the target says. ssh is loaded when the first line is opened, and the
 * host's sshd gets to work meanwhile.
 */
export const connect: Connect = async (target, signal) => {
  if (target.connection === 'local') return (await import('./local.ts')).local(target);
  if (target.connection === 'openssh')
    return await (await import('./openssh.ts')).openssh(target, signal);
  const dialled = dial(target.jumps?.[0] ?? target);
  // Node sends the connection off only when the promises at hand are done: a turn of the loop now, else it would wait
  // for ssh to be loaded and for the lines of all other hosts to be begun.
  await new Promise(setImmediate);
  return await (await import('./ssh.ts')).ssh(target, signal, dialled);
};
