/**
 * What `orch validate` costs: 500 playbooks of 4 KB, each with templates, conditions and tags, in one call of the
 * built program. Prints a table; see docs/performance.md.
 *
 *     npm run build && npx tsx bench/validate/run.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const FILES = 500;
const RUNS = 7;
const root = mkdtempSync(join(tmpdir(), 'orch-bench-'));
const orch = resolve('dist/main.js');

const task = (book: number, i: number): string => `    - name: file ${i} of service ${book}
      copy:
        content: "{{ port_${i % 7} }} {{ name_${book % 5} | default('x') }}"
        dest: /etc/service-${book}/${i}.conf
        mode: '0644'
      when: enabled and port_${i % 7} > 3
      notify: restart
      tags: [part${i % 4}]
`;

const playbook = (book: number): string => `- name: service ${book}
  hosts: all
  vars:
    enabled: true
${Array.from({ length: 7 }, (_, i) => `    port_${i}: ${8000 + i}\n`).join('')}  tasks:
${Array.from({ length: 15 }, (_, i) => task(book, i)).join('')}  handlers:
    - name: restart
      service: {name: service-${book}, state: restarted}
`;

const names = Array.from({ length: FILES }, (_, i) => join(root, `service-${i}.yml`));
for (const [i, name] of names.entries()) writeFileSync(name, playbook(i));
writeFileSync(join(root, 'hosts'), 'node[1:9]\n');
const kilobytes = names.reduce((sum, name) => sum + statSync(name).size, 0) / FILES / 1024;

interface Cost {
  readonly wall: number;
  readonly processor: number;
}

/** One run: seconds on the clock, and of the processor, which tell more on a busy machine. */
function once(files: readonly string[]): Cost {
  const start = performance.now();
  const words = [process.execPath, orch, 'validate', '-i', 'hosts', ...files];
  const done = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time "$@"`, 'bash', ...words], {
    cwd: root,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  const wall = (performance.now() - start) / 1000;
  const [user = 0, system = 0] = (done.stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { wall, processor: user + system };
}

function measured(what: string, files: readonly string[]): void {
  const all = Array.from({ length: RUNS }, () => once(files));
  const median = (of: (cost: Cost) => number): string =>
    (all.map(of).sort((x, y) => x - y)[RUNS >> 1] ?? 0).toFixed(2);
  console.log(
    `| ${what} | ${median(({ wall }) => wall)} | ${median(({ processor }) => processor)} |`,
  );
}

try {
  console.log('| what | seconds | of the processor |\n|---|---:|---:|');
  measured(`validate 1 playbook of ${kilobytes.toFixed(1)} KB`, names.slice(0, 1));
  measured(`validate ${FILES} playbooks of ${kilobytes.toFixed(1)} KB`, names);
} finally {
  rmSync(root, { recursive: true });
}
