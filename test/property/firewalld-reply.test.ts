import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import fc from 'fast-check';
import { OrchError } from '../../src/lib/errors.ts';
import { firewalld } from '../../src/modules/firewalld/resource.ts';
import { RECORDED, scope } from '../unit/modules/firewalld/reply.ts';

const probe = firewalld.observe([scope()]);

/** True when a reply is read or refused with an OrchError; any other error is a bug. */
function readOrRefused(stdout: Uint8Array, exit: number): boolean {
  try {
    probe.parse({ stdout: Buffer.from(stdout), stderr: Buffer.from(''), exit });
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
  }
  return true;
}

describe('any reply of a host', () => {
  it('is read or refused, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: -1, max: 255 }),
        readOrRefused,
      ),
    );
  });

  it('is read or refused when a good one was damaged', () => {
    const damage = fc.record({
      at: fc.integer({ min: 0, max: RECORDED.length }),
      cut: fc.integer({ min: 0, max: 60 }),
      put: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.constantFrom('"', '@', '\n', '<rule>', 'a{sv} 9', '&#99;', '__proto__'),
      ),
    });
    fc.assert(
      fc.property(damage, ({ at, cut, put }) =>
        readOrRefused(Buffer.from(RECORDED.slice(0, at) + put + RECORDED.slice(at + cut)), 0),
      ),
      { numRuns: 1000 },
    );
  });

  it('shows the same state when firewalld lists things in another order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['1/tcp', '22/tcp', '3/udp'], { minLength: 3 }), (ports) => {
        const words = ports
          .map((port) =>
            port
              .split('/')
              .map((word) => `"${word}"`)
              .join(' '),
          )
          .join(' ');
        const text = RECORDED.replace('a(ss) 1 "80" "tcp"', `a(ss) 3 ${words}`);
        const { state } = probe.parse({
          stdout: Buffer.from(text),
          stderr: Buffer.from(''),
          exit: 0,
        });
        expect(state.zones['public']?.runtime?.ports).to.deep.equal(['1/tcp', '22/tcp', '3/udp']);
      }),
    );
  });
});
