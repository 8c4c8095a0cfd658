import { expect } from 'chai';
import { batches } from '../../../src/engine/batches.ts';
import { wanted } from '../../../src/engine/select-tasks.ts';
import { NOTHING, type Verdict, exitCode } from '../../../src/engine/totals.ts';

describe('the exit code', () => {
  const calm: Verdict = {
    interrupted: false,
    faults: [],
    totals: [NOTHING],
    failed: false,
    lost: false,
    check: false,
    detailed: false,
    strict: false,
  };
  const cases: [string, Partial<Verdict>, number][] = [
    ['is 0 when nothing is wrong', {}, 0],
    ['is 2 when a host failed', { failed: true }, 2],
    ['is 0 when what failed was rescued or forgotten', { totals: [{ ...NOTHING, failed: 1 }] }, 0],
    ['is 4 when a host was unreachable and none failed', { lost: true }, 4],
    ['is 2 when one failed and another was unreachable', { failed: true, lost: true }, 2],
    [
      'is 130 when interrupted, whatever else',
      { interrupted: true, totals: [{ ...NOTHING, failed: 1 }] },
      130,
    ],
    [
      'is 2 when an argument was wrong on one host at run time',
      { faults: ['ARGUMENT_INVALID'], totals: [{ ...NOTHING, failed: 1 }] },
      2,
    ],
    [
      'is 14 when a change would lock the operator out, in a check too, whatever else failed',
      {
        check: true,
        detailed: true,
        faults: ['STEP_FAILED', 'LOCKOUT', 'HOST_UNREACHABLE'],
        totals: [{ ...NOTHING, failed: 2, changed: 1, unreachable: 1 }],
      },
      14,
    ],
    ['is 1 when orch has a bug', { faults: ['INTERNAL'], totals: [{ ...NOTHING, failed: 1 }] }, 1],
    [
      'is 10 when a check foresees changes and that was asked for',
      { check: true, detailed: true, totals: [{ ...NOTHING, changed: 1 }] },
      10,
    ],
    [
      'is 10 when a check cannot foresee everything and that was asked for',
      { check: true, detailed: true, totals: [{ ...NOTHING, unknown: 1 }] },
      10,
    ],
    [
      'is 0 when a check foresees changes and nobody asked',
      { check: true, totals: [{ ...NOTHING, changed: 1 }] },
      0,
    ],
    [
      'is 13 under --strict-check when something is unknown',
      { check: true, strict: true, totals: [{ ...NOTHING, unknown: 1 }] },
      13,
    ],
  ];
  for (const [title, verdict, code] of cases) {
    it(title, () => expect(exitCode({ ...calm, ...verdict })).to.equal(code));
  }
});

describe('batches', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e'];
  const sizes = (serial: Parameters<typeof batches>[1]) =>
    batches(hosts, serial, undefined).map((b) => b.length);

  it('takes all hosts at once when serial is not set', () =>
    expect(sizes(undefined)).to.deep.equal([5]));
  it('takes a number of hosts', () => expect(sizes(2)).to.deep.equal([2, 2, 1]));
  it('takes a share of the hosts, at least one', () => {
    expect(sizes('40%')).to.deep.equal([2, 2, 1]);
    expect(sizes('1%')).to.deep.equal([1, 1, 1, 1, 1]);
  });
  it('repeats the last of a list', () => expect(sizes([1, '40%'])).to.deep.equal([1, 2, 2]));
  it('refuses anything else', () =>
    expect(() => sizes('many')).to.throw('serial must be a number'));
});

describe('tags', () => {
  const cases: [string[], string[], string[], boolean][] = [
    [[], [], [], true],
    [['a'], ['a'], [], true],
    [['b'], ['a'], [], false],
    [['always'], ['a'], [], true],
    [['always'], [], ['always'], false],
    [['never', 'a'], [], [], false],
    [['never', 'a'], ['a'], [], true],
    [['a'], ['tagged'], [], true],
    [[], ['tagged'], [], false],
    [[], ['untagged'], [], true],
    [['a'], ['untagged'], [], false],
    [['a'], [], ['a'], false],
    [['a'], ['all'], ['b'], true],
  ];
  for (const [own, tags, skip, runs] of cases) {
    it(`[${own.join()}] with --tags ${tags.join() || '-'} --skip-tags ${skip.join() || '-'} ${runs ? 'runs' : 'does not run'}`, () =>
      expect(wanted(own, tags, skip)).to.equal(runs));
  }
});
