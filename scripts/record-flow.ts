/**
 * Runs every playbook of test/fixtures/flow/cases with the real ansible-playbook (2.14) and writes down what it did.
 * CI compares orch with what is written down; only who adds or alters a case needs Ansible:
 *   apt-get install ansible && npx tsx scripts/record-flow.ts [TOPIC] [WORDS OF A NAME]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type FlowCase,
  type FlowResult,
  asSaid,
  flowCases,
  layOut,
  placeless,
  recorded,
  recordedFile,
  wroteIn,
} from '../test/helpers/flow-cases.ts';

interface Told {
  readonly plays: readonly { readonly tasks: readonly TaskTold[] }[];
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
interface TaskTold {
  readonly hosts: Readonly<Record<string, Result>>;
}
interface Result {
  readonly action?: string;
  readonly msg?: unknown;
  readonly skipped?: boolean;
  readonly failed?: boolean;
  readonly results?: readonly Result[];
}

function record(one: FlowCase): FlowResult {
  const { dir, out, args } = layOut(one);
  const done = spawnSync('ansible-playbook', [...args], {
    cwd: dir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json',
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_HOST_KEY_CHECKING: 'False',
    },
  });
  const runs = documents(done.stdout);
  if (runs.length === 0) process.stdout.write(`  told nothing: ${done.stderr.slice(0, 400)}\n`);
  const result = { exit: done.status ?? -1, ...told(runs), wrote: wroteIn(out) };
  rmSync(dir, { recursive: true });
  return placeless(result, dir);
}

/** One document for each playbook, with warnings between them. */
function documents(text: string): readonly Told[] {
  return text.split(/^(?=\{$)/m).flatMap((part) => {
    const end = part.lastIndexOf('\n}');
    try {
      return [JSON.parse(part.slice(0, end + 2)) as Told];
    } catch {
      return [];
    }
  });
}

function told(runs: readonly Told[]): Pick<FlowResult, 'recap' | 'said'> {
  const said: Record<string, unknown[]> = {};
  const recap: Record<string, string> = {};
  // Of several playbooks each tells those before it again.
  for (const { plays, stats } of runs.slice(-1)) {
    for (const task of plays.flatMap((play) => play.tasks))
      for (const [host, result] of Object.entries(task.hosts))
        (said[host] ??= []).push(...saidBy(result));
    for (const [host, counts] of Object.entries(stats)) recap[host] = line(counts);
  }
  return {
    recap,
    said: Object.fromEntries(Object.entries(said).filter(([, list]) => list.length > 0)),
  };
}

function saidBy(result: Result): readonly unknown[] {
  if (result.action !== 'debug') return [];
  const all = result.results ?? [result];
  return all.flatMap((one) =>
    one.skipped === true || one.failed === true ? [] : [asSaid(one.msg)],
  );
}

const NAMES = [
  ['ok', 'ok'],
  ['changed', 'changed'],
  ['unreachable', 'unreachable'],
  ['failed', 'failures'],
  ['skipped', 'skipped'],
  ['rescued', 'rescued'],
  ['ignored', 'ignored'],
] as const;

const line = (counts: Readonly<Record<string, number>>): string =>
  NAMES.map(([name, key]) => `${name}=${counts[key] ?? 0}`).join(' ');

const [topic, words] = process.argv.slice(2);
for (const { topic: here, cases } of flowCases()) {
  if (topic !== undefined && topic !== here) continue;
  const file = recordedFile(here);
  mkdirSync(dirname(file), { recursive: true });
  const known = existsSync(file) ? recorded(here) : {};
  const all: Record<string, FlowResult> = {};
  for (const one of cases) {
    const before = known[one.name];
    if (words !== undefined && before && !one.name.includes(words)) all[one.name] = before;
    else {
      process.stdout.write(`${here}: ${one.name}\n`);
      all[one.name] = record(one);
    }
  }
  writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}
