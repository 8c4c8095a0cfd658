import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { Outcome } from '../../src/model/event.ts';
import { localRun } from '../helpers/local-run.ts';

/** What a task came to: its kind, and whether a check said what it could not see. */
interface Told {
  readonly kind: string;
  readonly unsure: boolean;
}

/** `@` stands for the folder. */
type Tasks = readonly object[];

/** Tasks of a play are looked at together and written together; all must be as if each had been run by itself. */
describe('tasks of one play', function () {
  this.timeout(300_000);
  let top = '';
  beforeEach(() => (top = mkdtempSync(join(tmpdir(), 'orch-together-'))));
  afterEach(() => rmSync(top, { recursive: true }));

  it('write one file after the other as they would one by one', async () => {
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'a'.repeat(43)} b`;
    const cases: readonly Tasks[] = [
      [copy('a', 'v1\n'), copy('a', 'v2\n')],
      [copy('a', 'v1\n'), copy('a', 'x=1\n')],
      [{ file: { path: '@/a', state: 'absent' } }, copy('a', 'v2\n')],
      [{ file: { path: '@/bobs', state: 'absent' } }, copy('bobs', 'v2\n')],
      [{ file: { path: '@/bobs', state: 'absent' } }, line('bobs', 'x=2')],
      [from('real/b', 'a'), line('a', 'x=2')],
      [line('a', 'x=2'), from('real/b', 'a'), { blockinfile: { path: '@/a', block: 'z' } }],
      [from('real/b', 'new'), line('new', 'x=2'), from('real/b', 'new')],
      [{ file: { path: '@/n/e/f', state: 'directory', mode: '0700' } }, folder('n', '0755')],
      [folder('n', '0755'), folder('n/e', '0700'), copy('n/e/f', 'x\n')],
      [copy('n/f', 'x\n')],
      [{ file: { path: '@/n/l', src: 'x', state: 'link' } }],
      [{ authorized_key: { user: 'root', path: '@/n/k', key, manage_dir: false } }],
      [folder('n', '0755'), { authorized_key: { user: 'root', path: '@/n/k', key } }],
      [{ authorized_key: { user: 'root', path: '@/real', key, manage_dir: false } }],
      [{ sysctl: { name: 'net.ipv4.ip_forward', value: 1, sysctl_file: '@/real', reload: false } }],
    ];
    for (const tasks of cases) await compare(tasks);
  });

  it('do together what they do one by one, and a check foresees it', () => {
    const runs = Number(process.env['TOGETHER_RUNS'] ?? 12);
    return fc.assert(fc.asyncProperty(fc.array(task, { minLength: 2, maxLength: 6 }), compare), {
      numRuns: runs,
    });
  });

  it('keep a secret that one of them writes from what another one shows', async () => {
    const tasks = [
      { copy: { dest: '@/a', content: '{{ password }}\n' }, vars: { password: 's3cret-one' } },
      line('a', 'x=9'),
    ];
    for (const check of [true, false]) {
      const run = await play(fresh('s'), tasks, check);
      expect(run.map(({ kind }) => kind)).to.deep.equal(['changed', 'changed']);
    }
    expect(readFileSync(join(top, 's/a'), 'utf8')).to.equal('s3cret-one\nx=9\n');
  });

  /** One run of all, one of each, and a check before: the same outcomes and the same files. */
  async function compare(tasks: Tasks): Promise<void> {
    const foreseen = await play(fresh('check'), tasks, true);
    const together = await play(fresh('together'), tasks, false);
    const apart: Told[] = [];
    const root = fresh('apart');
    for (const one of tasks) {
      apart.push(...(await play(root, [one], false)));
      if (apart.at(-1)?.kind === 'failed') break;
    }
    const [how, kinds] = [JSON.stringify(tasks), (all: readonly Told[]) => all.map((t) => t.kind)];
    expect(kinds(together), how).to.deep.equal(kinds(apart));
    expect(tree(join(top, 'together')), how).to.deep.equal(tree(root));
    const sure = foreseen.map(({ kind, unsure }, i) =>
      unsure || kind === 'unknown' ? kinds(apart)[i] : kind,
    );
    // What is unforeseen may be a failure: a run ends there.
    expect(sure.slice(0, apart.length), `check of ${how}`).to.deep.equal(kinds(apart));
  }

  function fresh(name: string): string {
    const root = join(top, name);
    rmSync(root, { recursive: true, force: true });
    mkdirSync(join(root, 'real'), { recursive: true });
    writeFileSync(join(root, 'a'), 'x=1\n');
    writeFileSync(join(root, 'bobs'), 'x=1\n', { mode: 0o600 });
    if (process.getuid?.() === 0) chownSync(join(root, 'bobs'), 1, 1);
    writeFileSync(join(root, 'real/b'), 'y=1\n[s]\no = 1\n');
    symlinkSync('real', join(root, 'link'));
    return root;
  }

  async function play(root: string, tasks: Tasks, check: boolean): Promise<readonly Told[]> {
    const file = `${root}.yml`;
    const text = stringify([{ hosts: 'all', gather_facts: false, tasks }]);
    writeFileSync(file, text.replaceAll('@/', `${root}/`));
    const run = await localRun(file, { check });
    expect(run.refused, text).to.equal(undefined);
    return run.events.flatMap((event) =>
      event.type === 'task-ended'
        ? [
            {
              kind: isUndone(event.outcome) ? 'changed' : event.outcome.kind,
              unsure: event.outcome.warnings.some((one) => one.startsWith('foreseen ')),
            },
          ]
        : [],
    );
  }
});

/** Together nothing is left of a change that another task takes back; by itself each makes it. */
const isUndone = ({ undoneBy, message = '' }: Outcome): boolean =>
  undoneBy !== undefined || message.startsWith('takes back');

const copy = (dest: string, content: string): object => ({ copy: { dest: `@/${dest}`, content } });
const line = (path: string, text: string): object => ({
  lineinfile: { path: `@/${path}`, line: text, create: true },
});
const from = (src: string, dest: string): object => ({
  copy: { src: `@/${src}`, dest: `@/${dest}`, remote_src: true },
});
const folder = (path: string, mode: string): object => ({
  file: { path: `@/${path}`, state: 'directory', mode },
});

const path = fc.constantFrom('@/a', '@/bobs', '@/real/b', '@/link/b', '@/new', '@/n/f');
const body = fc.constantFrom('x=1\n', 'x=2\ny=1\n', '# c\nx=1\n', '');
const text = fc.constantFrom('x=1', 'x=2', '# c');
const flag = fc.boolean();
const file = fc.record({
  path: fc.constantFrom('@/a', '@/bobs', '@/real/b', '@/new', '@/n/f'),
  state: fc.constantFrom('absent', 'file'),
  mode: fc.constantFrom('0600', '0644'),
});

const task: fc.Arbitrary<object> = fc.oneof(
  fc.record({ copy: fc.record({ dest: path, content: body, force: flag }) }),
  fc.record({
    copy: fc.record({
      dest: path,
      src: fc.constantFrom('@/a', '@/real/b'),
      remote_src: fc.constant(true),
    }),
  }),
  fc.record({ lineinfile: fc.record({ path, line: text, create: flag }) }),
  fc.record({ lineinfile: fc.record({ path, line: text, state: fc.constant('absent') }) }),
  fc.record({ blockinfile: fc.record({ path, block: body, create: flag }) }),
  fc.record({
    replace: fc.record({ path, regexp: fc.constant('x='), replace: fc.constant('z=') }),
  }),
  fc.record({
    ini_file: fc.record({
      ...{ path, section: fc.constant('s'), option: fc.constant('o') },
      value: fc.constantFrom('1', '2'),
    }),
  }),
  fc.record({ file }),
  fc.record({
    file: fc.record({ path: fc.constantFrom('@/n', '@/n/e'), state: fc.constant('directory') }),
  }),
);

/** All below a folder: what it is, whose, with which mode, and what is in it. */
function tree(root: string, at = ''): readonly string[] {
  return readdirSync(join(root, at))
    .sort()
    .flatMap((name) => {
      const here = join(at, name);
      const stat = lstatSync(join(root, here));
      const { mode, uid, gid } = stat;
      const who = `${here} ${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
      if (stat.isSymbolicLink()) return [`${here} -> ${readlinkSync(join(root, here))}`];
      if (stat.isDirectory()) return [`${who}/`, ...tree(root, here)];
      return [`${who} ${readFileSync(join(root, here), 'utf8').replaceAll(root, '')}`];
    });
}
