import { readdirSync } from 'node:fs';

import { connect } from '../../src/transport/connect.ts';
import { orch, project, startHost } from './harness.ts';

// npm run bench:hosts [-- 200]: one run on many logins of an sshd, the memory of the control process for each host, and
// what 20 runs of sessions leave behind in one process.

const count = Number(process.argv[2] ?? 200);
const sshd = await startHost(['MaxStartups 1000', 'MaxSessions 10']);
const TASK = '    - command: { cmd: uname, reads: true }\n';
const run = (hosts: number) =>
  orch([
    ...project(
      Object.fromEntries(Array.from({ length: hosts }, (_, i) => [`web${i}`, { sshd }])),
      TASK,
    ).args,
    ...['-f', String(hosts), '-T', '120'],
  ]);

try {
  const one = await run(1);
  const many = await run(count);
  const each = ((many.peak - one.peak) * 1024) / (count - 1);
  console.log(`1 host: exit ${one.exit}, ${one.seconds.toFixed(1)} s, ${one.peak.toFixed(0)} MiB`);
  console.log(
    `${count} hosts at once: exit ${many.exit}, ${many.seconds.toFixed(1)} s, ${many.peak.toFixed(0)} MiB, ${each.toFixed(0)} KiB a host`,
  );
  const left: string[] = [];
  for (let i = 0; i <= 20; i++) {
    await Promise.all(Array.from({ length: 20 }, () => visit()));
    globalThis.gc?.();
    if (i % 10 === 0) {
      const files = readdirSync('/proc/self/fd').length;
      const heap = process.memoryUsage().heapUsed / 1024 / 1024;
      left.push(
        `after ${i * 20 + 20} sessions: ${files} descriptors, ${heap.toFixed(1)} MiB of heap`,
      );
    }
  }
  console.log(left.join('\n'));
  process.exitCode = one.exit === 0 && many.exit === 0 ? 0 : 1;
} finally {
  sshd.stop();
}

async function visit(): Promise<void> {
  const session = await connect(sshd.target());
  await session.trip([{ script: { text: 'true' } }], {});
  await session.close();
}
