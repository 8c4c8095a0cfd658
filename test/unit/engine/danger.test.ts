import { expect } from 'chai';
import { dangerOf, managementSources } from '../../../src/engine/danger.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';
import type { Value } from '../../../src/model/value.ts';

const lockout = { kind: 'lockout', sentence: 'S', hint: 'open it first' } as const;
const unknown = { kind: 'unknown', sentence: 'S' } as const;
const no = { allowed: false, guarded: false };

describe('what becomes of a change that may cut the way in', () => {
  it('is nothing where it is safe', () => {
    expect(dangerOf({ kind: 'safe' }, no)).to.deep.equal({ warnings: [] });
  });

  it('is a refusal where it would', () => {
    for (const guarded of [false, true]) {
      const { refusal, warnings } = dangerOf(lockout, { allowed: false, guarded });
      expect(warnings).to.deep.equal([]);
      expect(refusal).to.include({
        code: 'LOCKOUT',
        message: 'this would lock you out: S',
        hint: 'open it first; allow_lockout: true lets it pass',
      });
    }
  });

  it('is a warning where it is allowed', () => {
    expect(dangerOf(lockout, { ...no, allowed: true })).to.deep.equal({
      warnings: ['this locks you out, as allow_lockout permits: S'],
    });
  });

  it('is a refusal where it cannot be told, unless a safeguard tries it or it is allowed', () => {
    const { refusal } = dangerOf(unknown, no);
    expect(refusal).to.include({
      code: 'LOCKOUT',
      message: 'whether this locks you out cannot be told: S',
    });
    for (const given of [
      { allowed: true, guarded: false },
      { allowed: false, guarded: true },
    ]) {
      expect(dangerOf(unknown, given)).to.deep.equal({
        warnings: ['whether this locks you out cannot be told: S'],
      });
    }
  });
});

describe('management_sources', () => {
  const of = (value: Value) =>
    managementSources(
      createEvaluator().scope([
        { name: 'vars', vars: new Map([['management_sources', { value }]]) },
      ]),
    );

  it('is a list of addresses, or one, or left out', () => {
    expect(managementSources(createEvaluator().scope([]))).to.deep.equal([]);
    expect(of('10.0.0.5')).to.deep.equal(['10.0.0.5']);
    expect(of(['10.0.0.5', '10.8.0.0/24'])).to.deep.equal(['10.0.0.5', '10.8.0.0/24']);
    expect(() => of([5])).to.throw('not a list of addresses');
  });
});
