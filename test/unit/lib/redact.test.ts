import { expect } from 'chai';
import fc from 'fast-check';
import { redact, redactor } from '../../../src/lib/redact.ts';
import { Secret, Unknown } from '../../../src/model/value.ts';

const M = '********';

describe('redact', () => {
  for (const [what, text, clean] of [
    ['anywhere in a text', 'login with hunter22!', `login with ${M}!`],
    ['quoted for a shell', `echo 'it'\\''s a pass'`, `echo ${M}`],
    ['escaped in JSON', '{"p":"line\\"one"}', `{"p":"${M}"}`],
    ['in a URL', 'http://u:a%2Fb%3Fc@h/', `http://u:${M}@h/`],
    ['in base64', 'Authorization: aHVudGVyMjI=', `Authorization: ${M}=`],
    ['each line of a long one', '+MIIEvQIBADANBg', `+${M}`],
    ['a short one, only as a whole', 'xy', M],
    ['a short one in a word stays', 'boxy', 'boxy'],
  ] as const) {
    it(`masks a secret ${what}`, () => {
      const secrets = new Set([
        'hunter22',
        "it's a pass",
        'line"one',
        'a/b?c',
        'KEY BEGIN\nMIIEvQIBADANBg\nEND',
        'xy',
        '',
      ]);
      expect(redact(text, secrets)).to.equal(clean);
    });
  }

  it('masks any secret however it is written: JSON, Python, YAML, base64 behind other bytes', () => {
    const core = fc.stringMatching(/^[0-9a-f]{12}$/);
    const odd = fc.string({
      unit: fc.constantFrom('a', "'", '"', '\\', '$', '&', '<', '%', '+', '/', ' ', 'é', '€', '\t'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(odd, core, odd, fc.nat(3), (before, middle, after, gap) => {
        const secret = `${before}${middle}${after}`;
        const clean = redactor(new Set([secret]));
        const escaped = secret.replaceAll('\\', '\\\\').replaceAll('\t', '\\t');
        const ascii = JSON.stringify(secret).replace(
          /[^\x20-\x7e]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        for (const text of [
          JSON.stringify({ secret }),
          ascii,
          `'${escaped.replaceAll("'", "\\'")}'`,
          `"${escaped}"`,
          `'${secret.replaceAll("'", "''")}'`,
          encodeURIComponent(secret),
        ])
          expect(clean(text)).not.to.contain(middle);
        const coded = Buffer.from(`${'x'.repeat(gap)}${secret}yz`);
        const [first, second] = (['base64', 'base64url'] as const).map((way) =>
          Buffer.from(clean(coded.toString(way)).replaceAll(M, ''), way).toString('latin1'),
        );
        for (const left of [first, second]) expect(left).not.to.contain(middle);
      }),
    );
  });

  it('masks the longer of two secrets that begin alike', () => {
    expect(redact('password123', new Set(['password', 'password123']))).to.equal(M);
  });

  it('masks keys and numbers too', () => {
    expect(redact({ s3cret: [12345678] }, new Set(['s3cret', '12345678']))).to.deep.equal({
      [M]: [M],
    });
  });

  it('keeps the words of the event union, whatever secrets are called', () => {
    const event = { type: 'task-ended', outcome: { kind: 'changed', message: 'changed' } };
    expect(redact(event, new Set(['changed', 'task-ended']))).to.deep.equal({
      type: 'task-ended',
      outcome: { kind: 'changed', message: M },
    });
  });

  it('turns values that are no JSON into JSON', () => {
    const data = {
      a: new Secret('hidden'),
      b: new Unknown('not run'),
      c: undefined,
      d: () => 1,
      e: null,
      f: true,
    };
    expect(redact(data, new Set())).to.deep.equal({
      a: M,
      b: 'unknown: not run',
      e: null,
      f: true,
    });
  });

  it('masks secrets that become known later', () => {
    const secrets = new Set<string>();
    const clean = redactor(secrets);
    expect(clean('later')).to.equal('later');
    secrets.add('later');
    expect(clean('later')).to.equal(M);
  });

  it('takes names that every object has for names', () => {
    expect(redact({ valueOf: 'x', toString: 'hidden' }, new Set(['hidden']))).to.deep.equal({
      valueOf: 'x',
      toString: M,
    });
  });

  it('leaves no secret in any structure', () => {
    const secret = 's3cr3t-Pa$$w0rd';
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, around) => {
        const planted = JSON.parse(JSON.stringify(value), (_, v: unknown) =>
          typeof v === 'string' ? `${around}${secret}${v}` : v,
        ) as unknown;
        expect(JSON.stringify(redact({ planted, [secret]: 1 }, new Set([secret])))).not.to.include(
          secret,
        );
      }),
    );
  });
});
