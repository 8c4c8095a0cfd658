import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('takes what is missing for unknown behind a command, and for a failure where nothing could bring it', async () => {
    const file = join(dir, 'made');
    const edit = { lineinfile: { path: file, line: 'x' } };
    expect(await kinds([{ command: `touch ${file}` }, edit])).to.deep.equal([
      'command unknown',
      'lineinfile unknown',
    ]);
    expect(await kinds([edit])).to.deep.equal(['lineinfile failed']);
  });

  it('goes on to fail where the arguments are wrong whatever comes before', async () => {
    const wrong = { file: { path: join(dir, 'x'), state: 'touch', mode: '{{ "9" ~ "99" }}' } };
    expect(await kinds([{ command: 'true' }, wrong])).to.deep.equal([
      'command unknown',
      'file failed',
    ]);
  });
});
