import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { readSections } from '../../src/modules/firewalld/parse-sections.ts';
import { sessionOf } from '../../src/modules/firewalld/session-parse.ts';
import { SESSION } from '../../src/modules/firewalld/session-script.ts';

const SHELLS = ['dash', 'bash --norc', 'busybox sh'].filter(
  (shell) => spawnSync('sh', ['-c', `${shell} -c :`]).status === 0,
);

/** What a shell prints that runs the script below `parents` shells; only the outermost has the variables. */
function printed(shell: string, parents: number, env: Record<string, string>): string {
  const script = `printf '@begin\\n'; space=' \t\n'; L='\n'; ( ${SESSION}\n ) </dev/null; printf '@end\\n'`;
  // What follows the command keeps a shell from becoming it: it stays the parent, as sudo does.
  const below = (left: number): string =>
    left === 0
      ? `${shell} -c "$1"; exit $?`
      : `env -i PATH="$PATH" sh -c '${below(left - 1).replaceAll("'", `'\\''`)}' sh "$1"; exit $?`;
  const { stdout, stderr, status } = spawnSync('sh', ['-c', below(parents), 'sh', script], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  expect(stderr.toString()).to.equal('');
  expect(status).to.equal(0);
  return stdout.toString();
}

const session = (text: string) =>
  sessionOf(readSections({ stdout: Buffer.from(text), stderr: Buffer.alloc(0), exit: 0 }));

/** An address of this machine that other machines could reach it by, and its interface. */
const own = Object.entries(networkInterfaces()).flatMap(([device, addresses = []]) =>
  addresses
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => ({ device, address })),
);

describe('the question who is connected', () => {
  const SSH_CONNECTION = '198.51.100.7 40000 192.0.2.9 2222';
  const ends = { client: '198.51.100.7', server: '192.0.2.9', port: 2222 };

  for (const shell of SHELLS) {
    it(`is answered by ${shell} from its own environment`, () => {
      expect(session(printed(shell, 0, { SSH_CONNECTION }))).to.include(ends);
    });

    it(`is answered by ${shell} from that of a parent, where sudo cleared its own`, () => {
      for (const parents of [1, 2, 3]) {
        const text = printed(shell, parents, { A: 'two\nlines', SSH_CONNECTION, Z: '9\n9' });
        expect(session(text)).to.include(ends);
      }
    });

    it(`is answered by ${shell} with the interface that has the address`, () => {
      for (const { device, address } of own) {
        const connection = `198.51.100.7 40000 ${address} 22`;
        const found = session(printed(shell, 1, { SSH_CONNECTION: connection }));
        expect(found?.interfaces).to.include(device);
      }
    });

    it(`stays without an answer in ${shell} where nobody is connected, or in no known form`, () => {
      expect(session(printed(shell, 6, {}))).to.equal(null);
      for (const odd of [
        'x',
        '1 2 3',
        '1.2.3 4 1..2.3 22',
        '10.0.0.1 1 0x1.a.b.c 22',
        'a b c d e',
      ]) {
        expect(session(printed(shell, 1, { SSH_CONNECTION: odd }))).to.equal(null);
      }
    });
  }
});
