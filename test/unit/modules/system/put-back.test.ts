import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Plan, Resource, Seen } from '../../../../src/model/module.ts';
import { cronTable } from '../../../../src/modules/cron/resource.ts';
import { aptSources } from '../../../../src/modules/packages/apt-sources.ts';
import { sysctlResource } from '../../../../src/modules/sysctl/resource.ts';
import {
  ownedIn,
  putBack,
  sections,
  SHOW,
  tellFile,
} from '../../../../src/modules/system/text-file.ts';
import { onThisHost } from '../../../helpers/host-shell.ts';

/** Mode, owner, what a link says and the content: all that there is of a file. */
const facts = (path: string): string =>
  spawnSync('sh', ['-c', 'stat -c "%A %u:%g %N" "$1"; cat "$1"', 'sh', path]).stdout.toString();

const seenOf = <Scope, State, Facts>(
  resource: Resource<Scope, State, Facts>,
  scope: Scope,
): Seen<State, Facts> => {
  const probe = resource.observe([scope]);
  return probe.parse(onThisHost(probe.script.text));
};

/** Makes the change of a plan, then takes it back, as the engine does. */
function thereAndBack({ steps }: Plan): void {
  for (const {
    do: { text },
  } of steps)
    expect(onThisHost(text).exit, text).to.equal(0);
  for (const { inverse } of [...steps].reverse())
    expect(onThisHost(inverse?.text ?? '').exit, inverse?.text).to.equal(0);
}

describe('a file of the system that was taken away', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-put-back-'));
    path = join(dir, 'mine');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const odd = (): void => {
    writeFileSync(path, 'first\nno newline');
    spawnSync('sh', ['-c', 'chown 12:34 "$1"; chmod 4640 "$1"', 'sh', path]);
  };
  const link = (): void => {
    odd();
    spawnSync('sh', ['-c', 'mv "$1" "$1.real"; ln -s mine.real "$1"', 'sh', path]);
  };

  for (const [what, make] of [
    ['a file with an odd mode and owner', odd],
    ['a link', link],
  ] as const) {
    it(`comes back as it was: ${what} of sysctl`, () => {
      make();
      const before = facts(path);
      const seen = seenOf(sysctlResource, { name: 'kernel.hostname', file: path });
      const desired = { ...seen.state, files: { [path]: null } };
      thereAndBack(sysctlResource.plan(seen, desired));
      expect(facts(path)).to.equal(before);
    });

    it(`comes back as it was: ${what} of cron`, () => {
      make();
      const before = facts(path);
      const seen = seenOf(cronTable, { user: 'root', file: path });
      thereAndBack(cronTable.plan(seen, { ...seen.state, text: null }));
      expect(facts(path)).to.equal(before);
    });

    it(`comes back as it was: ${what} of apt`, () => {
      make();
      const before = facts(path);
      const seen = seenOf(aptSources, { files: [path], updates: false });
      expect(seen.state.files[path]).to.equal('first\nno newline');
      const desired = { ...seen.state, files: { ...seen.state.files, [path]: null } };
      thereAndBack(aptSources.plan(seen, desired));
      expect(facts(path)).to.equal(before);
    });

    it(`is told as it is: ${what}`, () => {
      make();
      const before = facts(path);
      const reply = onThisHost(`${SHOW.text}\n${tellFile(path).text}`);
      const owned = ownedIn(sections(reply.stdout.toString()))[path];
      rmSync(path);
      expect(onThisHost(putBack(path, 'first\nno newline', owned).text).exit).to.equal(0);
      expect(facts(path)).to.equal(before);
    });
  }
});
