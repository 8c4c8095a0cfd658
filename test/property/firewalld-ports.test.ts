import { expect } from 'chai';
import fc from 'fast-check';
import {
  close,
  coalesce,
  covered,
  formatPort,
  intersect,
  open,
  type Port,
  parsePort,
  subtract,
  within,
} from '../../src/modules/firewalld/ports.ts';

// Small numbers make ranges meet often.
const port: fc.Arbitrary<Port> = fc
  .record({
    a: fc.integer({ min: 1, max: 40 }),
    length: fc.integer({ min: 0, max: 12 }),
    proto: fc.constantFrom('tcp' as const, 'udp' as const),
  })
  .map(({ a, length, proto }) => ({ low: a, high: a + length, proto }));
const list = fc.array(port, { maxLength: 8 });

/** The naive model: every port number by itself. */
const numbers = (ports: readonly Port[]): Set<string> =>
  new Set(
    ports.flatMap(({ low, high, proto }) =>
      Array.from({ length: high - low + 1 }, (_, i) => `${low + i}/${proto}`),
    ),
  );
const sorted = (set: ReadonlySet<string>) => [...set].sort();
const meet = (a: Port, b: Port) => a.proto === b.proto && a.low <= b.high && b.low <= a.high;
const disjoint = (ports: readonly Port[]) =>
  ports.every((a, i) => ports.every((b, j) => i === j || !meet(a, b)));

describe('port algebra against sets of port numbers', () => {
  const law = (name: string, check: (a: readonly Port[], b: readonly Port[]) => void) =>
    it(name, () => fc.assert(fc.property(list, list, check), { numRuns: 500 }));

  law('coalesce keeps the union, leaves no overlap and is idempotent', (a) => {
    const merged = coalesce(a);
    expect(sorted(numbers(merged))).to.deep.equal(sorted(numbers(a)));
    expect(disjoint(merged)).to.be.true;
    expect(coalesce(merged)).to.deep.equal(merged);
  });

  law('coalesce never joins ranges that only touch', (a) => {
    const merged = coalesce(a);
    for (const range of merged) {
      // Every inner boundary of a merged range is bridged by some range of the input.
      for (let n = range.low; n < range.high; n++) {
        expect(a.some((p) => p.proto === range.proto && p.low <= n && p.high > n)).to.be.true;
      }
    }
  });

  law('covered is inclusion', (a, b) => {
    const all = numbers(b);
    expect(covered(a, b)).to.equal([...numbers(a)].every((n) => all.has(n)));
  });

  law('open is union, and idempotent', (a, b) => {
    const opened = open(a, b);
    expect(sorted(numbers(opened))).to.deep.equal(sorted(numbers([...a, ...b])));
    expect(open(opened, b)).to.deep.equal(opened);
  });

  law('subtract and close are difference', (a, b) => {
    const taken = numbers(b);
    const left = sorted(new Set([...numbers(a)].filter((n) => !taken.has(n))));
    expect(sorted(numbers(subtract(a, b)))).to.deep.equal(left);
    expect(sorted(numbers(close(a, b).list))).to.deep.equal(left);
  });

  law('close names exactly the ranges that lose only a part', (a, b) => {
    const taken = numbers(b);
    const parts = a.filter((p) => {
      const own = [...numbers([p])];
      return own.some((n) => taken.has(n)) && !own.every((n) => taken.has(n));
    });
    expect(close(a, b).cut).to.deep.equal(parts);
  });

  law('intersect and within keep what both hold', (a, b) => {
    const other = numbers(b);
    const both = sorted(new Set([...numbers(a)].filter((n) => other.has(n))));
    expect(sorted(numbers(intersect(a, b)))).to.deep.equal(both);
    expect(sorted(numbers(within(a, b)))).to.deep.equal(both);
  });

  it('writes ports that read back the same', () =>
    fc.assert(
      fc.property(port, (p) => {
        expect(parsePort(formatPort(p))).to.deep.equal(p);
      }),
    ));
});
