import { expect } from 'chai';
import type { Fault } from '../../src/model/event.ts';
import type { Lab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';
import { folder, told, type Told } from './orch.ts';

/** Writes a playbook of one play of all hosts and gives its path; tasks are indented by four. */
export const playbook = (tasks: string, head = ''): string =>
  `${folder({ 'site.yml': `- hosts: all\n  gather_facts: false\n${head}  tasks:\n${tasks}` })}/site.yml`;

/** Opens 443/tcp in the default zone, in both configurations. */
export const OPEN = '    - name: Ports\n      firewalld_port: { ports: [443/tcp] }\n';

/** Runs a playbook, and asserts what holds for every run that goes wrong: no stack trace, faults with place and cure. */
export async function faulty(args: readonly string[]): Promise<Told> {
  const run = await told(['run', ...args]);
  expect(run.stderr).to.equal('');
  expect(run.stdout).to.not.match(/\\n\s+at |node:internal|"INTERNAL"/);
  for (const { outcome } of run.all('task-ended')) {
    if (!outcome.fault) continue;
    expect(outcome.fault.hint).to.match(/\S \S/);
    expect(outcome.fault.message).to.match(/\S \S/);
  }
  expect(run.all('run-ended')).to.have.length(1);
  return run;
}

/** What went wrong on a host, as `CODE file-less place message`; fails when nothing or more than one thing did. */
export function faultOf(run: Told, host = 'node1'): Fault {
  const faults = run
    .all('task-ended')
    .filter((event) => event.host === host)
    .flatMap(({ outcome }) => (outcome.fault ? [outcome.fault] : []));
  expect(faults, `faults of ${host}`).to.have.length(1);
  return faults[0]!;
}

/** `443/tcp` is what differs from a fresh host, in both configurations, and nothing else is. */
export const ONLY_443 = ['runtime: public ports: +443/tcp', 'permanent: public ports: +443/tcp'];

/** Remembers firewalls and tells what has changed since, read by firewall-cmd. */
export function sinceHere(lab: Lab, ...hosts: readonly number[]): (host: number) => string[] {
  const before = new Map(hosts.map((host) => [host, lab.firewall(host)]));
  return (host) => compareFirewalls(before.get(host)!, lab.firewall(host));
}

/**
 * Puts a busctl before the real one on a host. When a call of `method` comes by, `script` runs first, once
 * (`again`: every time); it may `exit` to answer itself. So something happens between looking and changing.
 */
export function trap(lab: Lab, host: number, method: string, script: string, again = false): void {
  const once = again ? '' : 'rm /run/trap.sh; ';
  lab.write(host, '/run/trap.sh', `${once}${script}\n`);
  lab.write(
    host,
    '/usr/local/bin/busctl',
    `#!/bin/sh
[ ! -e /run/trap.sh ] || case " $* " in *" ${method} "*) . /run/trap.sh ;; esac
exec /usr/bin/busctl "$@"
`,
    '755',
  );
}

/** Script that ends firewalld and waits until the bus knows. */
export const KILL_FIREWALLD = `kill "$(cat /run/firewalld.pid)"
while /usr/bin/busctl --system call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.fedoraproject.FirewallD1 | grep -q true; do sleep 0.05; done`;
