import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Target } from '../../src/model/transport.ts';
import { connect } from '../../src/transport/connect.ts';
import { upLab } from '../lab/lab.ts';
import { orch } from './harness.ts';

// npm run bench:hosts [-- 200]: one run over 200 lab hosts, each with a network, a root and an sshd of its own, the memory of
// the control process for each host, and what 20 repeats of sessions to all of them leave behind in one process.

const count = Number(process.argv[2] ?? 200);
const REPEATS = 20;
const { lab, down } = upLab(count, { firewalld: false, nics: 1 });
const dir = mkdtempSync(join(tmpdir(), 'orch-hosts-'));

try {
  writeFileSync(join(dir, 'hosts.yml'), lab.inventory());
  writeFileSync(
    join(dir, 'site.yml'),
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: { cmd: uname -n, reads: true }\n    - copy: { dest: /root/one, content: "{{ inventory_hostname }}\\n" }\n',
  );
  const run = (hosts: number, ...more: string[]) =>
    orch([
      ...['run', join(dir, 'site.yml'), '-i', join(dir, 'hosts.yml')],
      ...['-f', String(hosts), '-l', `all[0:${hosts - 1}]`, '-T', '120', ...more],
    ]);
  const told = (hosts: number, { exit, seconds, peak }: Awaited<ReturnType<typeof run>>): string =>
    `${hosts} host${hosts === 1 ? '' : 's'}: exit ${exit}, ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB`;

  const one = await run(1);
  const many = await run(count);
  const usual = await run(count, '-f', '50');
  const each = ((many.peak - one.peak) * 1024) / (count - 1);
  console.log(told(1, one));
  console.log(`${told(count, many)}, all at once: ${each.toFixed(0)} KiB a host`);
  console.log(`${told(count, usual)}, 50 at a time`);
  for (const { exit, out } of [one, many, usual])
    if (exit !== 0) console.log(out.split('\n').slice(-30).join('\n'));

  const targets = Array.from({ length: count }, (_, i) => target(i + 1));
  for (let i = 0; i <= REPEATS; i++) {
    await Promise.all(targets.map(visit));
    globalThis.gc?.();
    if (i % 5 !== 0) continue;
    const files = readdirSync('/proc/self/fd').length;
    const { heapUsed, rss } = process.memoryUsage();
    console.log(
      `after ${(i + 1) * count} sessions: ${files} descriptors, ${(heapUsed / 2 ** 20).toFixed(1)} MiB of heap, ${(rss / 2 ** 20).toFixed(0)} MiB resident`,
    );
  }
  process.exitCode = [one, many, usual].every(({ exit }) => exit === 0) ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
  down();
}

function target(host: number): Target {
  return {
    name: `node${host}`,
    connection: 'ssh',
    address: lab.address(host),
    port: 22,
    user: 'root',
    privateKeyFile: lab.keyFile(),
    password: undefined,
    knownHostsFiles: [lab.knownHostsFile()],
    hostKeyChecking: 'strict',
    connectTimeout: 120_000,
  };
}

async function visit(to: Target): Promise<void> {
  const session = await connect(to);
  await session.trip([{ script: { text: 'true' } }], {});
  await session.close();
}
