import { createServer, connect, type Socket } from 'node:net';

/** A line to a host that is far away, and how often the client waited for the host. */
export interface FarLine {
  readonly port: number;
  /** Round trips the client waited for since the last call, the one of TCP included. */
  waited(): number;
  close(): void;
}

/**
 * Passes bytes to a port, each way after `delay` ms, and counts round trips by cause: what a client says belongs to
 * the flight behind the last one it has heard an answer of, and an answer to the last flight that the host has heard.
 * So talk that crosses, or is sent ahead, costs nothing, and what is said in farewell and never answered neither.
 */
export async function farLine(to: number, delay: number): Promise<FarLine> {
  const sockets = new Set<Socket>();
  let deepest = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    // Connecting took a round trip, which nothing here could delay.
    const flight = { client: 1, host: 1 };
    let left = false;
    deepest = Math.max(deepest, 1);
    const pass = (from: Socket, into: Socket, who: 'client' | 'host'): void => {
      sockets.add(from.setNoDelay(true));
      const deliver = (chunk: Buffer | undefined, of: number): void => {
        const other = who === 'client' ? 'host' : 'client';
        flight[other] = Math.max(flight[other], of);
        if (who === 'host' && !left && chunk) deepest = Math.max(deepest, of);
        if (into.destroyed) return;
        if (chunk) into.write(chunk);
        else into.end();
      };
      const put = (chunk: Buffer | undefined): void => {
        if (who === 'client' && !chunk) left = true;
        const of = who === 'client' ? flight.client + 1 : flight.host;
        setTimeout(() => deliver(chunk, of), delay);
      };
      from.on('data', put);
      from.on('end', () => put(undefined));
      from.on('error', () => into.destroy());
      from.on('close', () => sockets.delete(from));
    };
    pass(client, host, 'client');
    pass(host, client, 'host');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    waited: () => {
      const count = deepest;
      deepest = 0;
      return count;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
