import { connect, type Socket } from 'node:net';
import { nextTick } from 'node:process';

import type { Target } from '../model/transport.ts';

/** Starts to connect to the sshd of a target. Errors are kept for who uses the socket: `errored`, `destroyed`. */
export function dial({ address, port }: Target): Socket {
  const socket = connect({
    host: address,
    port,
    noDelay: true, // ssh2 leaves Nagle on, and every short exec waits 40 ms for a delayed ACK
    autoSelectFamilyAttemptTimeout: 2_500, // Node's 250 ms is too short for a far host with IPv4 and IPv6
  });
  socket.on('error', () => undefined);
  return gathering(socket);
}

/**
 * Writes of one turn leave together: ssh2 writes length, body and code of each packet apart, 28 system calls a login,
 * each of which wakes sshd.
 */
function gathering(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  let gathers = false;
  socket.write = ((...args: Parameters<typeof write>) => {
    if (!gathers) {
      gathers = true;
      socket.cork();
      nextTick(() => {
        gathers = false;
        socket.uncork();
      });
    }
    return write(...args);
  }) as typeof socket.write;
  return socket;
}
