import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { graph, listed, varsOf, type Shown } from '../../../src/cli/inventory-text.ts';
import { programs } from '../../../src/cli/world.ts';
import { loadInventory } from '../../../src/inventory/inventory.ts';
import { selectHosts } from '../../../src/inventory/patterns.ts';
import { OrchError, OrchErrors } from '../../../src/lib/errors.ts';
import { nodeFiles } from '../../../src/load/node-files.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { plain } from '../../../src/model/tree.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';

const FOLDER = 'test/fixtures/inventory';

interface Case {
  readonly name: string;
  readonly files: string | Readonly<Record<string, string>>;
  readonly sources?: readonly string[];
  readonly playbook_dir?: string;
  readonly patterns?: readonly (string | readonly [string, string])[];
}

interface Truth {
  readonly invalid?: true;
  readonly list?: unknown;
  readonly export?: unknown;
  readonly graph?: string;
  readonly patterns?: Readonly<Record<string, readonly string[] | 'error'>>;
}

const corpus = plain(
  parseYaml('corpus.yml', readFileSync(join(FOLDER, 'corpus.yml'), 'utf8'))!,
) as unknown as readonly Case[];
const truth = JSON.parse(readFileSync(join(FOLDER, 'truth.json'), 'utf8')) as Readonly<
  Record<string, Truth>
>;

/** Where orch differs on purpose, and why; docs/inventories.md tells users. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'template that holds a list': 'Ansible breaks on it: it takes the braces for a set of Python',
  tuples: '`--graph --vars` shows a list; `--list` is the same list',
};

describe('Inventories as Ansible reads them', () => {
  let root = '';
  const home = process.cwd();
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-inventory-'));
    process.chdir(root);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true, force: true });
  });

  it('are at least 120, each compared once', () => {
    expect(corpus.length).to.be.greaterThanOrEqual(120);
    expect(corpus.map(({ name }) => name)).to.have.members(Object.keys(truth));
    expect(Object.keys(DIFFERENT).every((name) => Object.hasOwn(truth, name))).to.equal(true);
  });

  for (const one of corpus) {
    const different = DIFFERENT[one.name];
    it(different === undefined ? one.name : `${one.name} (${different})`, () => {
      const files = typeof one.files === 'string' ? { hosts: one.files } : one.files;
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        if (text.startsWith('#!')) chmodSync(path, 0o755);
      }
      const wanted = truth[one.name]!;
      const loaded = caught(() => load(one, Object.keys(files)));
      if (wanted.invalid) {
        expect(typeof loaded === 'string').to.equal(different === undefined);
        return;
      }
      if (typeof loaded === 'string') throw new Error(loaded);
      expect(shape(loaded, false)).to.deep.equal(wanted.list);
      if (different !== undefined) return;
      expect(shape(loaded, true)).to.deep.equal(wanted.export);
      const { groups } = loaded;
      expect(graph(shown(loaded, false), groups.get('all')!).trimEnd()).to.equal(wanted.graph);
      expect(selected(loaded, one.patterns ?? Object.keys(wanted.patterns ?? {}))).to.deep.equal(
        wanted.patterns,
      );
    });
  }
});

const load = (one: Case, paths: readonly string[]): Inventory =>
  loadInventory(one.sources ?? [paths[0] ?? ''], {
    ...{ files: nodeFiles, programs, evaluator: createEvaluator(), allowEmpty: true },
    playbookDirs: one.playbook_dir === undefined ? [] : [one.playbook_dir],
  });

function shown(inventory: Inventory, exported: boolean): Shown {
  const shared = new Set([...inventory.groups.values()].flatMap(({ layers }) => layers));
  return {
    ...{ inventory, export: exported, withVars: true, chosen: new Set(inventory.hosts.keys()) },
    varsOfHost: (name) => {
      const layers = inventory.hosts.get(name)?.layers ?? [];
      return varsOf(exported ? layers.filter((layer) => !shared.has(layer)) : layers);
    },
  };
}

const shape = (inventory: Inventory, exported: boolean): unknown =>
  JSON.parse(JSON.stringify(listed(shown(inventory, exported))));

function selected(
  inventory: Inventory,
  patterns: readonly (string | readonly [string, string])[],
): Readonly<Record<string, readonly string[] | 'error'>> {
  const read = (file: string): string => nodeFiles.read(file);
  return Object.fromEntries(
    patterns.map((given) => {
      const [pattern, limit] = typeof given === 'string' ? [given] : given;
      const names = caught(() =>
        selectHosts(inventory, pattern, { limit, read }).map(({ name }) => name),
      );
      const result =
        typeof names !== 'string' ? names : names.includes('leaves no host') ? [] : 'error';
      return [limit === undefined ? pattern : `${pattern} -l ${limit}`, result];
    }),
  );
}

function caught<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof OrchErrors || error instanceof OrchError) return error.message;
    throw error;
  }
}
