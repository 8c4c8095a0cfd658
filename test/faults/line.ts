import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { freePort } from '../contract/sshd.ts';
import {
  type Case,
  must,
  orch,
  project,
  proxy,
  room,
  served,
  start,
  until,
  startHost,
} from './harness.ts';

/** Two hosts: the first meets the fault, the second has to be done all the same. */
const both = (dir: string): string =>
  `    - shell: touch ${dir}/begun-{{ inventory_hostname }}; sleep {{ nap | default(0.1) }}\n    - command: touch ${dir}/after-{{ inventory_hostname }}\n`;

/** The line between orch and a host breaks, or never comes about. */
export const LINE: readonly Case[] = [
  {
    id: 'F05',
    fault: 'the ssh session is killed on the server in mid-task',
    bar: 'that host is lost within 15 s, the other goes on, no later task on it',
    run: async () => {
      const [one, two] = [await startHost(), await startHost()];
      try {
        const dir = room();
        const run = start(
          project({ web1: { sshd: one, vars: { nap: 5 } }, web2: { sshd: two } }, both(dir)).args,
        );
        must(await until(() => existsSync(join(dir, 'begun-web1'))), 'it never began');
        const from = performance.now();
        for (const pid of served(one)) process.kill(pid, 'SIGKILL');
        const { exit, out } = await run.ended;
        const took = (performance.now() - from) / 1000;
        must(exit === 4, `exit ${exit}: ${out}`);
        must(took < 15, `it took ${took.toFixed(1)} s`);
        must(/may have happened/.test(out), 'it does not say that work may have happened');
        must(existsSync(join(dir, 'after-web2')), 'the other host was not done');
        must(!existsSync(join(dir, 'after-web1')), 'a later task ran');
        return `${took.toFixed(1)} s`;
      } finally {
        one.stop();
        two.stop();
      }
    },
  },
  {
    id: 'F06',
    fault: 'half-open peer: nothing passes any more, and nobody is told',
    bar: 'gives up within 75 s by itself, the other host goes on',
    run: async () => {
      const [one, two] = [await startHost(), await startHost()];
      const between = await proxy(one.port);
      try {
        const dir = room();
        const run = start(
          project(
            { web1: { sshd: one, port: between.port, vars: { nap: 3 } }, web2: { sshd: two } },
            both(dir),
          ).args,
        );
        must(await until(() => existsSync(join(dir, 'begun-web1'))), 'it never began');
        const from = performance.now();
        between.freeze();
        const { exit, out } = await run.ended;
        const took = (performance.now() - from) / 1000;
        must(exit === 4, `exit ${exit}: ${out}`);
        must(took < 75, `it took ${took.toFixed(0)} s`);
        must(existsSync(join(dir, 'after-web2')), 'the other host was not done');
        must(!existsSync(join(dir, 'after-web1')), 'a later task ran');
        return `${took.toFixed(0)} s`;
      } finally {
        between.close();
        one.stop();
        two.stop();
      }
    },
  },
  {
    id: 'F07',
    fault: 'the port is open, and nobody speaks',
    bar: 'gives up within 45 s, says timeout',
    run: async () => {
      const sshd = await startHost();
      const mute = createServer();
      const port = await freePort();
      await new Promise<void>((resolve) => mute.listen(port, '127.0.0.1', resolve));
      try {
        const { exit, out, seconds } = await orch(
          project({ web1: { sshd, port } }, both(room())).args,
        );
        must(
          exit === 4 && /did not speak ssh to the end within 10 s/.test(out),
          `exit ${exit}: ${out}`,
        );
        must(seconds < 45, `it took ${seconds.toFixed(0)} s`);
        return `${seconds.toFixed(0)} s`;
      } finally {
        mute.close();
        sshd.stop();
      }
    },
  },
  ...(['changed', 'unknown'] as const).map((what): Case => ({
    id: what === 'changed' ? 'F08' : 'F09',
    fault: `the host key is ${what}, and there is no terminal`,
    bar: 'nothing runs, the key is not stored, the message says which host and which file',
    run: async () => {
      const [one, two] = [await startHost(), await startHost()];
      try {
        const dir = room();
        const run = project({ web1: { sshd: one } }, both(dir));
        const file = join(run.dir, 'known_web1');
        const text =
          what === 'unknown' ? '' : `[127.0.0.1]:${one.port} ${two.hostKey('ed25519')}\n`;
        writeFileSync(file, text);
        const { exit, out } = await orch(run.args);
        must(exit === 4, `exit ${exit}`);
        must(out.includes(file) && out.includes('web1'), 'host and file are not named');
        must(readFileSync(file, 'utf8') === text, 'the key was stored');
        must(!existsSync(join(dir, 'begun-web1')), 'something ran');
        return 'refused';
      } finally {
        one.stop();
        two.stop();
      }
    },
  })),
  {
    id: 'F18',
    fault: 'sshd that drops logins (MaxStartups 2:70:6), 12 hosts at once',
    bar: 'all 12 done, only the login is tried again',
    run: async () => {
      const sshd = await startHost(['MaxStartups 2:70:6']);
      try {
        const dir = room();
        const names = Array.from({ length: 12 }, (_, i) => `web${i}`);
        const hosts = Object.fromEntries(names.map((name) => [name, { sshd }]));
        const { exit, out } = await orch([
          ...project(hosts, `    - shell: echo {{ inventory_hostname }} >>${dir}/log\n`).args,
          '-T',
          '30',
        ]);
        must(exit === 0, `exit ${exit}: ${out}`);
        const done = readFileSync(join(dir, 'log'), 'utf8').trim().split('\n').sort();
        must(done.join() === [...names].sort().join(), `done: ${done.join()}`);
        return '12 of 12';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F20',
    fault: 'the host reboots in mid-run: silence, then a fresh sshd that knows nothing',
    bar: 'that host lost within 60 s, the rerun converges',
    run: async () => {
      const sshd = await startHost();
      const between = await proxy(sshd.port);
      try {
        const dir = room();
        const words = project({ web1: { sshd, port: between.port, vars: { nap: 3 } } }, both(dir));
        const run = start(words.args);
        must(await until(() => existsSync(join(dir, 'begun-web1'))), 'it never began');
        const from = performance.now();
        between.freeze();
        for (const pid of served(sshd)) process.kill(pid, 'SIGKILL');
        setTimeout(() => between.reset(), 2000);
        const { exit, out } = await run.ended;
        const took = (performance.now() - from) / 1000;
        must(exit === 4, `exit ${exit}: ${out}`);
        must(took < 60, `it took ${took.toFixed(0)} s`);
        const again = await orch(words.args);
        must(again.exit === 0 && existsSync(join(dir, 'after-web1')), `the rerun: ${again.out}`);
        return `${took.toFixed(0)} s`;
      } finally {
        between.close();
        sshd.stop();
      }
    },
  },
  {
    id: 'F22',
    fault: '200 ms round trip, 5 % of packets lost, 1 Mbit/s',
    bar: 'done, in time proportional to round trips',
    run: async () => {
      const sshd = await startHost();
      const slow = await proxy(sshd.port, { delay: 100, rate: 125_000, loss: 0.05 });
      try {
        const dir = room();
        const { exit, out, seconds } = await orch([
          ...project({ web1: { sshd, port: slow.port } }, both(dir)).args,
          '-T',
          '30',
        ]);
        must(exit === 0, `exit ${exit}: ${out}`);
        must(seconds < 30, `it took ${seconds.toFixed(1)} s`);
        return `${seconds.toFixed(1)} s`;
      } finally {
        slow.close();
        sshd.stop();
      }
    },
  },
];
