/** How long 10,000 hosts take to load and to select from: npx tsx bench/inventory/load.ts */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { nodeFiles } from '../../src/load/node-files.ts';

const HOSTS = 10_000;
const root = mkdtempSync(join(tmpdir(), 'orch-bench-'));
const names = Array.from(
  { length: HOSTS },
  (_, i) => `node${String(i).padStart(5, '0')}.example.com`,
);

const ini = names
  .map(
    (name, i) =>
      `${i % 100 === 0 ? `[rack${i / 100}]\n` : ''}${name} ansible_host=10.0.${i >> 8}.${i & 255} n=${i} label="rack ${i}"`,
  )
  .concat(
    '[all:vars]',
    'ansible_user=deploy',
    '[site:children]',
    ...Array.from({ length: 100 }, (_, i) => `rack${i}`),
  )
  .join('\n');
const yaml = `all:\n  children:\n${Array.from(
  { length: 100 },
  (_, rack) =>
    `    rack${rack}:\n      hosts:\n${names
      .slice(rack * 100, rack * 100 + 100)
      .map((name, i) => `        ${name}: {ansible_host: 10.0.${rack}.${i}, n: ${i}}\n`)
      .join('')}`,
).join('')}`;

writeFileSync(join(root, 'hosts'), ini);
writeFileSync(join(root, 'hosts.yml'), yaml);
writeFileSync(join(root, 'ranges'), '[site]\nnode[00000:09999].example.com\n');
for (const dir of ['group_vars', 'host_vars']) mkdirSync(join(root, dir));
writeFileSync(join(root, 'group_vars/all.yml'), 'tz: UTC\n');
for (const name of names.slice(0, 1000))
  writeFileSync(join(root, `host_vars/${name}.yml`), 'x: 1\n');

try {
  for (const file of ['hosts', 'hosts.yml', 'ranges']) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    const inventory = loadInventory([join(root, file)], { files: nodeFiles });
    const loaded = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    const chosen = selectHosts(inventory, 'node0*:!~node.*7\\.:&all[0:7999]');
    const done = performance.now();
    console.log(
      `${file}: ${inventory.hosts.size} hosts in ${Math.round(loaded - start)} ms (${Math.round((user + system) / 1000)} ms of CPU), ${chosen.length} selected in ${Math.round(done - loaded)} ms`,
    );
  }
} finally {
  rmSync(root, { recursive: true });
}
