import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { PatternFlaw, pythonRegex, replaceAll } from '../../../src/lib/python-regex.ts';

/** What Python's re said, per test/fixtures/python-regex/make.py. */
interface Truth {
  readonly pattern: string;
  readonly text: string;
  readonly bytes: boolean;
  readonly multiline: boolean;
  readonly dotall: boolean;
  readonly replacement: string | null;
  /** Where it matches, and what the replacement makes; null when Python refuses the pattern. */
  readonly spans: readonly (readonly [number, number])[] | null;
  readonly replaced: string | null;
}

const truths = JSON.parse(
  readFileSync('test/fixtures/python-regex/truth.json', 'utf8'),
) as readonly Truth[];

function ours({ pattern, text, bytes, multiline, dotall, replacement }: Truth): Partial<Truth> {
  const subject = bytes ? Buffer.from(text).toString('latin1') : text;
  try {
    const regex = pythonRegex(bytes ? Buffer.from(pattern).toString('latin1') : pattern, {
      over: bytes ? 'bytes' : 'text',
      multiline,
      dotAll: dotall,
    });
    const points = (offset: number): number => Array.from(subject.slice(0, offset)).length;
    const spans = [...subject.matchAll(regex)].map(
      (m) => [points(m.index), points(m.index + m[0].length)] as const,
    );
    if (replacement === null) return { spans, replaced: null };
    const { text: replaced } = replaceAll(subject, regex, replacement);
    return { spans, replaced: bytes ? Buffer.from(replaced, 'latin1').toString() : replaced };
  } catch (error) {
    if (!(error instanceof PatternFlaw)) throw error;
    return { spans: null, replaced: null };
  }
}

describe('patterns of Python', () => {
  it('have many truths', () => expect(truths.length).to.be.greaterThan(80));

  for (const truth of truths) {
    const { pattern, text, replacement } = truth;
    it(`${JSON.stringify(pattern)} in ${JSON.stringify(text)} -> ${String(replacement)}`, () => {
      const { spans, replaced } = truth;
      expect(ours(truth)).to.deep.equal({ spans, replaced });
    });
  }

  it('are refused with a reason where orch does not have what they use', () => {
    expect(() => pythonRegex('a++')).to.throw(PatternFlaw, 'possessive');
    expect(() => pythonRegex('(?(1)a|b)')).to.throw(PatternFlaw, 'does not have');
    expect(() => pythonRegex('a\\')).to.throw(PatternFlaw, 'backslash');
  });
});
