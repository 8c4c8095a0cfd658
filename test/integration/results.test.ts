import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { inventoryOf, told } from './orch.ts';

type Registered = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const FIXTURES = 'test/fixtures/results';

/** What no two runs have alike: only that it is there is compared. */
const VOLATILE = [
  ...['start', 'stop', 'end', 'delta', 'ssh_fingerprint', 'ssh_public_key', 'stat', 'files'],
];

/** What orch does not tell, or tells in another way. */
const APART: Readonly<Record<string, readonly string[]>> = {
  // What the file system chose is not looked up when a change is made: that would be one more trip.
  dir: ['uid', 'size', 'diff'],
  dir2: ['uid', 'gid', 'size', 'diff'],
  touch: ['diff'],
  // There is no copy of the file on the host, and diffs are told with --diff alone.
  copy: ['src', 'diff'],
  // The tools' words.
  away: ['stderr', 'stderr_lines'],
  group: ['ansible_facts'],
  temp: ['path'],
  pause: ['stdout'],
};

describe('what tasks register', () => {
  const lab = withLab(1);

  it('has the keys and values that ansible-playbook 2.14 gave them on such a host', async () => {
    lab.shell(1, 'ln -s /bin/true /usr/bin/crontab');
    const out = join(mkdtempSync(join(tmpdir(), 'orch-results-')), 'orch.json');
    const args = ['-i', inventoryOf(lab), '-e', `out=${out}`];
    const run = await told(['run', `${FIXTURES}/play.yml`, ...args]);
    expect(run.exit, run.stderr).to.equal(0);
    const read = (file: string): Registered => JSON.parse(readFileSync(file, 'utf8')) as Registered;
    const ours = read(out);
    for (const [task, recorded] of Object.entries(read(`${FIXTURES}/ansible-2.14.json`)))
      for (const [key, value] of Object.entries(recorded)) {
        if (APART[task]?.includes(key)) continue;
        expect(ours[task], task).to.have.property(key);
        if (!VOLATILE.includes(key))
          expect(ours[task]?.[key], `${task}.${key}`).to.deep.equal(value);
        else if (key === 'stat') expect(ours[task]?.[key]).to.include.all.keys(value as object);
      }
  });
});
