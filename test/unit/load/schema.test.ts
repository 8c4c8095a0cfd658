import { expect } from 'chai';
import { parseYaml } from '../../../src/load/yaml.ts';
import { compileSchema } from '../../../src/load/schema/compile.ts';
import {
  beforeTemplating,
  moduleSchema,
  playbookSchema,
} from '../../../src/load/schema/published.ts';
import { plain } from '../../../src/model/tree.ts';
import { sampleModules } from '../../helpers/sample-modules.ts';

const accepts = (schema: object, text: string): boolean => {
  const tree = parseYaml('f.yml', text);
  return compileSchema(schema as never)(tree && plain(tree));
};

describe('the schema of playbooks', () => {
  const schema = playbookSchema(sampleModules);

  it('takes modules with their arguments, templates wherever a type stands', () => {
    const text =
      '- hosts: all\n  become: "{{ b }}"\n  tasks:\n    - open_port: {ports: "{{ p }}", metric: "{{ m }}", state: "{{ s }}"}\n    - command: ls\n    - debug:\n- import_playbook: b.yml\n';
    expect(accepts(schema, text)).to.equal(true);
  });

  for (const [what, text] of [
    ['an unknown module', '- {hosts: a, tasks: [{open_prot: {}}]}'],
    ['an unknown argument', '- {hosts: a, tasks: [{open_port: {ports: [], prots: []}}]}'],
    ['a wrong type', '- {hosts: a, tasks: [{open_port: {ports: [], metric: many}}]}'],
    ['a play without hosts', '- {tasks: []}'],
    ['a map', '{hosts: a}'],
  ] as const) {
    it(`refuses ${what}`, () => expect(accepts(schema, text)).to.equal(false));
  }

  it('describes every keyword of plays and tasks', () => {
    const defs = schema['$defs'] as Record<string, { properties: Record<string, object> }>;
    for (const kind of ['play', 'task']) {
      for (const [name, one] of Object.entries(defs[kind]!.properties)) {
        expect('description' in one || '$ref' in one, `${kind}.${name}`).to.equal(true);
      }
    }
  });
});

describe('schemas of modules', () => {
  it('are 2020-12, named, and hold no words of orch’s own', () => {
    const schema = moduleSchema(sampleModules.get('command')!);
    expect(schema).to.include({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:orch:schema:module:command',
    });
    expect(JSON.stringify(schema)).to.not.contain('"x-');
  });
});

describe('beforeTemplating', () => {
  it('adds a template to what is not free text', () => {
    const schema = beforeTemplating({ type: 'integer', minimum: 1, description: 'x' });
    expect(['3', '"{{ x }}"', '0', 'text'].map((text) => accepts(schema, text))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});
