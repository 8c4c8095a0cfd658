import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names this process so that it is no other's, on any machine at any time: `BOOT.NAMESPACE.PID.START`; `-` where the kernel
 * does not tell. It goes with the leases of hosts.
 */
export function ownProcess(): string {
  const here = place();
  const start = startOf(process.pid);
  return here === undefined || start === undefined ? '-' : `${here}.${process.pid}.${start}`;
}

/** Whether a process that was named so is gone; false for one of another machine or container, of which nobody here knows. */
export function isGone(name: string): boolean {
  const [, where, pid, start] = /^(.+)\.(\d+)\.(\d+)$/.exec(name) ?? [];
  if (where === undefined || where !== place()) return false;
  const now = startOf(Number(pid));
  return now === undefined ? !exists(Number(pid)) : now !== start;
}

/** The boot and the process namespace that pids count in. */
function place(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
    return `${boot}.${namespace}`;
  } catch {
    return undefined;
  }
}

/** When a process was started, in ticks since boot; `ended` when only its parent does not know yet; nothing when it is not there, or hidden. */
function startOf(pid: number): string | undefined {
  try {
    const [state, ...rest] =
      readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? 'ended' : rest[18];
  } catch {
    return undefined;
  }
}

/** Where /proc hides the processes of others, a signal that is none still finds them. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
