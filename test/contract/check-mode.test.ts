import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { localRun } from '../helpers/local-run.ts';

/** A check never fails where the run would succeed: what an earlier task would bring is unknown, not missing. */
describe('a check behind tasks that are not done', function () {
  this.timeout(120_000);
  let dir = '';
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'orch-check-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  async function kinds(tasks: readonly object[], check = true): Promise<readonly string[]> {
    const file = join(dir, 'play.yml');
    writeFileSync(file, stringify([{ hosts: 'all', gather_facts: false, tasks }]));
    const run = await localRun(file, { check });
    return run.events.flatMap((event) =>
      event.type === 'task-ended' ? [`${event.task.module} ${event.outcome.kind}`] : [],
    );
  }

  it('foresees what stands below folders and files that would be made, and does not believe a look at them', async () => {
    const file = join(dir, 'new/deep/conf');
    const tasks = [
      { file: { path: join(dir, 'new/deep'), state: 'directory' } },
      { copy: { dest: file, content: 'one\n' } },
      { lineinfile: { path: file, line: 'two' } },
      { stat: { path: file }, register: 's' },
      { assert: { that: 's.stat.exists' } },
      { slurp: { src: file } },
    ];
    expect(await kinds(tasks)).to.deep.equal([
      'file changed',
      'copy changed',
      'lineinfile changed',
      'stat unknown',
      'assert unknown',
      'slurp unknown',
    ]);
    expect(existsSync(join(dir, 'new'))).to.equal(false);
    const real = await kinds(tasks, false);
    expect(real.slice(3)).to.deep.equal(['stat ok', 'assert ok', 'slurp ok']);
  });

  it('knows a file by all its names: through links, `..` and in another wave', async () => {
    mkdirSync(join(dir, 'real'));
    symlinkSync('real', join(dir, 'link'));
    const [file, alias] = [join(dir, 'real/f'), join(dir, 'link/f')];
    const roundabout = `${dir}/real/../link/f`;
    writeFileSync(file, 'old\nmore\n');
    const tasks = (second: string) => [
      { copy: { dest: file, content: 'new\n' } },
      { lineinfile: { path: second, line: 'more' } },
      { slurp: { src: second } },
    ];
    for (const other of [alias, roundabout, file]) {
      const first = other === file ? alias : file;
      const [edit] = [{ copy: { dest: first, content: 'new\n' } }];
      const apart = [edit, { slurp: { src: file } }, { lineinfile: { path: other, line: 'more' } }];
      expect((await kinds(apart)).at(-1), other).to.equal('lineinfile unknown');
    }
    expect(await kinds(tasks(alias))).to.deep.equal([
      'copy changed',
      'lineinfile unknown',
      'slurp unknown',
    ]);
    // What was looked at together before is looked at again behind the change that alters it.
    for (const [other, before] of [
      [alias, 'old\nmore\n'],
      [roundabout, 'old\n'],
      [file, 'old\nmore\n'],
    ] as const) {
      writeFileSync(file, before);
      expect(await kinds(tasks(other), false)).to.deep.equal([
        'copy changed',
        'lineinfile changed',
        'slurp ok',
      ]);
      expect(readFileSync(file, 'utf8'), other).to.equal('new\nmore\n');
    }
  });

  it('does not say "ok" of what another module would have changed in an earlier wave', async () => {
    const file = join(dir, 'keys');
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'a'.repeat(43)} b`;
    writeFileSync(file, `${key}\n`);
    const authorized = { authorized_key: { user: 'root', path: file, key } };
    const copy = { copy: { dest: file, content: '# none\n' } };
    const look = { slurp: { src: '/etc/hostname' } };
    expect(await kinds([authorized])).to.deep.equal(['authorized_key ok']);
    expect((await kinds([copy, authorized])).at(-1)).to.equal('authorized_key unknown');
    expect((await kinds([copy, look, authorized])).at(-1)).to.equal('authorized_key unknown');
    expect((await kinds([look, authorized, copy])).at(1)).to.equal('authorized_key ok');
  });

  it('takes what is missing for unknown behind a command, and for a failure where nothing could bring it', async () => {
    const file = join(dir, 'made');
    const edit = { lineinfile: { path: file, line: 'x' } };
    expect(await kinds([{ command: `touch ${file}` }, edit])).to.deep.equal([
      'command unknown',
      'lineinfile unknown',
    ]);
    expect(await kinds([edit])).to.deep.equal(['lineinfile failed']);
  });

  it('fails where only tasks over the same thing come before: what they do is known', async () => {
    const file = join(dir, 'conf');
    writeFileSync(file, 'one\n');
    const gone = [
      { file: { path: file, state: 'absent' } },
      { lineinfile: { path: file, line: 'x' } },
    ];
    for (const check of [true, false])
      expect(await kinds(gone, check)).to.deep.equal(['file changed', 'lineinfile failed']);
  });

  it('goes on to fail where the arguments are wrong whatever comes before', async () => {
    const wrong = { file: { path: join(dir, 'x'), state: 'touch', mode: '{{ "9" ~ "99" }}' } };
    expect(await kinds([{ command: 'true' }, wrong])).to.deep.equal([
      'command unknown',
      'file failed',
    ]);
  });
});
