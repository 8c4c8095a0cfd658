import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';

import type { Session, Target } from '../model/transport.ts';
import { DRAIN_LIMIT, type Ending, type Line, type Pipe } from './pipe.ts';
import { ShellSession } from './shell-session.ts';

/** A session on this machine: the same framed shell, without a network. */
export const local = (target: Target): Session => new ShellSession(localLine(target.name));

function localLine(name: string): Line {
  const open = new Set<Pipe>();
  return {
    label: `${name} (local)`,
    user: userInfo().username,
    overtakes: true,
    handshakes: 0,
    broken: undefined,
    open: async (command) => {
      const pipe = await start(command);
      open.add(pipe);
      void pipe.closed.then(() => open.delete(pipe));
      return pipe;
    },
    close: () => {
      for (const pipe of open) pipe.destroy();
      return Promise.resolve();
    },
  };
}

async function start(command: string): Promise<Pipe> {
  // A session of its own: Ctrl-C at the terminal is orch's to pass on, and what is left behind can be found.
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const closed = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      const ending = { code: code ?? undefined, signal: signal ?? undefined };
      child.once('close', () => resolve(ending));
      setTimeout(() => resolve(ending), DRAIN_LIMIT);
    });
    child.once('error', () => resolve({ code: 127, signal: undefined }));
  });
  // A process that could not be made has no streams, whatever the types say, and an event that tells why.
  if (child.pid === undefined) {
    const [cause] = (await once(child, 'error').catch((error: unknown) => [error])) as [unknown];
    throw new OrchError(
      'HOST_UNREACHABLE',
      `no shell can be started on this machine: ${whyNot(cause)}`,
      { hint: 'Work on fewer hosts at a time (-f), or allow more (ulimit -n, ulimit -u).', cause },
    );
  }
  child.stdin.on('error', () => undefined); // a shell that ended is told by `closed`
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed,
    destroy: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
