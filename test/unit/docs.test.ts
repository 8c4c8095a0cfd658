import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { InventoryFlags } from '../../src/cli/flags.ts';
import type { Io } from '../../src/cli/io.ts';
import { runProgram, type ListFlags, type Verbs } from '../../src/cli/program.ts';
import { templateErrors } from '../../src/cli/check-templates.ts';
import { errorsOf } from '../../src/cli/wiring.ts';
import { words } from '../../src/cli/words.ts';
import type { OrchError } from '../../src/lib/errors.ts';
import { findInventory } from '../../src/inventory/find.ts';
import { parseYamlInventory } from '../../src/inventory/yaml.ts';
import { nodeFiles } from '../../src/load/node-files.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { loadPolicy } from '../../src/load/policy.ts';
import { validateParams } from '../../src/load/validate-params.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { registry } from '../../src/modules/registry.ts';
import { memoryFiles } from '../helpers/memory-files.ts';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

interface Block {
  readonly kind: string;
  readonly text: string;
}

/** The fenced blocks of a page. A fence of more ticks holds fences of fewer. */
const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^ *(`{3,})(\w*)\n([^]*?)^ *\1$/gm)].map(([, , kind = '', text = '']) => ({
    kind,
    text,
  }));

const prose = (page: string): string => page.replace(/^ *(`{3,})\w*\n[^]*?^ *\1$/gm, '');

const spansOf = (page: string): readonly string[] =>
  [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

/** The name GitHub gives a heading to link to. */
const anchors = (page: string): readonly string[] =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

function brokenLinks(file: string, page: string): readonly string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
  return links.filter((to) => {
    if (/^https?:/.test(to)) return false;
    const [path = '', anchor] = to.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor);
  });
}

/** Files that the walk through a new module makes, and names that stand for one of many. */
const isExample = (path: string): boolean => /nodename|NAME|RUN|\*/.test(path);

const missingPaths = (page: string): readonly string[] =>
  spansOf(page).filter(
    (text) =>
      /^(src|docs|test|scripts|playbooks|inventories|schemas|bench|\.ci)\/[\w./-]*$/.test(text) &&
      !isExample(text) &&
      !existsSync(text),
  );

/** What is said to be typed: lines of shell blocks, and spans in the text. */
function commandsOf(page: string): readonly string[] {
  const lines = blocksOf(page)
    .filter(({ kind }) => kind === 'sh')
    .flatMap(({ text }) => text.split('\n'));
  return [...lines, ...spansOf(page)].map((line) =>
    line
      .trim()
      .replace(/\s+#.*$/, '')
      .replace(/^npm start -- /, 'orch '),
  );
}

const orchLines = (page: string): readonly string[] =>
  commandsOf(page)
    .filter((line) => /^orch( |$)/.test(line))
    .map((line) => line.replace(/ (\||>|&&|;) .*$/, ''));

const SOME_PLAYBOOK = new Set(['site.yml', 'my-playbook.yml', '...']);
const SOME_INVENTORY = new Set(['mine', 'FILE']);
const isPlaceholder = (word: string): boolean => /^[A-Z]+(\.\.\.)?$/.test(word);

/** What is wrong with a command line of the docs; nothing when it would be understood. */
async function wrongWith(line: string): Promise<string | undefined> {
  let said = '';
  const wrong: string[] = [];
  const io: Io = {
    out: () => undefined,
    err: (text) => (said += text),
    env: {},
    cwd: '.',
    terminal: false,
    colors: { out: false, err: false },
  };
  const files = (names: readonly string[], known: ReadonlySet<string>): void => {
    for (const name of names)
      if (!known.has(name) && !isPlaceholder(name) && !existsSync(name))
        wrong.push(`${name} does not exist`);
  };
  const inventories = ({ inventory }: InventoryFlags): void => {
    for (const name of inventory) if (!SOME_INVENTORY.has(name)) findInventory(name, nodeFiles);
  };
  const plays = (books: readonly string[], flags: InventoryFlags): Promise<number> => {
    files(books, SOME_PLAYBOOK);
    inventories(flags);
    return Promise.resolve(0);
  };
  const hosts = (_: string, flags: InventoryFlags): Promise<number> => {
    inventories(flags);
    return Promise.resolve(0);
  };
  const verbs: Verbs = {
    trust: hosts,
    exec: (pattern, _, flags) => hosts(pattern, flags),
    console: hosts,
    ping: hosts,
    unlock: hosts,
    facts: (pattern, _, flags) => hosts(pattern, flags),
    firewallExport: hosts,
    firewallExposure: hosts,
    run: plays,
    validate: plays,
    inventory: (flags: ListFlags) => {
      inventories(flags);
      return Promise.resolve(0);
    },
    doc: (topic) => {
      const known = new Set([...registry.keys(), 'playbook', 'nodename']);
      if (topic !== undefined) files([topic], known);
      return Promise.resolve(0);
    },
    schema: ([first = '', name]) => {
      files([`schemas/${name === undefined ? first : `modules/${name}`}.schema.json`], new Set());
      return Promise.resolve(0);
    },
    explain: (_, books, flags) => plays(books, flags),
    secret: () => Promise.resolve(0),
    runs: () => Promise.resolve(0),
    log: () => Promise.resolve(0),
    resume: () => Promise.resolve(0),
    decide: () => Promise.resolve(0),
    evaluate: () => Promise.resolve(0),
  };
  try {
    // A verb alone is only spoken of.
    if (/^orch( (run|check|validate|resume|log|confirm|rollback))?$/.test(line)) return undefined;
    const exit = await runProgram(words(line).slice(1), io, verbs);
    if (exit !== 0) wrong.push(said);
  } catch (error) {
    wrong.push(String(error));
  }
  return wrong.length > 0 ? `${line}: ${wrong.join('; ')}` : undefined;
}

let folder: string;

/** What is wrong with a block of YAML: a playbook, tasks, a policy, an inventory or plain values. */
async function wrongYaml(text: string): Promise<readonly string[]> {
  const tree = parseYaml('block', text);
  if (tree?.kind === 'map') {
    if (/^ *(hosts|children):/m.test(text)) parseYamlInventory('block', tree);
    return [];
  }
  if (/^ {2}(not_)?reachable_/m.test(text)) {
    const errors = await errorsOf(() => void loadPolicy('block', memoryFiles({ block: text })));
    return errors.map(({ message }) => `${message}\n${text}`);
  }
  const isPlaybook = /^- (.*\n {2})*?(hosts|import_playbook):/m.test(text);
  const indented = text.replace(/^(?=.)/gm, '    ');
  const file = join(folder, 'block.yml');
  writeFileSync(file, isPlaybook ? text : `- hosts: all\n  tasks:\n${indented}`);
  const templates: OrchError[] = [];
  const errors = await errorsOf(() => {
    const book = loadPlaybook(file, { files: nodeFiles, registry, validate: validateParams });
    templates.push(...templateErrors(book));
  });
  return [...errors, ...templates].map(({ message }) => `${message}\n${text}`);
}

describe('docs', () => {
  before(() => (folder = mkdtempSync(join(tmpdir(), 'orch-docs-'))));
  after(() => rmSync(folder, { recursive: true }));

  for (const file of pages) {
    const page = readFileSync(file, 'utf8');

    it(`${file}: links and paths lead somewhere`, () => {
      expect([...brokenLinks(file, page), ...missingPaths(page)]).to.deep.equal([]);
    });

    if (commandsOf(page).some((line) => /^(orch|npm run) /.test(line)))
      it(`${file}: commands are understood`, async () => {
        const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
          scripts: Readonly<Record<string, string>>;
        };
        const named = commandsOf(page).flatMap(
          (line) => /^npm run ([\w:-]+)/.exec(line)?.[1] ?? [],
        );
        const wrong = await Promise.all(orchLines(page).map(wrongWith));
        expect(named.filter((name) => scripts[name] === undefined)).to.deep.equal([]);
        expect(wrong.filter((one) => one !== undefined)).to.deep.equal([]);
      });

    if (blocksOf(page).some(({ kind }) => kind === 'yaml'))
      it(`${file}: YAML loads`, async () => {
        const wrong: string[] = [];
        for (const { kind, text } of blocksOf(page))
          if (kind === 'yaml') wrong.push(...(await wrongYaml(text)));
        expect(wrong).to.deep.equal([]);
      });
  }
});
