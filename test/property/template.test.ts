import { expect } from 'chai';
import fc from 'fast-check';
import { OrchError } from '../../src/lib/errors.ts';
import { isMap, Secret, Unknown, type Value } from '../../src/model/value.ts';
import { checkTemplate } from '../../src/template/check.ts';
import { asJson, scalar, scopeOf, value, values } from '../unit/template/support.ts';

const VARS = {
  x: 5,
  s: 'text',
  l: [3, 1, 2],
  d: { a: 1, b: [2] },
  n: null,
  t: true,
  u: new Unknown('why'),
};
const PIECES = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '.',
  ',',
  ':',
  '~',
  '+',
  '-',
  '*',
  '/',
  '**',
  '==',
  '<',
  '=',
  ' ',
  '\n',
  "'",
  '"',
  '\\',
  'x',
  's',
  'l',
  'd',
  'u',
  'nope',
  '1',
  '2.5',
  'if',
  'else',
  'for',
  'in',
  'not',
  'is',
  'and',
  'or',
  'set',
  'endif',
  'endfor',
  'endset',
  'raw',
  'endraw',
  'defined',
  'upper',
  'map',
  'join',
  'default',
  'loop',
  'sort',
  'int',
  'items',
  'format',
  '%s',
  'macro',
  'endmacro',
  'regex_replace',
  'é',
  '😀',
  '\0',
];

const soup = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 25 })
  .map((parts) => parts.join(' '));
const template = fc.oneof(
  fc.string({ maxLength: 40 }),
  soup,
  soup.map((text) => `{{ ${text} }}`),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((parts) => `{{${parts.join('')}}}`),
);

/** Whether a value is plain finished data. */
function finished(v: Value): boolean {
  if (v === null || ['string', 'number', 'boolean'].includes(typeof v)) return true;
  if (v instanceof Unknown || v instanceof Secret) return true;
  if (Array.isArray(v)) return (v as readonly Value[]).every(finished);
  return isMap(v) && Object.values(v).every(finished);
}

describe('any text as a template', () => {
  it('gives finished data or an OrchError with a place, and nothing else', () => {
    const scope = scopeOf([values(VARS)]);
    fc.assert(
      fc.property(template, (text) => {
        try {
          expect(finished(scope.resolve(scalar(text)))).to.equal(true);
        } catch (error) {
          if (!(error instanceof OrchError)) throw error;
          expect(error.source?.file).to.equal('play.yml');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is checked without an exception, and what has a syntax error never evaluates', () => {
    const scope = scopeOf([values(VARS)]);
    fc.assert(
      fc.property(template, (text) => {
        if (checkTemplate(scalar(text)).some(({ message }) => !message.startsWith('There is no'))) {
          expect(() => scope.resolve(scalar(text))).to.throw(OrchError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('as a condition gives true, false, unknown or an OrchError', () => {
    const scope = scopeOf([values(VARS)]);
    fc.assert(
      fc.property(soup, (text) => {
        try {
          const answer = scope.condition(scalar(text));
          expect(typeof answer === 'boolean' || answer instanceof Unknown).to.equal(true);
        } catch (error) {
          if (!(error instanceof OrchError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('data of any kind', () => {
  it('comes out of a template as it went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const plain = data as Value;
        expect(value('x', { x: plain })).to.deep.equal(plain);
        expect(value('[x] | first', { x: plain })).to.deep.equal(plain);
      }),
    );
  });

  it('survives JSON and back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value_) => {
        const data = JSON.parse(JSON.stringify(value_)) as Value;
        expect(asJson(value('x | to_json | from_json', { x: data }))).to.deep.equal(data);
      }),
    );
  });
});

describe('the sandbox', () => {
  const attempts = [
    "''.constructor",
    "''.constructor.constructor('return process')()",
    's.__proto__',
    'd.__proto__',
    'd.constructor',
    'd.__defineGetter__',
    "d['constructor']",
    "d['__proto__']['polluted']",
    'l.constructor',
    'l.map.constructor',
    'l.push',
    'l.length',
    "d | attr('constructor')",
    "s | attr('__proto__')",
    "[d] | map(attribute='constructor') | first",
    "[d] | map(attribute='__proto__.x') | first",
    'range.constructor',
    'range.__globals__',
    'lookup.call',
    'x.toString',
    'x.toString()',
    'd.hasOwnProperty',
    "d.get('constructor').name",
    "'x'.format.constructor",
    'process',
    'globalThis',
    'require',
    'this',
    'self',
    "'{0.constructor}'.format(s)",
    "'{0.__proto__}'.format(d)",
    'namespace().constructor',
    'namespace(a=1).vars',
    'now.call',
    'd.valueOf',
    "'constructor' | extract(d)",
    '[].__class__.__base__.__subclasses__()',
    'u.why',
    'loop',
    'cycler(1).vars',
    'joiner.caller',
    'arguments',
    'd | items | first | attr("constructor")',
  ];
  for (const attempt of attempts) {
    it(`does not let out through ${attempt}`, () => {
      let got: Value | undefined;
      try {
        got = value(attempt, VARS);
      } catch (error) {
        if (!(error instanceof OrchError)) throw error;
      }
      expect(
        got === undefined || got === null || got instanceof Unknown,
        JSON.stringify(got),
      ).to.equal(true);
    });
  }

  it('keeps __proto__ a key like any other', () => {
    const data = JSON.parse('{"__proto__": {"polluted": 1}}') as Value;
    expect(value("x | combine({'a': 1})", { x: data })).to.have.own.property('a');
    expect(
      value("{'__proto__': {'polluted': 1}} | combine({}, recursive=true) | dict2items | length"),
    ).to.equal(1);
    expect(
      value(
        "'{\"__proto__\": {\"polluted\": 1}}' | from_json | combine({'__proto__': {'b': 2}}, recursive=true) | to_json",
      ),
    ).to.equal('{"__proto__": {"polluted": 1, "b": 2}}');
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
  });
});
