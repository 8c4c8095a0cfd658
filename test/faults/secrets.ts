import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { seal } from '../../src/cli/vault-cipher.ts';
import { Secret } from '../../src/model/value.ts';
import { type Case, must, project, room, start, startHost } from './harness.ts';

const NAMES = ['ansible_password', 'ansible_become_password', 'db_password', 'token'] as const;
const KEY = 'the key of the vault';

/** A value as ansible-vault writes it. */
function vaulted(text: string): string {
  const { salt, hmac, cipher } = seal(text, new Secret(KEY), undefined);
  const inner = [salt, hmac, cipher].map((part) => part.toString('hex')).join('\n');
  const hex = Buffer.from(inner).toString('hex').replace(/.{80}/g, '$&\n').trim();
  return `!vault |\n${`$ANSIBLE_VAULT;1.1;AES256\n${hex}`.replace(/^/gm, '  ')}\n`;
}

/** A task that gets every password of its host, prints it, and fails; what the user writes on a command line himself is his. */
const TASKS = `    - name: prints
      shell: |
        cat <<'END'
        ${NAMES.map((name) => `{{ ${name} }}`).join('\n        ')}
        END
        sleep 1
      register: r
    - debug: { var: r }
    - set_fact: { kept: "{{ r.stdout }}" }
    - name: fails
      shell: |
        cat >&2 <<'END'
        {{ kept }}
        END
        exit 3
`;

/** Twenty secrets, every channel. */
export const SECRETS: readonly Case[] = [
  {
    id: 'F14',
    fault: '20 secrets in a run that prints them and fails',
    bar: 'found 0 times: output at every verbosity, ndjson, json, reports, journal, check and diff, processes and environments of both ends, files left behind',
    run: async () => {
      const sshd = await startHost();
      try {
        const secrets = Array.from(
          { length: 20 },
          () => `s3cret-${randomBytes(9).toString('hex')}`,
        );
        const names = Array.from({ length: 5 }, (_, i) => `web${i}`);
        const { args: words, dir } = project(
          Object.fromEntries(names.map((name) => [name, { sshd }])),
          TASKS,
        );
        mkdirSync(join(dir, 'host_vars'));
        for (const [i, name] of names.entries()) {
          const own = NAMES.map(
            (key, n) => `${key}: ${vaulted(secrets[i * NAMES.length + n] ?? '')}`,
          );
          writeFileSync(join(dir, 'host_vars', `${name}.yml`), own.join(''));
        }
        writeFileSync(join(dir, 'key'), KEY);
        const args = [...words, '--vault-password-file', join(dir, 'key')];
        const found: string[] = [];
        let channels = 0;
        const look = (channel: string, text: string): void => {
          channels += 1;
          const seen = secrets.filter((secret) => text.includes(secret)).length;
          if (seen > 0) found.push(`${channel}: ${seen}`);
        };
        const out = room();
        const reports = ['md', 'junit', 'json'].map((kind) => `${kind}=${join(out, kind)}`);
        for (const more of [
          [],
          ['-v', '--diff', '--report', reports.join(',')],
          ['-vv'],
          ['-vvv'],
          ['-vvvv'],
          ['--output', 'ndjson'],
          ['--output', 'json'],
          ['--check', '--diff'],
        ]) {
          const before = new Set(litter());
          const run = start([...args, ...more]);
          let processes = '';
          while (run.child.exitCode === null) {
            if (more.length === 0) processes += seen(); // both ends are this machine
            await pause(100);
          }
          const ended = await run.ended;
          must(more.includes('--check') || ended.exit === 2, `exit ${ended.exit}: ${ended.out}`);
          look(`output ${more.join(' ')}`, ended.out);
          if (more.length === 0) look('processes and their environment', processes);
          look(`journal ${more.join(' ')}`, journalText(run.state));
          for (const file of litter().filter((name) => !before.has(name))) {
            look(`left behind: ${file}`, readText(file));
          }
        }
        for (const kind of ['md', 'junit', 'json'])
          look(`report ${kind}`, readText(join(out, kind)));
        must(existsSync(dir), 'the project is gone');
        must(found.length === 0, found.join(', '));
        return `0 in ${channels} places`;
      } finally {
        sshd.stop();
      }
    },
  },
];

const seen = (): string =>
  execFileSync(
    'sh',
    ['-c', "ps -eww -o args; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"],
    {
      encoding: 'latin1',
      maxBuffer: 1e9,
    },
  );

/** Files in the places where programs leave them; not the folders of these tests. */
function litter(): readonly string[] {
  return ['/tmp', '/var/tmp', '/run', '/dev/shm'].flatMap((place) =>
    readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(place, name)),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function journalText(state: string): string {
  const runs = join(state, 'runs');
  return existsSync(runs)
    ? readdirSync(runs, { recursive: true, encoding: 'utf8' })
        .map((name) => readText(join(runs, name)))
        .join('\n')
    : '';
}
