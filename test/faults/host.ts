import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { OrchError } from '../../src/lib/errors.ts';
import { raw } from '../../src/lib/shell.ts';
import { connect } from '../../src/transport/connect.ts';
import { startSshd } from '../contract/sshd.ts';
import { type Case, must, orch, project, room, runs, startHost } from './harness.ts';

/** Debian has libraries below a folder for each architecture. */
const FAKETIME =
  readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path)) ?? '/no/libfaketime';
let unique = 40_000 + (process.pid % 1000) * 10;

/** Something is wrong on the host. */
export const HOST: readonly Case[] = [
  ...(['size=1m', 'ro'] as const).map((option): Case => ({
    id: option === 'ro' ? 'F23a' : 'F10',
    fault: option === 'ro' ? 'read-only file system' : 'disk full on the host',
    bar: 'clear error, old file intact, no litter',
    run: async () => {
      const sshd = await startSshd(); // it has to see what is mounted here
      const dir = room();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'orch', dir]);
      try {
        const path = join(dir, 'file');
        writeFileSync(path, 'old');
        if (option === 'ro') execFileSync('mount', ['-o', 'remount,ro', dir]);
        const session = await connect(sshd.target());
        const size = 4 * 1024 * 1024;
        const error = await session
          .upload({ path, size, open: () => [Buffer.alloc(size)] }, {})
          .then(
            () => undefined,
            (e: unknown) => e as OrchError,
          );
        const [after] = await session.trip([{ script: raw('echo on') }], {});
        await session.close();
        const says = option === 'ro' ? /Read-only file system/ : /No space left/;
        must(error !== undefined && says.test(error.message), `it says: ${error?.message}`);
        must(readFileSync(path, 'utf8') === 'old', 'the old file is gone');
        must(readdirSync(dir).length === 1, 'litter');
        must(after?.stdout.toString() === 'on\n', 'the line is out of step');
        return 'told';
      } finally {
        execFileSync('umount', [dir]);
        sshd.stop();
      }
    },
  })),
  {
    id: 'F11',
    fault: 'a hung command with a deadline',
    bar: 'ends in time, and the command on the host is ended too',
    run: async () => {
      const sshd = await startHost();
      try {
        const n = unique++;
        const session = await connect(sshd.target());
        const from = performance.now();
        const replies = await session.trip(
          [
            {
              script: raw(`trap '' TERM; sh -c 'trap "" TERM; env sleep ${n}; :'`),
              deadline: 1000,
            },
            { script: raw('echo on') },
          ],
          {},
        );
        const took = (performance.now() - from) / 1000;
        await session.close();
        must(replies[0]?.ended === 'deadline', 'no deadline');
        must(replies[1]?.stdout.toString() === 'on\n', 'what follows did not run');
        must(took < 10, `it took ${took.toFixed(1)} s`);
        must(!runs(`sleep ${n}`), 'the command lives on');
        return `${took.toFixed(1)} s`;
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F12',
    fault: '30 MB of output in 300,000 lines',
    bar: 'done in 30 s, memory below 10 times the output (Ansible: over 90 s, 443 MB)',
    run: async () => {
      const sshd = await startHost();
      try {
        const line = 'x'.repeat(99);
        const small = await orch(project({ web1: { sshd } }, '    - command: echo\n').args);
        const tasks = `    - shell: yes ${line} | head -n 300000\n      register: r\n`;
        const big = await orch(project({ web1: { sshd } }, tasks).args);
        must(big.exit === 0, `exit ${big.exit}: ${big.out.slice(0, 2000)}`);
        const more = big.peak - small.peak;
        must(big.peak < 300, `${big.peak.toFixed(0)} MiB`);
        must(big.seconds < 30, `${big.seconds.toFixed(0)} s`);
        return `${big.seconds.toFixed(1)} s, ${more.toFixed(0)} MiB more`;
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F13',
    fault: 'binary output with terminal escapes',
    bar: 'no control character reaches the terminal',
    run: async () => {
      const sshd = await startHost();
      try {
        const print = "printf '\\033]0;owned\\007\\033[2J\\000\\377\\302\\233H\\r\\b'";
        const tasks = `    - shell: ${JSON.stringify(print)}\n      register: r\n    - debug: { msg: "{{ r.stdout }}" }\n    - shell: ${JSON.stringify(`${print} >&2; exit 1`)}\n`;
        const { exit, out } = await orch([...project({ web1: { sshd } }, tasks).args, '-vvv']);
        must(exit === 2, `exit ${exit}: ${out}`);
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        const found = /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/.exec(out);
        must(
          found === null,
          `${JSON.stringify(found?.[0])} at ${JSON.stringify(out.slice((found?.index ?? 0) - 40, (found?.index ?? 0) + 20))}`,
        );
        return 'visible, harmless';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F16',
    fault: 'a login shell that prints text before every command',
    bar: 'works',
    run: async () => {
      const sshd = await startHost([
        'ForceCommand echo Welcome; printf "no newline" >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"',
      ]);
      try {
        const dir = room();
        const { exit, out } = await orch(
          project({ web1: { sshd } }, `    - shell: printf ok >${dir}/file\n`).args,
        );
        must(
          exit === 0 && readFileSync(join(dir, 'file'), 'utf8') === 'ok',
          `exit ${exit}: ${out}`,
        );
        return 'done';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F17',
    fault: 'a path that cannot be written',
    bar: 'the error names the path',
    run: async () => {
      const sshd = await startHost();
      try {
        const session = await connect(sshd.target());
        const error = await session
          .upload({ path: '/proc/no/such', size: 1, open: () => [Buffer.alloc(1)] }, {})
          .then(
            () => undefined,
            (e: unknown) => e as OrchError,
          );
        await session.close();
        must(error?.code === 'TRANSFER_FAILED', `code ${error?.code}`);
        must(error.message.includes('/proc/no/such'), error.message);
        return 'named';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F21',
    fault: 'the clock of the host is a year off; the one here jumps an hour in mid-run',
    bar: 'done, nothing times out, nothing else is reported as changed',
    impossible: () => (existsSync(FAKETIME) ? undefined : 'no libfaketime'),
    run: async () => {
      const sshd = await startHost([`SetEnv SHLVL=2 LD_PRELOAD=${FAKETIME} FAKETIME=+365d`]);
      try {
        const dir = room();
        const tasks = `    - shell: date +%Y >${dir}/year; sleep 2\n    - command: { cmd: "touch ${dir}/made", creates: "${dir}/made" }\n`;
        const { args } = project({ web1: { sshd } }, tasks);
        const step = room();
        writeFileSync(join(step, 'offset'), '+0');
        const env = {
          LD_PRELOAD: FAKETIME,
          FAKETIME_TIMESTAMP_FILE: join(step, 'offset'),
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          DONT_FAKE_MONOTONIC: '1',
        };
        const jump = setTimeout(() => writeFileSync(join(step, 'offset'), '-3600'), 1200);
        const { exit, out, seconds } = await orch(args, env);
        clearTimeout(jump);
        must(exit === 0, `exit ${exit}: ${out}`);
        must(
          Number(readFileSync(join(dir, 'year'), 'utf8')) > new Date().getFullYear(),
          'the clock of the host was right',
        );
        must(seconds < 20, `it took ${seconds.toFixed(0)} s`);
        const again = await orch(args);
        must(/changed=1 /.test(again.out), `the second run: ${again.out}`);
        return 'done';
      } finally {
        sshd.stop();
      }
    },
  },
  {
    id: 'F23b',
    fault: 'sh is busybox, and nothing else is in PATH',
    bar: 'works; a program that is missing is named',
    impossible: () => (existsSync('/usr/bin/busybox') ? undefined : 'no busybox'),
    run: async () => {
      const bin = room();
      chmodSync(bin, 0o755);
      for (const name of ['sh', 'cat', 'sleep', 'touch']) {
        symlinkSync('/usr/bin/busybox', join(bin, name));
      }
      const sshd = await startHost([`SetEnv SHLVL=2 PATH=${bin}`]);
      try {
        const dir = room();
        const good = await orch(
          project({ web1: { sshd } }, `    - command: touch ${dir}/file\n`).args,
        );
        must(good.exit === 0 && existsSync(join(dir, 'file')), good.out);
        const bad = await orch(
          project({ web1: { sshd } }, '    - firewalld_port: { ports: [443/tcp] }\n').args,
        );
        must(bad.exit === 2, `exit ${bad.exit}`);
        must(/has no firewalld|FIREWALLD_NOT_INSTALLED/.test(bad.out), bad.out);
        return 'works, named';
      } finally {
        sshd.stop();
        rmSync(bin, { recursive: true });
      }
    },
  },
];
