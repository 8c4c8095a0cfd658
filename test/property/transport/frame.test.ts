import { execFileSync, spawnSync } from 'node:child_process';

import { expect } from 'chai';
import fc from 'fast-check';

import { raw } from '../../../src/lib/shell.ts';
import type { Part } from '../../../src/model/transport.ts';
import { encodeTrip, PREAMBLE, ReplyDecoder } from '../../../src/transport/frame.ts';

const NONCE = '0123456789abcdef01234567';
const octal = (bytes: Uint8Array): string =>
  [...bytes].map((b) => `\\${b.toString(8).padStart(3, '0')}`).join('');
/** Bytes that often look like the frame itself. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .constantFrom(`\x1e${NONCE.slice(0, 20)}`, '\x1e', '\x1e\x1e', `\x1e${NONCE}`, '\n\n', '')
    .map((s) => Buffer.from(s)),
);
const parts = fc.array(fc.record({ out: bytes, err: bytes, exit: fc.nat(255) }), {
  minLength: 1,
  maxLength: 5,
});

function decode(
  chunks: Buffer,
  errors: Buffer,
  count: number,
  cuts: readonly number[],
  limit?: number,
): ReplyDecoder {
  const parts = Array.from({ length: count }, () => (limit === undefined ? {} : { room: limit }));
  const decoder = new ReplyDecoder(NONCE, parts);
  for (const [name, all] of [
    ['stdout', chunks],
    ['stderr', errors],
  ] as const) {
    const at = [0, ...[...cuts].map((c) => c % (all.length + 1)).sort((a, b) => a - b), all.length];
    for (let i = 1; i < at.length; i++) decoder.push(name, all.subarray(at[i - 1], at[i]));
  }
  return decoder;
}

describe('frame', () => {
  it('gives back what real shells wrote, byte for byte, however the bytes arrive', () => {
    fc.assert(
      fc.property(
        parts,
        fc.array(fc.nat(2000), { maxLength: 8 }),
        fc.constantFrom('dash', 'bash'),
        (all, cuts, shell) => {
          const scripts: Part[] = all.map(({ out, err, exit }) => ({
            script: raw(`printf '${octal(out)}'; printf '${octal(err)}' >&2; exit ${exit}`),
          }));
          const { stdout, stderr } = spawnSync(shell, {
            input: PREAMBLE + encodeTrip(NONCE, scripts),
          });
          const decoder = decode(stdout, stderr, all.length, cuts);
          expect(decoder.finished).to.equal(true);
          for (const [i, reply] of decoder.replies(new Set()).entries()) {
            expect([...reply.stdout]).to.deep.equal([...all[i]!.out]);
            expect([...reply.stderr]).to.deep.equal([...all[i]!.err]);
            expect(reply.exit).to.equal(all[i]!.exit);
          }
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(30_000);

  it('keeps any script text whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        fc.pre(!text.includes('\0') && Buffer.from(text).toString() === text);
        const script = encodeTrip(NONCE, [{ script: raw(text) }]);
        // What eval would get, printed instead of run.
        const input = PREAMBLE + script.replace(';eval', ';printf %s');
        const seen = execFileSync('dash', { input, stdio: ['pipe', 'pipe', 'ignore'] });
        expect(seen.toString()).to.contain(` ${text}`);
      }),
      { numRuns: 25 },
    );
  }).timeout(30_000);

  it('keeps no more than the limit and counts the rest', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(100),
        fc.array(fc.nat(500), { maxLength: 6 }),
        (size, limit, cuts) => {
          const out = Buffer.from(`\x1e${NONCE}:h:7\x1e${'x'.repeat(size)}\x1e${NONCE}:0:0\x1e`);
          const err = Buffer.from(`\x1e${NONCE}:h:\x1e\x1e${NONCE}:0:\x1e`);
          const [reply] = decode(out, err, 1, cuts, limit).replies(new Set());
          expect(reply!.stdout.length).to.equal(Math.min(size, limit));
          expect(reply!.cut ?? 0).to.equal(Math.max(0, size - limit));
        },
      ),
    );
  });
});
