import { readFileSync } from 'node:fs';

/** Files that are open whatever a run does, and those of one host: a socket, or the pipes of the system's ssh. */
const OWN = 64;
const EACH = 8;

/**
 * How many hosts may be worked on at the same time: as many as were asked for, or fewer and a sentence why, where this
 * machine allows a process too few open files. Node has raised the soft limit as far as it goes.
 */
export function forksFor(
  asked: number,
  hosts: number,
  limit: number,
): { readonly forks: number; readonly warning?: string } {
  const wanted = Math.min(asked, hosts);
  const most = Math.max(1, Math.floor((limit - OWN) / EACH));
  if (wanted <= most) return { forks: asked };
  return {
    forks: most,
    warning: `this machine allows ${limit} open files (ulimit -n): ${most} hosts at the same time instead of ${wanted}`,
  };
}

/** Files this process may have open; read where the kernel tells it, else no limit. */
export function openFiles(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'latin1');
    const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
