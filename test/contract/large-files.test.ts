import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { type LocalRun, localRun } from '../helpers/local-run.ts';

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Files too large for a script are streamed to the host and back; archives and pieces likewise. */
describe('files of any size', function () {
  this.timeout(120_000);
  let here = '';
  let out = '';
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'orch-large-'));
    out = join(here, 'out');
    mkdirSync(out);
  });
  afterEach(() => rmSync(here, { recursive: true }));

  const sum = (path: string): string =>
    createHash('sha256').update(readFileSync(path)).digest('hex');

  async function played(
    tasks: readonly object[],
    more: { readonly check?: boolean } = {},
  ): Promise<LocalRun & { readonly kinds: string }> {
    const file = join(here, 'play.yml');
    writeFileSync(file, stringify([{ hosts: 'all', gather_facts: false, tasks }]));
    const run = await localRun(file, more);
    const kinds = run.events
      .flatMap((event) => (event.type === 'task-ended' ? [event.outcome.kind] : []))
      .join(' ');
    return { ...run, kinds };
  }

  it('are copied as they are, with their mode, and not sent again', async () => {
    // Neither a whole number of blocks nor text.
    const bytes = randomBytes(65_536 * 50 + 12_345);
    writeFileSync(join(here, 'big'), bytes);
    writeFileSync(join(out, 'big'), 'old');
    const copy = { copy: { src: 'big', dest: join(out, 'big'), mode: '0640' } };
    const first = await played([copy]);
    expect([first.exit, first.kinds]).to.deep.equal([0, 'changed']);
    expect(sum(join(out, 'big'))).to.equal(sum(join(here, 'big')));
    expect(statSync(join(out, 'big')).mode & 0o777).to.equal(0o640);
    expect((await played([copy])).kinds).to.equal('ok');
    expect(readdirSync(out)).to.deep.equal(['big']);
  });

  it('may be several of a folder, and come back over fetch', async () => {
    mkdirSync(join(here, 'tree'));
    for (const name of ['a', 'b']) writeFileSync(join(here, 'tree', name), randomBytes(1_500_000));
    writeFileSync(join(here, 'tree/c'), 'small');
    const run = await played([
      { copy: { src: 'tree', dest: out } },
      { fetch: { src: join(out, 'tree/b'), dest: 'back/', flat: true } },
      { fetch: { src: join(out, 'tree/b'), dest: 'back/', flat: true } },
    ]);
    expect([run.exit, run.kinds]).to.deep.equal([0, 'changed changed ok']);
    for (const name of ['a', 'b', 'c'])
      expect(sum(join(out, 'tree', name))).to.equal(sum(join(here, 'tree', name)));
    expect(sum(join(here, 'back/b'))).to.equal(sum(join(here, 'tree/b')));
  });

  it('are edited as Ansible does it, and once', async () => {
    const path = join(out, 'log');
    const lines = Array.from(
      { length: 90_000 },
      (_, i) => `line ${i}, a word of ü and port=${i % 7000}`,
    );
    // No UTF-8 in it: an edit keeps every other byte.
    const odd = Buffer.from([0xff, 0x0a]);
    writeFileSync(path, Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), odd]));
    symlinkSync('log', join(out, 'link'));
    const tasks = [
      { lineinfile: { path, regexp: '^line 100,', line: 'changed é' } },
      { lineinfile: { path: join(out, 'link'), line: 'last' } },
      { blockinfile: { path, block: 'a\nb', insertafter: '^changed' } },
      { replace: { path, regexp: 'port=6999$', replace: 'port=1' }, vars: {} },
    ];
    const want = [
      ...lines.slice(0, 100),
      ...['changed é', '# BEGIN ANSIBLE MANAGED BLOCK', 'a', 'b', '# END ANSIBLE MANAGED BLOCK'],
      ...lines.slice(101),
    ];
    const foreseen = await played(tasks.slice(0, 3), { check: true });
    expect([foreseen.exit, foreseen.kinds]).to.deep.equal([0, 'changed changed changed']);
    expect(statSync(path).size).to.be.greaterThan(1024 * 1024 * 3);
    const first = await played(tasks.slice(0, 3));
    expect([first.exit, first.kinds]).to.deep.equal([0, 'changed changed changed']);
    expect(
      readFileSync(path).equals(
        Buffer.concat([Buffer.from(`${want.join('\n')}\n`), odd, Buffer.from('last\n')]),
      ),
    ).to.equal(true);
    expect((await played(tasks.slice(0, 3))).kinds).to.equal('ok ok ok');
    writeFileSync(path, `${lines.join('\n')}\n`);
    expect((await played([...tasks.slice(3), ...tasks.slice(3)])).kinds).to.equal('changed ok');
    const after = readFileSync(path, 'utf8');
    expect(after).to.equal(`${lines.join('\n').replace(/port=6999$/gm, 'port=1')}\n`);
    expect(readdirSync(out).sort()).to.deep.equal(['link', 'log']);
  });

  it('are edited where a secret goes into them, which no argument and no diff shows', async () => {
    const path = join(out, 'log');
    writeFileSync(path, 'x=1\n'.repeat(500_000));
    const file = join(here, 'play.yml');
    const task = { lineinfile: { path, line: '{{ word }}' } };
    const inputs = { word: { type: 'string', secret: true, default: 'hush-7' } };
    writeFileSync(file, stringify([{ hosts: 'all', gather_facts: false, inputs, tasks: [task] }]));
    const { exit, events } = await localRun(file, {});
    expect(exit).to.equal(0);
    expect(readFileSync(path, 'utf8').endsWith('x=1\nhush-7\n')).to.equal(true);
    expect(JSON.stringify(events)).not.to.contain('x=1');
  });

  it('are edited up to 64 MB, and what is larger is refused with its cure', async () => {
    const path = join(out, 'log');
    writeFileSync(path, 'x\n');
    spawnSync('truncate', ['-s', String(64 * 1024 * 1024 + 1), path]);
    const run = await played([{ lineinfile: { path, line: 'y' } }]);
    expect([run.exit, run.kinds]).to.deep.equal([2, 'failed']);
    const [fault] = run.events.flatMap((e) => (e.type === 'task-ended' ? [e.outcome.fault] : []));
    expect(fault?.message).to.equal(`${path} has 65 MB: orch edits texts of up to 64 MB`);
    expect(fault?.source?.line).to.equal(5);
    spawnSync('truncate', ['-s', String(64 * 1024 * 1024 - 3), path]);
    const line = { lineinfile: { path, line: 'y' } };
    expect((await played([line])).kinds).to.equal('changed');
    expect(statSync(path).size).to.equal(64 * 1024 * 1024);
    const more = await played([line, { lineinfile: { path, line: 'z' } }]);
    expect(more.kinds).to.equal('ok failed');
    expect(statSync(path).size).to.equal(64 * 1024 * 1024);
  });

  it('leave the old file where the new one has no room', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const disk = join(out, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status !== 0)
      this.skip();
    try {
      writeFileSync(join(disk, 'big'), 'old');
      writeFileSync(join(here, 'big'), randomBytes(3_000_000));
      const run = await played([{ copy: { src: 'big', dest: join(disk, 'big') } }]);
      expect([run.exit, run.kinds]).to.deep.equal([2, 'failed']);
      expect(readFileSync(join(disk, 'big'), 'utf8')).to.equal('old');
      expect(readdirSync(disk)).to.deep.equal(['big']);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('are made of pieces, here or there, with the same result', async () => {
    const pieces = join(here, 'pieces');
    mkdirSync(pieces);
    writeFileSync(join(pieces, '10-a'), 'a\n');
    writeFileSync(join(pieces, '20-b'), 'b');
    writeFileSync(join(pieces, '15-none'), '');
    writeFileSync(join(pieces, '.hidden'), 'h\n');
    const dest = join(out, 'whole');
    const how = { dest, delimiter: '### \\n', ignore_hidden: true, mode: '0600' };
    const run = await played([
      { assemble: { src: pieces, ...how } },
      { assemble: { src: 'pieces', remote_src: false, ...how } },
    ]);
    expect([run.exit, run.kinds]).to.deep.equal([0, 'changed ok']);
    expect(readFileSync(dest, 'utf8')).to.equal('a\n### \n\n\n### \n\nb');
    const check = await played([{ assemble: { src: pieces, dest, regexp: '^1\\d' } }], {
      check: true,
    });
    expect(check.kinds).to.equal('changed');
    expect(readFileSync(dest, 'utf8')).to.contain('b');
  });

  for (const kind of ['tgz', 'zip'] as const)
    it(`are unpacked from ${kind}, once, and only as far as something is missing`, async function () {
      if (kind === 'zip' && !(has('zip') && has('unzip'))) this.skip();
      const tree = join(here, 'arc');
      mkdirSync(join(tree, 'sub'), { recursive: true });
      writeFileSync(join(tree, 'one [x]'), 'one');
      writeFileSync(join(tree, 'sub/two'), randomBytes(1_200_000));
      if (kind === 'tgz') symlinkSync('sub', join(tree, 'link'));
      const made =
        kind === 'tgz'
          ? spawnSync('tar', ['czf', 'arc.tgz', 'arc'], { cwd: here })
          : spawnSync('zip', ['-qr', 'arc.zip', 'arc'], { cwd: here });
      expect(made.status).to.equal(0);
      const task = { unarchive: { src: `arc.${kind}`, dest: out } };
      expect((await played([task], { check: true })).kinds).to.equal('changed');
      expect(readdirSync(out)).to.deep.equal([]);
      expect((await played([task, task])).kinds).to.equal('changed ok');
      expect(sum(join(out, 'arc/sub/two'))).to.equal(sum(join(tree, 'sub/two')));
      rmSync(join(out, 'arc/one [x]'));
      const again = { unarchive: { ...task.unarchive, mode: 'u=rwX,go=' } };
      expect((await played([again, again])).kinds).to.equal('changed ok');
      expect(statSync(join(out, 'arc/one [x]')).mode & 0o777).to.equal(0o600);
      const none = { unarchive: { ...task.unarchive, creates: out } };
      expect((await played([none])).kinds).to.equal('skipped');
    });
});
