import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import {
  type Case,
  journal,
  must,
  orch,
  project,
  room,
  runs,
  start,
  until,
  startHost,
} from './harness.ts';
import { digest, startUpload, uploaded } from './uploads.ts';

let unique = 20_000 + (process.pid % 1000) * 10;

/** The control node dies, or is told to stop. */
export const CONTROL: readonly Case[] = [
  {
    id: 'F01',
    fault: 'kill -9 of the control node while 60 MB are copied, at 4 moments',
    bar: 'old file or whole new one, no litter, the rerun converges',
    run: async () => {
      const sshd = await startHost();
      try {
        const dir = room();
        const path = join(dir, 'target');
        for (const ms of [50, 200, 500, 900]) {
          writeFileSync(path, 'old');
          const child = startUpload(sshd, path, 60);
          await child.begun;
          await pause(ms);
          child.process.kill('SIGKILL');
          await child.ended;
          const now = digest(path);
          must(now === digest('old', true) || now === uploaded(60), `torn after ${ms} ms`);
          must(await until(() => litter(dir) === 0, 5000), `litter after ${ms} ms`);
        }
        const again = startUpload(sshd, path, 60);
        must((await again.ended) === 0, 'the rerun failed');
        must(digest(path) === uploaded(60), 'the rerun wrote something else');
        return '4 kills, file whole each time';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F02',
    fault: 'kill -9 between tasks, then a rerun',
    bar: 'same end state, nothing doubled, the journal can be read',
    run: async () => {
      const sshd = await startHost();
      try {
        const dir = room();
        const tasks = [1, 2, 3, 4]
          .map(
            (i) =>
              `    - shell: { cmd: "sleep 0.4; echo ${i} >>${dir}/log; touch ${dir}/done${i}", creates: "${dir}/done${i}" }\n`,
          )
          .join('');
        const { args } = project({ web1: { sshd } }, tasks);
        const first = start(args);
        must(await until(() => has(join(dir, 'done2'))), 'it never came to the second task');
        first.child.kill('SIGKILL');
        await first.ended;
        const events = journal(first.state);
        must(
          events.every(({ seq }, i) => seq === i + 1),
          'the journal has a gap',
        );
        await pause(1000); // what was in hand ends on the host
        const { exit, out } = await orch(args);
        must(exit === 0, `the rerun ended with ${exit}: ${out}`);
        must(
          readFileSync(join(dir, 'log'), 'utf8') === '1\n2\n3\n4\n',
          'a line is missing or doubled',
        );
        return `${events.length} events kept`;
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F02b',
    fault: 'kill -9 in a task that goes on on the host, then a rerun at once',
    bar: 'the rerun says in 5 s whose work it waits for, takes the host over when that ends, nothing is done twice',
    run: async () => {
      const sshd = await startHost();
      try {
        const dir = room();
        const tasks = `    - shell: { cmd: "touch ${dir}/begun; env sleep 4; echo 1 >>${dir}/log", creates: "${dir}/log" }\n`;
        const { args } = project({ web1: { sshd } }, tasks);
        const first = start(args);
        must(await until(() => has(join(dir, 'begun'))), 'it never began');
        first.child.kill('SIGKILL');
        await first.ended;
        const from = performance.now();
        const second = start(args);
        const says = /which is gone but left process \d+ \(sleep, for \d+ s\) running there/;
        must(await until(() => says.test(second.out()), 5000), `it says: ${second.out()}`);
        const { exit, out } = await second.ended;
        const took = (performance.now() - from) / 1000;
        must(exit === 0 && /took over the lease of run/.test(out), `exit ${exit}: ${out}`);
        must(took < 15, `it took ${took.toFixed(1)} s`);
        must(readFileSync(join(dir, 'log'), 'utf8') === '1\n', 'it was done twice');
        return `${took.toFixed(1)} s`;
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F03',
    fault: 'SIGINT',
    bar: 'ends in 10 s, exit 130, no later task starts; a second one ends what hosts do',
    run: async () => {
      const sshd = await startHost();
      try {
        const said: string[] = [];
        for (const [seconds, signals] of [
          [3, 1],
          [unique++, 2],
        ] as const) {
          const dir = room();
          const tasks = `    - shell: touch ${dir}/begun; env sleep ${seconds}\n    - command: touch ${dir}/after\n`;
          const run = start(project({ web1: { sshd } }, tasks).args);
          must(await until(() => has(join(dir, 'begun'))), `it never began: ${run.out()}`);
          const from = performance.now();
          run.child.kill('SIGINT');
          await pause(200);
          if (signals === 2) run.child.kill('SIGINT');
          const { exit } = await run.ended;
          const took = (performance.now() - from) / 1000;
          must(exit === 130, `exit ${exit}`);
          must(took < 10, `it took ${took.toFixed(1)} s`);
          must(!has(join(dir, 'after')), 'a later task ran');
          must(!runs(`sleep ${seconds}`), 'the command lives on');
          said.push(`${took.toFixed(1)} s`);
        }
        return said.join(', ');
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F04',
    fault: 'SIGTERM in a task that would take hours',
    bar: 'ends in 15 s, the command on the host is not left running',
    run: async () => {
      const sshd = await startHost();
      try {
        const dir = room();
        const n = unique++;
        const tasks = `    - shell: touch ${dir}/begun; env sleep ${n}\n    - command: touch ${dir}/after\n`;
        const run = start(project({ web1: { sshd } }, tasks).args);
        must(await until(() => has(join(dir, 'begun'))), 'it never began');
        const from = performance.now();
        run.child.kill('SIGTERM');
        const { exit } = await run.ended;
        const took = (performance.now() - from) / 1000;
        must(exit === 130, `exit ${exit}`);
        must(took < 15, `it took ${took.toFixed(1)} s`);
        must(await until(() => !runs(`sleep ${n}`), 3000), 'the command lives on');
        must(!has(join(dir, 'after')), 'a later task ran');
        return `${took.toFixed(1)} s`;
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F15',
    fault: 'two writers of one file at once',
    bar: 'both end, the file is one of the two, no litter',
    run: async () => {
      const sshd = await startHost();
      try {
        const dir = room();
        const path = join(dir, 'target');
        const both = [startUpload(sshd, path, 20), startUpload(sshd, path, 21)];
        const codes = await Promise.all(both.map(({ ended }) => ended));
        must(codes.join() === '0,0', `they ended with ${codes.join()}`);
        must([uploaded(20), uploaded(21)].includes(digest(path)), 'the file is torn');
        must(litter(dir) === 0, 'litter');
        return 'both done';
      } finally {
        sshd.stop();
      }
    },
  },
];

const has = existsSync;

const litter = (dir: string): number =>
  readdirSync(dir).filter((name) => name.startsWith('.orch-')).length;
