import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import { type Case, must, ROOT } from './harness.ts';

/** Faults that need more than an sshd: each is a suite of its own, which is run once here. */
export const SUITES: readonly Case[] = [
  {
    id: 'F20b',
    fault: 'a real machine (VM) reboots in mid-run: as when the power fails, and in good order',
    bar: 'lost within 60 s, told that work may have happened, the rerun converges (`npm run test:vm -- test/vm/line.test.ts`)',
    once: true,
    limit: 1_800_000,
    impossible: () =>
      existsSync('/usr/bin/apt-get') ? undefined : 'its machines are made with apt-get',
    run: async () => {
      const said = await suite(['scripts/vm-tests.mjs', 'test/vm/line.test.ts']);
      return [...said.matchAll(/lost after (\d+ s)/g)].map(([, time]) => time).join(', ');
    },
  },
  {
    id: 'F25',
    fault: 'lock-outs: changes that cut the way in, in every way we know',
    bar: 'the host is back by itself within the timer + 10 s, its state equal byte for byte (`npm run test:lockout`, docs/lockouts.md)',
    once: true,
    limit: 1_800_000,
    run: async () => {
      const said = await suite(['scripts/integration.mjs', 'test/lockout/lockout.test.ts']);
      const passed = Number(/(\d+) passing/.exec(said)?.[1] ?? 0);
      const back = [...said.matchAll(/back after (\d+\.\d) s/g)].map(([, time]) => Number(time));
      must(passed > 20 && back.length > 0, `only ${passed} ran: ${said.slice(-2000)}`);
      return `${passed} of ${passed}, back after ${Math.max(...back).toFixed(1)} s at the latest`;
    },
  },
];

/** Runs a suite to its end; what it said. Throws what it said last when a test of it failed. */
async function suite(words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (bytes: Buffer): void => void (said += bytes.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  must(exit === 0, `exit ${exit}: ${said.slice(-3000)}`);
  return said;
}
