import type { Socket } from 'node:net';

import type { Target } from '../model/transport.ts';
import { dial } from './dial.ts';

/** Connections on their way that nobody took yet, by the name and the address of their host. */
const ahead = new Map<string, Socket>();

const keyOf = ({ name, address, port }: Target): string => `${name} ${address} ${port}`;

/**
 * Starts to connect to sshd of the targets that are reached directly. Resolves when all are on their way, to what closes
 * those that nobody took. They keep no process alive.
 */
export async function dialAhead(targets: readonly Target[]): Promise<() => void> {
  const mine: [string, Socket][] = [];
  for (const target of targets) {
    const key = keyOf(target);
    if (target.connection !== 'ssh' || target.jumps?.length || ahead.has(key)) continue;
    const socket = dial(target).unref();
    ahead.set(key, socket);
    mine.push([key, socket]);
  }
  // Node sends them off only when the promises at hand are done.
  await new Promise(setImmediate);
  return () => {
    for (const [key, socket] of mine) {
      if (ahead.get(key) !== socket) continue;
      ahead.delete(key);
      socket.destroy();
    }
  };
}

/** The connection to a target that was sent off ahead, once; nothing where there is none that is still good. */
export function dialledAhead(target: Target): Socket | undefined {
  const key = keyOf(target);
  const socket = ahead.get(key);
  ahead.delete(key);
  if (!socket || target.jumps?.length) return undefined;
  // sshd may have hung up meanwhile: it waits two minutes for a login.
  if (socket.destroyed || socket.readableEnded || socket.closed) return undefined;
  return socket.ref();
}
