import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';

/**
 * Hostile data. Each attempt makes a file of its own when any part of it is evaluated: by a template, by the shell of the
 * host or of this machine, or by JavaScript. It arrives from a host or a file, goes through everything a playbook does
 * with data, and comes out as it was: through the engine, and a real shell.
 */
const ATTEMPTS: readonly (readonly [name: string, text: (canary: string) => string])[] = [
  ['a lookup in braces', (c) => `{{ lookup('pipe', 'touch ${c}') }}`],
  ['a statement', (c) => `{% set x = query('pipe', 'touch ${c}') %}`],
  ['braces in braces', (c) => `{{ '{{' }} lookup('pipe', 'touch ${c}') {{ '}}' }}`],
  [
    'the constructor of a text',
    (c) =>
      `{{ ''.constructor.constructor('return process.getBuiltinModule("fs").writeFileSync("${c}", "")')() }}`,
  ],
  ['a substitution', (c) => `$(touch ${c})`],
  ['backquotes', (c) => `\`touch ${c}\``],
  ['the end of single quotes', (c) => `'; touch ${c}; '`],
  ['the end of double quotes', (c) => `"; touch ${c}; "`],
  ['lines of its own', (c) => `x\ntouch ${c}\nx`],
  ['operators', (c) => `x; touch ${c} & touch ${c} | touch ${c} && touch ${c}`],
  ['the escape of a terminal', (c) => `\u001b]0;x\u0007\u001b[2J$(touch ${c})`],
];

const count = ATTEMPTS.length;
const canaryOf = (way: string, i: number): string => `canary-${way}-${i}`;
const textOf = (way: string, i: number): string => ATTEMPTS[i]?.[1](canaryOf(way, i)) ?? '';
const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

/** What a playbook does with texts that stand in the variable `out`. */
const USES = `
- debug: {msg: "{{ item }}"}
  loop: "{{ out }}"
- set_fact:
    one: "{{ out[0] }}"
    text: "{{ out | join('|') }}"
    merged: "{{ {'a': 1} | combine({'b': out}, recursive=true) }}"
    round: "{{ out | to_json | from_json }}"
    pairs: "{{ dict(out | zip(out)) | dict2items }}"
- debug: {msg: "{{ hostvars[inventory_hostname].out }}{{ merged.b }}{{ round }}{{ pairs }}{{ one ~ text }}"}
- debug: {msg: "{{ vars['one'] }}{{ lookup('vars', 'text') }}{{ lookup('items', out) }}"}
- debug: {var: merged}
- assert: {that: "out[item] != one or item == 0", fail_msg: "{{ out[item] }}", success_msg: "{{ out[item] }}"}
  loop: "{{ range(0, out | length) | list }}"
- name: "named {{ item }}"
  command: {argv: [printf, '%s', "{{ item }}"]}
  loop: "{{ out }}"
  loop_control: {label: "of {{ item }}"}
  register: again
- shell: "printf '%s' {{ item | quote }}"
  loop: "{{ out }}"
- shell: printf '%s' "$TEXT"
  environment: {TEXT: "{{ item }}"}
  loop: "{{ out }}"
- debug: {msg: "{{ again.results | map(attribute='stdout') | list }}"}
- copy: {content: "{{ item.1 }}", dest: "{{ dir }}/back-{{ item.0 }}"}
  with_indexed_items: "{{ out }}"
- template: {src: t.j2, dest: "{{ dir }}/templated"}
- lineinfile: {path: "{{ dir }}/lines", line: "{{ item | replace('\\n', ' ') }}", create: true}
  loop: "{{ out }}"
- blockinfile: {path: "{{ dir }}/block", block: "{{ text }}", create: true}
`;

interface Way {
  readonly name: string;
  /** How the texts come into the variable `out`. */
  readonly tasks: string;
  /** Files of the host, or of this machine. */
  readonly files?: (texts: readonly string[]) => Readonly<Record<string, string>>;
}

const numbered = (texts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map((text, i) => [`p${i}`, text]));

const WAYS: readonly Way[] = [
  {
    name: 'stdout',
    files: numbered,
    tasks: `
- command: cat {{ dir }}/p{{ item }}
  loop: "{{ range(0, ${count}) | list }}"
  register: r
- set_fact: {out: "{{ r.results | map(attribute='stdout') | list }}"}
`,
  },
  {
    name: 'errors',
    files: numbered,
    tasks: `
- shell: cat {{ dir }}/p{{ item }} >&2; exit 3
  loop: "{{ range(0, ${count}) | list }}"
  register: r
  ignore_errors: true
- block:
    - fail: {msg: "{{ r.results | map(attribute='stderr') | list | to_json }}"}
  rescue:
    - set_fact: {out: "{{ ansible_failed_result.msg | from_json }}"}
`,
  },
  {
    name: 'facts',
    files: (texts) => ({ 'facts/evil.fact': JSON.stringify({ texts }) }),
    tasks: `
- setup: {fact_path: "{{ dir }}/facts"}
- set_fact: {out: "{{ ansible_local.evil.texts }}"}
`,
  },
  {
    name: 'content',
    files: numbered,
    tasks: `
- slurp: {src: "{{ dir }}/p{{ item }}"}
  loop: "{{ range(0, ${count}) | list }}"
  register: r
- set_fact: {out: "{{ r.results | map(attribute='content') | map('b64decode') | list }}"}
`,
  },
  {
    name: 'names',
    files: (texts) => Object.fromEntries(texts.map((text) => [`names/${text}`, 'x'])),
    tasks: `
- find: {paths: "{{ dir }}/names", hidden: true}
  register: r
- stat: {path: "{{ item.path }}"}
  loop: "{{ r.files }}"
- file: {path: "{{ item.path }}", mode: "0600"}
  loop: "{{ r.files }}"
- command: {argv: [cat, "{{ item.path }}"]}
  loop: "{{ r.files }}"
- shell: "cat {{ item.path | quote }}"
  loop: "{{ r.files }}"
- copy: {src: "{{ item.path }}", dest: "{{ item.path }}.copy", remote_src: true}
  loop: "{{ r.files }}"
- fetch: {src: "{{ item.path }}", dest: "{{ dir }}/fetched/"}
  loop: "{{ r.files }}"
- set_fact: {out: "{{ r.files | map(attribute='path') | map('basename') | list }}"}
`,
  },
  { name: 'inventory', tasks: '\n- set_fact: {out: "{{ given }}"}\n' },
];

interface Ran {
  readonly exit: number;
  readonly dir: string;
  readonly printed: string;
}

/** Runs a way of hostile data through all uses, with diffs and with everything that can be said. */
async function ran(way: Way, form: 'run' | 'check' = 'run'): Promise<Ran> {
  const dir = mkdtempSync(join(tmpdir(), 'orch-hostile-'));
  const texts = ATTEMPTS.map((_, i) => textOf(way.name, i));
  const write = (name: string, text: string): void => {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  for (const [name, text] of Object.entries(way.files?.(texts) ?? {})) write(name, text);
  const given = texts.map((text) => `      - !unsafe ${JSON.stringify(text)}`).join('\n');
  write(
    'hosts.yml',
    `all:\n  hosts: {victim: {}}\n  vars:\n    ansible_connection: local\n    dir: ${dir}\n    given:\n${given}\n`,
  );
  write('templates/t.j2', '{% for one in out %}{{ one }}\n{% endfor %}');
  write('site.yml', `- hosts: all\n  gather_facts: false\n  tasks:\n${indented(way.tasks + USES)}`);
  let printed = '';
  const io: Io = {
    out: (text) => (printed += text),
    err: (text) => (printed += text),
    env: { ...process.env, ORCH_STATE_DIR: join(dir, 'state') },
    cwd: dir,
    terminal: false,
    colors: { out: false, err: false },
  };
  const here = process.cwd();
  process.chdir(dir);
  try {
    const reports = ['html', 'md', 'junit', 'json'].map((kind) => `${kind}=report.${kind}`);
    const words = [
      form,
      'site.yml',
      '-i',
      'hosts.yml',
      '-D',
      '-vvv',
      '--report',
      reports.join(','),
    ];
    return { exit: await runProgram(words, io), dir, printed };
  } finally {
    process.chdir(here);
  }
}

describe('hostile data executes nothing', function () {
  this.timeout(180_000);

  for (const way of WAYS) {
    describe(`through ${way.name}`, () => {
      let done: Ran;
      before(async () => (done = await ran(way)));
      after(() => rmSync(done.dir, { recursive: true }));

      for (const [i, [name]] of ATTEMPTS.entries())
        it(name, () => {
          expect(done.exit, done.printed).to.equal(0);
          const made = [done.dir, process.cwd(), process.env['HOME'] ?? '/']
            .map((dir) => join(dir, canaryOf(way.name, i)))
            .filter((path) => existsSync(path));
          expect(made).to.deep.equal([]);
          // It did arrive, and as it was.
          const back = readdirSync(done.dir)
            .filter((file) => file.startsWith('back-'))
            .map((file) => readFileSync(join(done.dir, file), 'utf8'));
          expect(back).to.include(textOf(way.name, i));
        });

      it('and no terminal is steered by what is printed', () => {
        for (const control of ['\u001b', '\u0007']) expect(done.printed).not.to.include(control);
      });
    });
  }

  it('a check of it executes nothing either', async () => {
    const way = WAYS.find(({ name }) => name === 'inventory');
    if (!way) throw new Error('no such way');
    const done = await ran(way, 'check');
    const made = readdirSync(done.dir).filter((name) => name.startsWith('canary'));
    rmSync(done.dir, { recursive: true });
    expect(made).to.deep.equal([]);
    expect(done.exit, done.printed).to.equal(0);
  });

  it('and an attempt is noticed where the text is a template or a script', async () => {
    const tasks = `
- debug: {msg: "{{ lookup('pipe', 'touch canary-control-0') }}"}
- shell: cd {{ dir }} && touch canary-control-1
- set_fact: {out: [x]}
`;
    const done = await ran({ name: 'control', tasks });
    const made = readdirSync(done.dir).filter((name) => name.startsWith('canary'));
    rmSync(done.dir, { recursive: true });
    expect(made).to.deep.equal(['canary-control-0', 'canary-control-1']);
  });
});

const POLLUTING =
  '{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}, "a": {"__proto__": {"polluted": "yes"}}}';

/** Ways for a map with treacherous keys to come in and be worked on. */
const ENTRANCES: readonly (readonly [name: string, tasks: string])[] = [
  [
    'stdout that is JSON',
    "- set_fact: {map: \"{{ lookup('file', dir ~ '/p.json') | from_json }}\"}",
  ],
  [
    'stdout that is YAML',
    "- set_fact: {map: \"{{ lookup('file', dir ~ '/p.json') | from_yaml }}\"}",
  ],
  [
    'a fact',
    '- setup: {fact_path: "{{ dir }}/facts"}\n- set_fact: {map: "{{ ansible_local.evil }}"}',
  ],
  ['a file of variables', '- include_vars: {file: "{{ dir }}/p.json", name: map}'],
  [
    'variables by their own names',
    '- include_vars: "{{ dir }}/p.json"\n- set_fact: {map: "{{ a }}"}',
  ],
  [
    'names of facts',
    '- set_fact: {__proto__: {polluted: "yes"}, constructor: {polluted: "yes"}}\n- set_fact: {map: {a: 1}}',
  ],
  [
    'a registered name',
    '- command: echo polluted\n  register: __proto__\n- set_fact: {map: {a: 1}}',
  ],
  [
    'arguments of a host',
    '- add_host: {name: other, __proto__: {polluted: "yes"}}\n- set_fact: {map: {a: 1}}',
  ],
];

const WORKED_ON = `
- set_fact:
    merged: "{{ {'b': 1} | combine(map, recursive=true) | combine({'__proto__': {'polluted': 'yes'}}, recursive=true) }}"
    items: "{{ map | dict2items | items2dict }}"
    built: "{{ dict([['__proto__', {'polluted': 'yes'}]]) }}"
- debug: {msg: "{{ merged }}{{ items }}{{ built }}{{ map | to_json }}{{ map | to_nice_yaml }}"}
- assert:
    that:
      - "{}.polluted is undefined"
      - hostvars['__proto__'] is undefined
      - hostvars['constructor'] is undefined
      - groups['__proto__'] is undefined
      - groups.constructor is undefined
      - "{}['__proto__'] is undefined"
      - map.toString is undefined
      - "{}.constructor is undefined"
- set_fact: {out: [x]}
`;

describe('hostile data reaches no prototype', function () {
  this.timeout(120_000);

  for (const [name, tasks] of ENTRANCES)
    it(`through ${name}`, async () => {
      const done = await ran({
        name: 'prototype',
        files: () => ({ 'p.json': POLLUTING, 'facts/evil.fact': POLLUTING }),
        tasks: `\n${tasks}\n${WORKED_ON}`,
      });
      rmSync(done.dir, { recursive: true });
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
      expect(done.exit, done.printed).to.equal(0);
    });
});
