/**
 * Writes schemas/ (for editors), src/load/generated/ (validators) and pages of docs/ from the one source:
 * src/load/schema/, the `params` of the modules and the table of errors. With --verify it writes nothing that is
 * committed and exits 1 if such a file is not up to date; with --program it writes only what the program is built of:
 * the validators, which nobody reviews and which are not committed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allSchemas, validatorsSource } from '../src/load/schema/compile.ts';
import { policySchema } from '../src/load/schema/policy.ts';
import {
  inventorySchema,
  moduleSchema,
  playbookSchema,
  tasksSchema,
  varsSchema,
  withoutWords,
} from '../src/load/schema/published.ts';
import { registry } from '../src/modules/registry.ts';

const root = join(import.meta.dirname, '..');
const json = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;

const write = (file: string, text: string): void => {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${file}`);
};

write('src/load/generated/validators.js', validatorsSource(allSchemas(registry)));
if (process.argv.includes('--program')) process.exit(0);

// Only now: what makes the pages may load the program, which on a clean clone has no validators before.
const { docs } = await import('./generate-docs.ts');
const { walkCode } = await import('./generate-walk.ts');

const wanted = new Map<string, string>([
  ['schemas/playbook.schema.json', json(playbookSchema(registry))],
  ['schemas/tasks.schema.json', json(tasksSchema(registry))],
  ['schemas/inventory.schema.json', json(withoutWords(inventorySchema))],
  ['schemas/policy.schema.json', json(withoutWords(policySchema))],
  ['schemas/vars.schema.json', json(varsSchema)],
  ...docs(registry),
  // Loads playbooks, and so the validators that were written just now.
  ...(await (await import('./generate-library.ts')).library(root)),
  ...(await walkCode(readFileSync(join(root, 'docs/adding-a-module.md'), 'utf8'))),
]);
for (const module of registry.values()) {
  wanted.set(`schemas/modules/${module.name}.schema.json`, json(moduleSchema(module)));
}

/** Folders in which every file is generated: what is not wanted is left over from a module that is gone. */
const leftOver = ['schemas/modules', 'docs/modules', 'docs/library', 'test/fixtures/walk'].flatMap(
  (folder) => {
    const path = join(root, folder);
    const there = existsSync(path) ? readdirSync(path) : [];
    return there.map((name) => `${folder}/${name}`).filter((file) => !wanted.has(file));
  },
);
const stale = [...wanted].filter(([file, text]) => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
});

if (process.argv.includes('--verify')) {
  for (const file of [...stale.map(([name]) => name), ...leftOver]) {
    console.error(`${file} is not up to date: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
} else {
  for (const file of leftOver) rmSync(join(root, file));
  for (const [file, text] of stale) write(file, text);
}
