import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { connect } from '../../src/transport/connect.ts';
import { has, part, promises } from './promises.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** All promises on a host whose `sh` is another program. */
export function promisesOn(tool: string): void {
  describe('transport to a host', function () {
    this.timeout(20_000);
    describe(`sh = ${tool}`, () => {
      let sshd: Sshd;
      before(async function () {
        if (!has(tool)) this.skip();
        sshd = await startSshd([
          `SetEnv SHLVL=2 PATH=/tmp/orch-sh-${tool}-${process.pid}:/usr/sbin:/usr/bin:/sbin:/bin`,
        ]);
        const dir = `/tmp/orch-sh-${tool}-${process.pid}`;
        mkdirSync(dir, { recursive: true });
        chmodSync(dir, 0o755);
        symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(dir, 'sh'));
      });
      after(() => {
        if (has(tool)) sshd.stop();
        execFileSync('rm', ['-rf', `/tmp/orch-sh-${tool}-${process.pid}`]);
      });
      promises(() => sshd.target());

      it(`really runs in ${tool}`, async () => {
        const session = await connect(sshd.target());
        const [reply] = await session.trip([part('readlink /proc/$$/exe')], {});
        expect(reply!.stdout.toString()).to.match(new RegExp(tool));
        await session.close();
      });
    });
  });
}
