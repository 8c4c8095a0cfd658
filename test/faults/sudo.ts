import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';

import { type Case, must, orch, project, startHost } from './harness.ts';

const USER = `orch-f19-${process.pid % 10_000}`;
const RULES = `/etc/sudoers.d/${USER}`;

/** sudo says no. */
export const SUDO: readonly Case[] = [
  {
    id: 'F19',
    fault: 'wrong sudo password; sudo that asks when none is given',
    bar: 'an error in 10 s that says so, one try, the password not in the output',
    run: async () => {
      execFileSync('useradd', ['-m', '-s', '/bin/sh', USER]);
      execFileSync('chpasswd', { input: `${USER}:right-horse\n` });
      writeFileSync(RULES, `${USER} ALL=(ALL) ALL\n`, { mode: 0o440 });
      const sshd = await startHost();
      chmodSync(sshd.dir, 0o755);
      try {
        const said: string[] = [];
        for (const [password, says] of [
          ['wrong-horse', /refused the password of \S+; it was tried once/],
          [undefined, /asks \S+ for a password and none was given/],
        ] as const) {
          const vars = {
            ansible_user: USER,
            ...(password === undefined ? {} : { ansible_become_password: password }),
          };
          const { exit, out, seconds } = await orch([
            ...project({ web1: { sshd, vars } }, '    - command: id\n', '  become: true\n').args,
            '-vvv',
          ]);
          must(exit === 2 && says.test(out), `exit ${exit}: ${out}`);
          must(seconds < 10, `it took ${seconds.toFixed(1)} s`);
          must(!out.includes('horse'), 'the password is in the output');
          said.push(`${seconds.toFixed(1)} s`);
        }
        return said.join(', ');
      } finally {
        sshd.stop();
        rmSync(RULES, { force: true });
        execFileSync('userdel', ['-r', USER], { stdio: 'ignore' });
      }
    },
  },
];
