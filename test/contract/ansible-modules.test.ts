import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { parseYaml } from '../../src/load/yaml.ts';
import type { Outcome } from '../../src/model/event.ts';
import { plain } from '../../src/model/tree.ts';
import { localRun } from '../helpers/local-run.ts';

// What real Ansible 2.14 did with the same tasks is in truth.json; make.py beside it wrote it.

type Put = string | { text?: string; base64?: string; mode?: string; link?: string };

interface Case {
  readonly name: string;
  readonly files?: Readonly<Record<string, Put>>;
  readonly control?: Readonly<Record<string, Put>>;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly check?: boolean;
  /** Why orch differs on purpose. */
  readonly differs?: string;
}

interface Truth {
  readonly name: string;
  readonly exit: number;
  readonly refused?: boolean;
  readonly results?: readonly Readonly<Record<string, unknown>>[];
  readonly files?: Readonly<Record<string, unknown>>;
}

const home = 'test/fixtures/ansible-modules';
const cases = readdirSync(home)
  .filter((name) => name.endsWith('.yml'))
  .flatMap((name) => {
    const tree = parseYaml(name, readFileSync(join(home, name), 'utf8'));
    return (tree ? plain(tree) : []) as unknown as readonly Case[];
  });
const truths = new Map(
  (JSON.parse(readFileSync(join(home, 'truth.json'), 'utf8')) as readonly Truth[]).map((truth) => [
    truth.name,
    truth,
  ]),
);

/** Keys of results that are compared where Ansible gives them; the rest is about Ansible itself or about the moment. */
const COMPARED = new Set(
  (
    'changed failed skipped backup rc stdout stdout_lines stderr stderr_lines dest path checksum md5sum size mode owner group uid gid state ' +
    'found backup_file content encoding source matched examined cmd stat exists files msg'
  ).split(' '),
);

function put(root: string, files: Case['files'] = {}): void {
  for (const [name, given] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (name.endsWith('/')) continue;
    const what = typeof given === 'string' ? { text: given } : given;
    if (what.link !== undefined) {
      symlinkSync(what.link, path);
      continue;
    }
    writeFileSync(
      path,
      what.base64 === undefined ? (what.text ?? '') : Buffer.from(what.base64, 'base64'),
    );
    if (what.mode !== undefined) chmodSync(path, parseInt(what.mode, 8));
  }
}

const backupless = (text: string): string =>
  text.replace(/\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~/g, '.BACKUP');

/** Names below a folder, links not followed. */
const below = (root: string, prefix = ''): readonly string[] =>
  readdirSync(join(root, prefix)).flatMap((one) => {
    const name = prefix === '' ? one : `${prefix}/${one}`;
    return [name, ...(lstatSync(join(root, name)).isDirectory() ? below(root, name) : [])];
  });

function snapshot(root: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of below(root)) {
    const path = join(root, name);
    const stat = lstatSync(path);
    const own = {
      mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
      owner: spawnSync('stat', ['-c', '%U', path], { encoding: 'utf8' }).stdout.trim(),
    };
    const key = backupless(name);
    if (stat.isSymbolicLink()) found[key] = { link: readlinkSync(path) };
    else if (stat.isDirectory()) found[key] = { dir: true, ...own };
    else {
      const bytes = readFileSync(path);
      const text = bytes.toString('utf8');
      found[key] = Buffer.from(text).equals(bytes)
        ? { text, ...own }
        : { base64: bytes.toString('base64'), ...own };
    }
  }
  return found;
}

function clean(value: unknown, here: string): unknown {
  if (Array.isArray(value)) return value.map((one) => clean(one, here));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean(one, here)]));
  return typeof value === 'string' ? backupless(value.replaceAll(here, 'HERE')) : value;
}

const ran = (outcome: Outcome): Record<string, unknown> => ({
  changed: outcome.kind === 'changed',
  failed: outcome.kind === 'failed',
  ...outcome.data,
  ...(outcome.kind === 'changed' || outcome.kind === 'failed'
    ? { changed: outcome.kind === 'changed' }
    : {}),
});

/**
 * What of a result is compared: the keys Ansible gave, of those that mean something here. Of a failure what there
 * is; the size of folders and links is the file system's; the number of a user only where orch knows it.
 */
function compared(
  theirs: Readonly<Record<string, unknown>>,
  ours: Record<string, unknown>,
): unknown[] {
  const isFolder = theirs['state'] === 'directory' || theirs['state'] === 'link';
  const keys = Object.keys(theirs).filter(
    (key) =>
      COMPARED.has(key) &&
      !(key === 'size' && isFolder) &&
      !(key === 'msg' && (theirs['failed'] === true || theirs['results'] !== undefined)) &&
      (ours[key] !== undefined || (theirs['failed'] !== true && key !== 'uid' && key !== 'gid')),
  );
  const pick = (of: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(keys.map((key) => [key, of[key]]));
  return [pick(ours), pick(theirs)];
}

describe('modules do what Ansible does', () => {
  it('in at least 75 playbooks', () => expect(truths.size).to.be.at.least(75));

  for (const one of cases) {
    it(one.name, async function () {
      if (process.getuid?.() !== 0 && JSON.stringify(one).includes('owner')) this.skip();
      const truth = truths.get(one.name);
      if (!truth) throw new Error('run make.py');
      const here = mkdtempSync(join(tmpdir(), 'orch-am-'));
      const umask = process.umask(0o22);
      try {
        const dir = join(here, 'dir');
        mkdirSync(dir);
        put(dir, one.files);
        put(here, one.control);
        const tasks = one.tasks.map((task, i) => ({ name: String(i), ...task }));
        const play = { hosts: 'all', gather_facts: false, vars: { dir, ...one.vars }, tasks };
        writeFileSync(join(here, 'play.yml'), stringify([play]));
        const told = await localRun(join(here, 'play.yml'), { check: one.check === true });
        const results = told.events.flatMap((event) =>
          event.type === 'task-ended'
            ? [clean(ran(event.outcome), here) as Record<string, unknown>]
            : [],
        );
        const said =
          JSON.stringify(
            told.events.flatMap((e) => (e.type === 'task-ended' ? [e.outcome.message ?? ''] : [])),
          ) + (told.refused ?? '');
        if (told.refused !== undefined) {
          expect(truth.exit, told.refused).to.not.equal(0);
          return;
        }
        if (one.differs !== undefined) {
          const same = [results.map((r) => r['changed']), clean(snapshot(dir), here)];
          expect(same).to.not.deep.equal([truth.results?.map((r) => r['changed']), truth.files]);
          return;
        }
        const pairs = (truth.results ?? []).map((theirs, i) => compared(theirs, results[i] ?? {}));
        expect(
          pairs.map(([ours]) => ours),
          said,
        ).to.deep.equal(pairs.map(([, theirs]) => theirs));
        expect(results.length, said).to.equal(truth.results?.length);
        expect(clean(snapshot(dir), here)).to.deep.equal(truth.files);
        expect(told.exit === 0).to.equal(truth.exit === 0);
      } finally {
        process.umask(umask);
        rmSync(here, { recursive: true });
      }
    });
  }
});
