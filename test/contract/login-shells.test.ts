import { expect } from 'chai';

import type { Identity } from '../../src/model/transport.ts';
import { Secret } from '../../src/model/value.ts';
import { connect } from '../../src/transport/connect.ts';
import { has, nobody, part } from './promises.ts';
import { startSshd } from './sshd.ts';

describe('transport through other shells', function () {
  this.timeout(20_000);
  for (const [what, shell] of [
    ['bash', 'exec bash -c "$SSH_ORIGINAL_COMMAND"'],
    ['zsh', 'exec zsh -c "$SSH_ORIGINAL_COMMAND"'],
    ['fish', 'exec fish -c "$SSH_ORIGINAL_COMMAND"'],
    ['tcsh', 'exec tcsh -f -c "$SSH_ORIGINAL_COMMAND"'],
    [
      'a shell that prints first',
      'echo Welcome to web1; echo notice >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"',
    ],
  ] as const) {
    it(`works when the login shell is ${what}`, async function () {
      const tool = /exec (\w+)/.exec(shell)![1]!;
      if (!has(tool)) this.skip();
      const sshd = await startSshd([`ForceCommand ${shell}`]);
      try {
        const session = await connect(sshd.target());
        const identity: Identity = {
          become: { method: 'sudo', user: 'nobody', password: new Secret('x') },
        };
        for (const who of [{}, nobody, identity]) {
          const [reply] = await session.trip([part(`printf 'a b'; echo "$0" >&2; exit 5`)], who);
          expect([reply!.stdout.toString(), reply!.stderr.toString(), reply!.exit]).to.deep.equal([
            'a b',
            'sh\n',
            5,
          ]);
        }
        await session.close();
      } finally {
        sshd.stop();
      }
    });
  }
});
