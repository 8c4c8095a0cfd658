import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../fixtures/flow', import.meta.url));

/** A playbook of the corpus, as it is written in test/fixtures/flow/cases. */
export interface FlowCase {
  readonly name: string;
  /** So many hosts named a, b, c ... that are this machine; 2 when left out. */
  readonly hosts?: number;
  /** An inventory of its own. */
  readonly inventory?: string;
  /** Further words of the command line. */
  readonly args?: readonly string[];
  /** Tasks of a play on all hosts without facts; or the whole playbook. */
  readonly tasks?: string;
  readonly book?: string;
  /** Playbooks to run; site.yml when left out. */
  readonly books?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What a run did, as far as an operator or a script sees it. */
export interface FlowResult {
  readonly exit: number;
  /** `ok=1 changed=0 ...` by host; hosts of which nothing is told are left out. */
  readonly recap: Readonly<Record<string, string>>;
  /** What debug said on each host, in order. */
  readonly said: Readonly<Record<string, readonly unknown[]>>;
  /** Files the tasks wrote. */
  readonly wrote: Readonly<Record<string, string>>;
}

/** A case laid out in a folder of its own. */
export interface LaidOut {
  readonly dir: string;
  readonly out: string;
  readonly args: readonly string[];
}

/** Every case of the corpus, by the file it is in. */
export function flowCases(): readonly {
  readonly topic: string;
  readonly cases: readonly FlowCase[];
}[] {
  const cases = join(folder, 'cases');
  return readdirSync(cases)
    .sort()
    .map((file) => ({
      topic: file.replace('.yml', ''),
      cases: parse(readFileSync(join(cases, file), 'utf8')) as readonly FlowCase[],
    }));
}

/** Where what Ansible did is written down. */
export const recordedFile = (topic: string): string => join(folder, 'recorded', `${topic}.json`);

/** What Ansible did, by the name of the case. */
export function recorded(topic: string): Readonly<Record<string, FlowResult>> {
  const file = recordedFile(topic);
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, FlowResult>>;
}

/** Writes the files of a case into a new folder. */
export function layOut(one: FlowCase): LaidOut {
  const dir = mkdtempSync(join(tmpdir(), 'orch-flow-'));
  const out = join(dir, 'out');
  mkdirSync(out);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  write('inventory.yml', one.inventory ?? inventoryOf(one.hosts ?? 2));
  write(
    'site.yml',
    one.book ?? `- hosts: all\n  gather_facts: false\n  tasks:\n${indented(one.tasks ?? '')}`,
  );
  for (const [name, text] of Object.entries(one.files ?? {})) write(name, text);
  const args = [
    '-i',
    'inventory.yml',
    '-e',
    `out=${out}`,
    ...(one.args ?? []),
    ...(one.books ?? ['site.yml']),
  ];
  return { dir, out, args };
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');

const inventoryOf = (count: number): string =>
  `all:\n  vars: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }\n  hosts: { ${'a b c d e f g h'.split(' ').slice(0, count).join(': {}, ')}: {} }\n`;

/** The files below a folder. */
export function wroteIn(dir: string, below = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(dir, below))
      .sort()
      .flatMap((name): [string, string][] => {
        const path = join(below, name);
        if (statSync(join(dir, path)).isDirectory()) return Object.entries(wroteIn(dir, path));
        return [[path, readFileSync(join(dir, path), 'utf8')]];
      }),
  );
}

/** A value as Ansible 2.14 says it: a template alone gives the text of a number there, the number itself here. */
export const asSaid = (value: unknown): unknown =>
  typeof value === 'number' ? String(value) : value;

/** What differs from run to run, and from machine to machine: the folder of the case. */
export const placeless = <T>(value: T, dir: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(dir, 'DIR')) as T;
