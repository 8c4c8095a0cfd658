import { expect } from 'chai';
import { OrchError } from '../../../src/lib/errors.ts';
import { Unknown, type LazyMap, type Value } from '../../../src/model/value.ts';
import type { Ports } from '../../../src/template/runtime.ts';
import { scalar, scopeOf, values, written } from './support.ts';
import { ports as world } from './world.ts';

/** What a hostile host may answer: had any of it been evaluated, 1337 or a run of the program would show. */
const PAYLOADS: readonly string[] = [
  '{{ 7 * 191 }}',
  '{% if true %}{{ 7 * 191 }}{% endif %}',
  '{{ 7 * 191 }}{# x #}',
  "{{ lookup('pipe', 'id') }}",
  "{{ query('pipe', 'id') }}",
  "{{ q('pipe', 'id') }}",
  "{{ lookup('lines', 'id') }}",
  "{{ lookup('file', '/etc/passwd') }}",
  "{{ lookup('env', 'HOME') }}",
  "{{ lookup('template', '/tmp/x') }}",
  "{% include '/etc/passwd' %}",
  "{% extends '/etc/passwd' %}",
  "{% import '/etc/passwd' as x %}",
  "{% set x = lookup('pipe', 'id') %}{{ x }}",
  "{% for x in query('pipe', 'id') %}{{ x }}{% endfor %}",
  "{% macro m() %}{{ lookup('pipe', 'id') }}{% endmacro %}{{ m() }}",
  "{% filter upper %}{{ lookup('pipe', 'id') }}{% endfilter %}",
  "{{ ''.__class__.__mro__[1].__subclasses__() }}",
  '{{ self.__init__.__globals__ }}',
  '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
  '{{ joiner.__init__.__globals__ }}',
  '{{ namespace.__init__.__globals__ }}',
  "{{ ''.constructor.constructor('return process')() }}",
  '{{ [].constructor }}',
  '{{ {}.__proto__ }}',
  "{{ {}['__proto__']['polluted'] }}",
  '{{ range.constructor("return 1337")() }}',
  '{{ vars }}',
  '{{ hostvars }}',
  '{{ secret }}',
  '{{ secret | b64encode }}',
  "{{ undef('x') }}",
  "['{{ 7 * 191 }}']",
  "{'a': '{{ 7 * 191 }}'}",
  "[\"{{ lookup('pipe', 'id') }}\"]",
  '{"a": "{{ lookup(\'pipe\', \'id\') }}"}',
  '{"__proto__": {"polluted": 1}}',
  '{"constructor": {"prototype": {"polluted": 1}}}',
  "{'__proto__': {'polluted': 1}}",
  "['__proto__', 'polluted']",
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  "{'a': __import__('os').system('id')}",
  '[x for x in ().__class__.__bases__[0].__subclasses__()]',
  "{'a': (lambda: 1337)()}",
  '[7 * 191]',
  "{'a': 7 * 191}",
  'True if 7 * 191 else False',
  '!!python/object/apply:os.system ["id"]',
  '!!js/function "function(){return 1337}"',
  '!unsafe "{{ 7 * 191 }}"',
  '$(id)',
  '`id`',
  '; id',
  '\u001b]0;1337\u0007',
  '#jinja2: variable_start_string: "["\n[7 * 191]',
  '{%- raw -%}{{ 7 * 191 }}{%- endraw -%}{{ 7 * 191 }}',
  '{{ "{{ 7 * 191 }}" }}',
  "' ~ (7 * 191) ~ '",
  "' == '' or lookup('pipe', 'id') or '",
  '{{ payload }}',
  '${7*191}',
  '<%= 7 * 191 %>',
];

/** Ways on which what a host answered travels through playbooks: each a template over `payload`. */
const PATHS: readonly string[] = [
  '{{ payload }}',
  'text {{ payload }} text',
  '{{ payload | trim }}',
  '{{ payload ~ "" }}',
  '{{ [payload] | first }}',
  '{{ {"k": payload} | combine({"z": payload}) }}',
  '{{ {"k": payload} | to_json | from_json }}',
  '{{ payload | to_json }}',
  '{{ payload | quote }}',
  '{{ payload | default("x") }}',
  '{{ (true) | ternary(payload, "x") }}',
  '{{ [payload, payload] | join(",") }}',
  '{{ [{"n": payload}] | map(attribute="n") | list }}',
  '{{ payload | regex_replace("zzz", "") }}',
  '{{ "%s" | format(payload) }}',
  '{{ "{}".format(payload) }}',
  '{{ {payload: 1} }}',
  '{{ {"k": payload} | dict2items }}',
  '{{ hostvars["h"].fact }}',
  '{{ hostvars["h"].result.stdout_lines }}',
  '{{ lookup("vars", "payload") }}',
  '{{ query("items", [payload]) }}',
  '{{ lookup("hostile") }}',
  '{% for p in [payload] %}{{ p }}{% endfor %}',
  '{% set p = payload %}{{ p }}',
  '{% macro m(p) %}{{ p }}{% endmacro %}{{ m(payload) }}',
  '{{ through }}',
  '{{ listed }}',
  '{{ payload | b64encode | b64decode }}',
  '{{ [payload] | to_yaml }}',
  '{{ payload | string }}',
];

describe('what hosts answer', () => {
  const run: string[] = [];
  const spy = (terms: readonly Value[]): readonly Value[] => {
    run.push(JSON.stringify(terms));
    return ['1337'];
  };

  /** A scope in which a payload came from a host by every way there is. */
  const scopeWith = (payload: string): ReturnType<typeof scopeOf> => {
    const ports: Ports = {
      ...world,
      lookups: {
        pipe: spy,
        lines: spy,
        file: spy,
        env: spy,
        template: spy,
        hostile: () => [payload],
      },
      templates: () => {
        run.push('a template file');
        return undefined;
      },
    };
    const hostvars: LazyMap = {
      lazy: true,
      keys: () => ['h'],
      get: () => ({ fact: payload, result: { stdout: payload, stdout_lines: [payload] } }),
    };
    return scopeOf(
      [
        values({ payload, hostvars, result: { stdout: payload, stderr: payload, msg: payload } }),
        written({ through: 'a {{ payload }}', listed: ['{{ payload }}', '{{ result }}'] }),
      ],
      ports,
    );
  };

  const attempt = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      return error.message;
    }
  };

  it('are attacks enough', () => {
    expect(new Set(PAYLOADS).size).to.be.at.least(60);
  });

  for (const payload of PAYLOADS) {
    it(`is never evaluated: ${JSON.stringify(payload)}`, () => {
      run.length = 0;
      // What the attack itself holds is no proof that it ran.
      const shows = payload.includes('1337');
      for (const path of PATHS) {
        const scope = scopeWith(payload);
        const first = attempt(() => scope.resolve(scalar(path)));
        // What a template gave is kept as set_fact keeps it, and read again.
        const kept = scopeWith(payload).with(values({ again: first as Value }));
        const second = attempt(() => kept.resolve(scalar('{{ again }}')));
        const third = attempt(() => kept.condition(scalar("again == 'x' or again is defined")));
        expect(third === true || third instanceof Unknown || typeof third === 'string').to.equal(
          true,
        );
        for (const got of [first, second]) {
          if (!shows) expect(JSON.stringify(got), path).not.to.contain('1337');
        }
        expect(run, path).to.deep.equal([]);
      }
      expect(({} as { polluted?: number }).polluted).to.equal(undefined);
      expect(Object.prototype).not.to.have.property('polluted');
    });
  }

  it('is data in a condition too, whatever quotes it brings', () => {
    run.length = 0;
    for (const payload of PAYLOADS) {
      const scope = scopeWith(payload);
      expect(
        attempt(() => scope.condition(scalar('payload == "no such text"'))),
        payload,
      ).to.equal(false);
      expect(
        attempt(() => scope.condition(scalar('result.stdout is defined'))),
        payload,
      ).to.equal(true);
      expect(
        attempt(() => scope.condition(scalar("'{{ payload }}' == 'x'"))),
        payload,
      ).to.equal(false);
      const spelt = attempt(() => scope.condition(scalar("{{ payload }} == 'no such text'")));
      // No value at all, or one that is not this text: never something that was run.
      expect(spelt, payload).to.not.equal(true);
    }
    expect(run).to.deep.equal([]);
  });
});

describe('a text of many millions of characters', () => {
  const long = 'x'.repeat(9_000_000);
  for (const [what, text, length] of [
    ['from_json', '{{ ({"k": long} | to_json | from_json).k | length }}', 9_000_000],
    ['a literal', `{{ "${long}" | length }}`, 9_000_000],
    ['what looks like a list', `['{{ long }}']`, 1],
  ] as const)
    it(`is no trouble in ${what}`, () => {
      const given = scopeOf([values({ long })]).resolve(scalar(text));
      if (length === 1) expect(given).to.deep.equal([long]);
      else expect(Number(given)).to.equal(length);
    });
});
