import { expect } from 'chai';
import { OrchError } from '../../../src/lib/errors.ts';
import { showSource } from '../../../src/lib/source.ts';
import { MASK, Secret, Unknown, type LazyMap } from '../../../src/model/value.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';
import { printed, scalar, scopeOf, tree, value, values, written } from './support.ts';

function failure(work: () => unknown): OrchError {
  try {
    work();
  } catch (error) {
    if (error instanceof OrchError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const unknown = new Unknown('the command is not run in check mode');

describe('variables', () => {
  it('are templated when read; what a template computes is text, as in Ansible', () => {
    const scope = scopeOf([
      written({ port: '{{ base + 1 }}', base: 80, url: 'http://h:{{ port }}' }),
    ]);
    expect(scope.get('port')).to.equal('81');
    expect(scope.resolve(scalar('{{ base }}'))).to.equal(80);
    expect(scope.get('url')).to.equal('http://h:81');
  });

  it('of stronger layers are seen by weaker ones', () => {
    const scope = scopeOf([written({ url: 'http://{{ name }}' }), written({ name: 'weak' })]);
    expect(scope.with(written({ name: 'strong' })).get('url')).to.equal('http://strong');
    expect(scope.get('url')).to.equal('http://weak');
  });

  it('nobody reads are never evaluated', () => {
    let read = 0;
    const layer = {
      name: 'facts',
      vars: new Map([['a', { lazy: () => ++read }]]),
    };
    const scope = scopeOf([layer, written({ broken: '{{ 1 / 0 }}', x: 1 })]);
    expect(scope.get('x')).to.equal(1);
    expect(read).to.equal(0);
    scope.get('a');
    scope.with(written({ b: 2 })).get('a');
    expect(read).to.equal(1);
  });

  it('that need themselves are refused with the chain', () => {
    const scope = scopeOf([written({ a: '{{ b }}', b: '{{ c | default(1) }}', c: 'x{{ a }}' })]);
    const error = failure(() => scope.get('a'));
    expect(error.message).to.equal('The variable "a" needs itself: a -> b -> c -> a.');
    expect(error.source && showSource(error.source)).to.equal('play.yml:3:10');
  });

  it('nothing defines are nothing, and an error where a template uses them', () => {
    const scope = scopeOf([values({ zones: {}, zone_name: 'public' })]);
    expect(scope.get('nope')).to.equal(undefined);
    const error = failure(() => scope.resolve(scalar('{{ zone_nam }}')));
    expect(error.code).to.equal('VARIABLE_UNDEFINED');
    expect(error.message).to.equal(
      'The variable "zone_nam" is not defined. Did you mean "zone_name"?',
    );
  });

  it('name the entry that is missing, and the closest one', () => {
    const error = failure(() => value('zone.prots | join', { zone: { ports: [] } }));
    expect(error.message).to.equal('"zone" has no "prots". Did you mean "ports"?');
  });

  it('that read an undefined one are undefined themselves', () => {
    const scope = scopeOf([written({ a: '{{ b.c }}', b: {}, c: "{{ a | default('x') }}" })]);
    expect(scope.get('c')).to.equal('x');
    expect(failure(() => scope.get('a')).message).to.equal('"b" has no "c".');
  });

  it('from hosts are data whatever braces they hold', () => {
    const braces = '{{ 7 * 7 }}{% if x %}';
    const scope = scopeOf([
      values({ stdout: braces, r: { stdout: braces, list: [braces] } }),
      written({ copy: '{{ r }}', text: 'got {{ stdout }}' }),
    ]);
    expect(scope.get('stdout')).to.equal(braces);
    expect(scope.get('copy')).to.deep.equal({ stdout: braces, list: [braces] });
    expect(scope.get('text')).to.equal(`got ${braces}`);
    expect(scope.resolve(scalar("{{ copy.list | map('trim') | first }}"))).to.equal(braces);
    expect(scope.condition(scalar("'49' in stdout"))).to.equal(false);
  });

  it('marked !unsafe stay as they are', () => {
    expect(scopeOf([]).resolve(scalar('{{ x }}', { literal: true }))).to.equal('{{ x }}');
  });
});

describe('resolving a tree', () => {
  it('keeps lists and maps, and templates the strings in them', () => {
    const scope = scopeOf([values({ x: [1], y: 'b' })]);
    expect(scope.resolve(tree({ a: '{{ x }}', b: ['{{ y }}c', 5, null] }))).to.deep.equal({
      a: [1],
      b: ['bc', 5, null],
    });
  });

  it('gives text for anything mixed, and for a lone number beside blanks', () => {
    expect(printed('{{ x }} ', { x: 5 })).to.equal('5 ');
    expect(printed('{{ x }}{{ x }}', { x: 5 })).to.equal('55');
    expect(printed('{{ x }}', { x: 5 })).to.equal(5);
  });

  it('gives the list when a template prints one list and blanks', () => {
    expect(printed('{{ [1] + [2] }}\n')).to.deep.equal([1, 2]);
    expect(printed('{% set l = [] %}{% set _ = l.append(1) %}{{ l }}')).to.deep.equal([1]);
    expect(printed('x {{ [1] }}')).to.equal('x [1]');
  });

  it('takes text that looks like a list for one, but never for a template', () => {
    expect(printed('{{ x }}{{ y }}', { x: '[1', y: ',2]' })).to.deep.equal([1, 2]);
    expect(printed('{{ x }}', { x: "['{{ 1 + 1 }}']" })).to.deep.equal(['{{ 1 + 1 }}']);
    expect(printed('{{ x | to_json }}', { x: [1] })).to.equal('[1]');
  });

  it('changes a variable for this template only', () => {
    const list = [1];
    expect(printed('{% set _ = x.append(2) %}{{ x }}{{ x | length }}', { x: list })).to.equal(
      '[1, 2]2',
    );
    expect(list).to.deep.equal([1]);
  });
});

describe('conditions', () => {
  const scope = scopeOf([
    values({ yes: true, empty: [], word: 'false', r: { rc: 0 }, u: unknown }),
    written({ indirect: '{{ r.rc == 0 }}' }),
  ]);
  const holds = (condition: unknown): boolean | Unknown => scope.condition(tree(condition));

  it('are expressions, booleans, or lists that must all hold', () => {
    expect(holds('r.rc == 0')).to.equal(true);
    expect(holds(false)).to.equal(false);
    expect(holds(['yes', 'r.rc == 1'])).to.equal(false);
    expect(holds(['yes', true])).to.equal(true);
    expect(holds([])).to.equal(true);
    expect(holds(null)).to.equal(true);
  });

  it('follow Python truth', () => {
    expect(holds('empty')).to.equal(false);
    expect(holds('word')).to.equal(true);
    expect(holds('indirect')).to.equal(true);
  });

  it('may stand in braces as a whole', () => {
    expect(holds('{{ r.rc == 0 }}')).to.equal(true);
    expect(holds('{{ word }}')).to.equal(false);
  });

  it('take braces in a part of them for the value they spell, and run nothing', () => {
    const scope = createEvaluator().scope([
      values({
        yes: true,
        n: 3,
        word: "it's",
        name: 'n',
        quoted: "'a'",
        call: "lookup('pipe', 'x')",
      }),
    ]);
    const asked = (text: string): unknown => scope.condition(scalar(text));
    expect(asked('{{ yes }} and {{ n }} > 2')).to.equal(true);
    expect(asked('word == "{{ word }}"')).to.equal(true);
    expect(asked('"-{{ n }}-" == \'-3-\'')).to.equal(true);
    expect(asked("{{ quoted }} == 'a'")).to.equal(true);
    expect(asked('{{ name }} == 3')).to.equal(true);
    expect(failure(() => asked('{{ call }} == 1')).code).to.equal('TEMPLATE_FAILED');
    expect(failure(() => asked('{{ word }} == 1')).code).to.equal('TEMPLATE_FAILED');
    expect(failure(() => asked("'x' in {{ r.stdout }}")).code).to.equal('VARIABLE_UNDEFINED');
    expect(failure(() => asked("'x' in {{ r.stdout")).code).to.equal('TEMPLATE_SYNTAX');
    expect(failure(() => asked('{% if yes %}yes{% endif %}')).code).to.equal('TEMPLATE_SYNTAX');
  });

  it('are unknown when they hang on an unknown value, and only then', () => {
    expect(holds('u')).to.equal(unknown);
    expect(holds('u.rc == 0')).to.be.instanceOf(Unknown);
    expect(holds(['u', 'yes'])).to.equal(unknown);
    expect(holds(['u', 'not yes'])).to.equal(false);
    expect(holds('u and not yes')).to.equal(false);
    expect(holds('not yes and u')).to.equal(false);
    expect(holds('u or yes')).to.equal(true);
    expect(holds('yes or u')).to.equal(true);
    expect(holds('u or not yes')).to.equal(unknown);
    expect(holds(['u', 'nope'])).to.equal(unknown);
  });
});

describe('unknown values', () => {
  const vars = { u: unknown, list: [1, unknown], r: { known: 1, id: unknown } };

  it('make what is made of them unknown, with the same reason', () => {
    for (const expression of [
      'u + 1',
      'u ~ "x"',
      'u | int',
      'u | default("x")',
      'u.a.b',
      'u[0]',
      'u.upper()',
      'not u',
      '1 if u else 2',
      'list | join(",")',
      'list | sort',
      'list | sum',
      '"x" | replace("x", u)',
      'list == [1, 2]',
      '2 in list',
      'r | to_json',
      'u is failed',
      'u.rc is defined',
      'list[1:] | map("upper") | join',
      'range(u)',
      '-u',
      '"%s" % u',
      'u in [1]',
      '{u: 1}',
    ]) {
      const got = value(expression, vars);
      expect(got, expression).to.be.instanceOf(Unknown);
      expect((got as Unknown).why, expression).to.equal(unknown.why);
    }
    expect(printed('a {{ u }}', vars)).to.equal(unknown);
    expect(printed('{% if u %}a{% endif %}', vars)).to.equal(unknown);
    expect(printed('{% for i in u %}a{% endfor %}b', vars)).to.equal(unknown);
  });

  it('leave alone what does not need them', () => {
    expect(value('list | length', vars)).to.equal(2);
    expect(value('list[0]', vars)).to.equal(1);
    expect(value('1 in list', vars)).to.equal(true);
    expect(value('list == [2, 2]', vars)).to.equal(false);
    expect(value('r.known', vars)).to.equal(1);
    expect(value('u is defined', vars)).to.equal(true);
    expect(value('r.id is defined', vars)).to.equal(true);
    expect(value('u is undefined', vars)).to.equal(false);
    expect(value('[u, 1] | last', vars)).to.equal(1);
  });
});

describe('secrets', () => {
  const vars = { s: new Secret('hunter2'), other: 'plain', list: [new Secret('a'), 'b'] };
  const reveal = (expression: string): string => {
    const got = value(expression, vars);
    expect(got, expression).to.be.instanceOf(Secret);
    return (got as Secret).reveal();
  };

  it('make every text made from them secret', () => {
    expect(reveal('s ~ "x"')).to.equal('hunter2x');
    expect(reveal('s + "x"')).to.equal('hunter2x');
    expect(reveal('s | upper')).to.equal('HUNTER2');
    expect(reveal('s.replace("2", "3")')).to.equal('hunter3');
    expect(reveal('s[0]')).to.equal('h');
    expect(reveal('s[1:]')).to.equal('unter2');
    expect(reveal('s | b64encode')).to.equal('aHVudGVyMg==');
    expect(reveal('"%s!" % s')).to.equal('hunter2!');
    expect(reveal('"{}".format(s)')).to.equal('hunter2');
    expect(reveal('list | join("-")')).to.equal('a-b');
    expect(reveal('{"k": s} | to_json')).to.equal('{"k": "hunter2"}');
    expect(reveal('list | string')).to.equal("['a', 'b']");
    expect(reveal('"xhunter2" | replace(s, "y")')).to.equal('xy');
    expect(reveal('s | list | first')).to.equal('h');
    expect(reveal('[s, s] | map("upper") | first')).to.equal('HUNTER2');
    const text = printed('pw={{ s }};', vars);
    expect((text as Secret).reveal()).to.equal('pw=hunter2;');
    const captured = printed(
      '{% set x %}{{ s }}{% endset %}{% macro m(y) %}[{{ y }}]{% endmacro %}{{ m(x) }}',
      vars,
    );
    expect((captured as Secret).reveal()).to.equal('[hunter2]');
  });

  it('leave text not made from them in the clear', () => {
    expect(value('list[1]', vars)).to.equal('b');
    expect(value('list | map("upper") | list', vars)).to.satisfy((v: unknown[]) => v[1] === 'B');
    expect(value('"shown" if s == "hunter2" else "no"', vars)).to.equal('shown');
    expect(value('s | length', vars)).to.equal(7);
    expect(value('other ~ (s is defined)', vars)).to.equal('plainTrue');
  });

  it('stay out of errors and of the keys of maps', () => {
    for (const expression of [
      's | from_json',
      's + 1',
      '{s: 1}',
      's | regex_search("(")',
      's.nope',
      'other[s]',
    ]) {
      const error = failure(() => value(expression, vars));
      expect(`${error.message} ${error.hint}`, expression).not.to.contain('hunter2');
    }
  });

  it('come from encrypted text, and hide as JSON', () => {
    const got = scopeOf([]).resolve(scalar('x', { secret: true }));
    expect(JSON.stringify(got)).to.equal(`"${MASK}"`);
  });
});

describe('lazy maps', () => {
  it('make only the entries that are read', () => {
    const read: string[] = [];
    const hostvars: LazyMap = {
      lazy: true,
      keys: () => ['a', 'b'],
      get: (key) => {
        read.push(key);
        return key === 'a' || key === 'b' ? { ip: `10.0.0.${key}` } : undefined;
      },
    };
    const vars = { hostvars };
    expect(value("hostvars['a'].ip", vars)).to.equal('10.0.0.a');
    expect(value('hostvars.b.ip', vars)).to.equal('10.0.0.b');
    expect(read).to.deep.equal(['a', 'b']);
    expect(value("'b' in hostvars", vars)).to.equal(true);
    expect(value('hostvars | length', vars)).to.equal(2);
    expect(value('hostvars.keys()', vars)).to.deep.equal(['a', 'b']);
    expect(read).to.have.length(2);
    expect(value("['a', 'b'] | map('extract', hostvars, 'ip') | list", vars)).to.deep.equal([
      '10.0.0.a',
      '10.0.0.b',
    ]);
    expect(value("hostvars.get('z', 1)", vars)).to.equal(1);
    expect(failure(() => value('hostvars.z', vars)).code).to.equal('VARIABLE_UNDEFINED');
  });

  it('are not imitated by data', () => {
    expect(value('fact.lazy', { fact: { lazy: true } })).to.equal(true);
  });
});

describe('places of errors', () => {
  const at = (text: string): string => {
    const { source } = failure(() => scopeOf([values({ x: 1 })]).resolve(scalar(text)));
    return source ? `${source.line}:${source.column}` : '';
  };

  it('name the column of the expression in a scalar of one line', () => {
    // Column 10 is the quote; the text starts behind it.
    expect(at('{{ nope }}')).to.equal('3:14');
    expect(at('plain {{ nope }}')).to.equal('3:19');
    expect(at('plain {{ x.y }}')).to.equal('3:21');
    expect(at('plain {{ x + nope }}')).to.equal('3:23');
    expect(at('plain {{ x | nope }}')).to.equal('3:23');
    expect(at('plain {{ 1 + }}')).to.equal('3:23');
  });

  it('name the line of the expression in a block', () => {
    expect(at('one\ntwo {{ nope }}\n')).to.equal('5:8');
  });

  it('are those of the template that fails, not of its reader', () => {
    const elsewhere = { file: 'vars.yml', line: 7, column: 4 };
    const layer = {
      name: 'vars',
      vars: new Map([['a', { tree: scalar('x {{ 1 / 0 }}', { source: elsewhere }) }]]),
    };
    const error = failure(() => scopeOf([layer]).resolve(scalar('{{ a }}')));
    expect(error.source && showSource(error.source)).to.equal('vars.yml:7:11');
  });

  it('of an expression without braces count from its start', () => {
    const error = failure(() => scopeOf([]).condition(scalar('1 == nope')));
    expect(error.source?.column).to.equal(15);
  });
});

describe('limits', () => {
  it('end what would hang or flood', () => {
    for (const text of [
      '{{ range(10000000) }}',
      "{{ 'a' * 1000000000 }}",
      '{{ [1] * 100000000 }}',
      "{{ 'a'.ljust(1000000000) }}",
      "{{ '%1000000000d' % 1 }}",
      '{% for a in range(3000) %}{% for b in range(3000) %}{{ a }}{% endfor %}{% endfor %}',
      "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
      '{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}',
      '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
      '{% set l = [] %}{% set _ = l.append(l) %}{{ l }}',
      `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`,
      '{{ range(100) | permutations(5) }}',
    ]) {
      const { code } = failure(() => printed(text));
      expect(code, text.slice(0, 60)).to.be.oneOf(['TEMPLATE_FAILED', 'TEMPLATE_SYNTAX']);
    }
  });

  it('count each evaluation on its own', () => {
    const scope = scopeOf([]);
    for (let i = 0; i < 5; i++) {
      scope.resolve(
        scalar('{% for a in range(600) %}{% for b in range(600) %}{% endfor %}{% endfor %}'),
      );
    }
  });
});

describe('ports', () => {
  it('give lookups, time and YAML', () => {
    const ports = {
      lookups: { env: (terms: readonly unknown[]) => terms.map((t) => `<${String(t)}>`) },
      yaml: () => [{ a: 1 }],
      now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
      random: () => 0.5,
    };
    const scope = createEvaluator(ports).scope([]);
    const get = (expression: string): unknown => scope.expression(expression, scalar(expression));
    expect(get("lookup('env', 'HOME', 'X')")).to.equal('<HOME>,<X>');
    expect(get("query('ansible.builtin.env', 'HOME')")).to.deep.equal(['<HOME>']);
    expect(get("('a: 1' | from_yaml).a")).to.equal(1);
    expect(get("now(utc=true).strftime('%Y-%m-%d')")).to.equal('2026-01-02');
    expect(get("now(true, '%H:%M')")).to.equal('03:04');
    expect(get('[1, 2, 3] | random')).to.equal(2);
    expect(failure(() => get("lookup('evn', 'x')")).message).to.equal(
      'There is no lookup "evn". Did you mean "env"?',
    );
  });

  it('are the only way out: without them nothing can be read', () => {
    for (const expression of [
      "lookup('pipe', 'id')",
      "lookup('file', '/etc/passwd')",
      'now()',
      "'x' | from_yaml",
    ]) {
      expect(failure(() => value(expression)).code, expression).to.equal('TEMPLATE_FAILED');
    }
  });
});

describe('addresses', () => {
  for (const [expression, wanted] of [
    ["'10.0.1.5/24' | ipaddr('network')", '10.0.1.0'],
    ["'10.0.1.5/24' | ipaddr('network/prefix')", '10.0.1.0/24'],
    ["'10.0.1.5/24' | ipaddr('address')", '10.0.1.5'],
    ["'10.0.1.5/24' | ipaddr('prefix')", 24],
    ["'10.0.1.5/24' | ipaddr('netmask')", '255.255.255.0'],
    ["'10.0.1.5/24' | ipaddr('broadcast')", '10.0.1.255'],
    ["'10.0.1.0/24' | ipaddr(10)", '10.0.1.10/24'],
    ["'10.0.1.0/24' | ipaddr('-1') | ipaddr('address')", '10.0.1.255'],
    ["'10.0.1.0/24' | ipaddr('address')", null],
    ["'192.168.1.1' | ipaddr('private')", '192.168.1.1'],
    ["'8.8.8.8' | ipaddr('private')", null],
    ["'nonsense' | ipaddr", false],
    ["'10.0.1.5' | ipaddr('10.0.0.0/8')", '10.0.1.5'],
    ["'11.0.1.5' | ipaddr('10.0.0.0/8')", null],
    ["['10.0.0.1', 'x', '::1'] | ipv4", ['10.0.0.1']],
    ["'2001:db8::1/64' | ansible.utils.ipaddr('network')", '2001:db8::'],
    ["'2001:db8::1' | ipwrap", '[2001:db8::1]'],
  ] as const) {
    it(`${expression} is ${JSON.stringify(wanted)}`, () => {
      expect(value(expression)).to.deep.equal(wanted);
    });
  }
});
