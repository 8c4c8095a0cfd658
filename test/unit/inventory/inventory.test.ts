import { expect } from 'chai';
import { loadInventory } from '../../../src/inventory/inventory.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { lines, rendered } from '../../helpers/rendered.ts';

type Texts = Readonly<Record<string, string>>;
const load = (
  texts: Texts,
  name: string | string[] = 'prod',
  playbookDirs: string[] = [],
): Inventory => loadInventory([name].flat(), { files: memoryFiles(texts), playbookDirs });
const told = (texts: Texts, name: string | string[] = 'prod'): string =>
  rendered(() => load(texts, name), texts);
const layers = (inventory: Inventory, host: string): string[] =>
  inventory.hosts.get(host)!.layers.map(({ name }) => name);

const K3S = `all:
  children:
    k3s:
      children:
        servers:
          hosts:
            s[1:2]: {ansible_user: root}
          vars: {role: server}
        agents: {hosts: {a1: }}
  vars: {role: none}
`;

describe('loadInventory', () => {
  it('reads groups, ranges and nested children', () => {
    const { hosts, groups } = load({ 'inventories/prod.yml': K3S });
    expect([...hosts.keys()]).to.deep.equal(['s1', 's2', 'a1']);
    expect(hosts.get('s1')?.groups).to.deep.equal(['k3s', 'servers']);
    expect(groups.get('k3s')?.hosts).to.deep.equal(['s1', 's2', 'a1']);
    expect(groups.get('all')?.hosts).to.deep.equal(['s1', 's2', 'a1']);
    expect(groups.get('ungrouped')?.hosts).to.deep.equal([]);
    expect(hosts.get('s1')?.source).to.deep.equal({
      file: 'inventories/prod.yml',
      line: 7,
      column: 13,
    });
  });

  it('orders layers as Ansible does', () => {
    const inventory = load(
      {
        'inventories/prod.yml': K3S,
        'inventories/group_vars/all.yml': 'x: 1\n',
        'inventories/group_vars/servers/b.yml': 'x: 2\n',
        'inventories/group_vars/servers/a.yml': 'x: 3\n',
        'inventories/group_vars/k3s.json': '{"x": 4}\n',
        'inventories/group_vars/agents.yml': 'x: 0\n',
        'inventories/host_vars/s1.yml': 'x: 5\n',
        'play/group_vars/all.yml': 'x: 6\n',
        'play/group_vars/servers': 'x: 7\n',
        'play/host_vars/s1.yaml': 'x: 8\n',
      },
      'prod',
      ['play'],
    );
    expect(layers(inventory, 's1')).to.deep.equal([
      'play/host_vars/s1.yaml',
      'inventories/host_vars/s1.yml',
      'host s[1:2] (inventories/prod.yml)',
      'play/group_vars/servers',
      'inventories/group_vars/servers/b.yml',
      'inventories/group_vars/servers/a.yml',
      'inventories/group_vars/k3s.json',
      'play/group_vars/all.yml',
      'inventories/group_vars/all.yml',
      'group servers (inventories/prod.yml)',
      'group all (inventories/prod.yml)',
    ]);
  });

  it('ranks groups of one depth by ansible_group_priority, then by name', () => {
    const groups = (priority: string): string[] =>
      layers(
        load(
          {
            'i.yml': `a: {hosts: {h: }, vars: {x: 1${priority}}}\nb: {hosts: {h: }, vars: {x: 2}}\n`,
          },
          'i.yml',
        ),
        'h',
      );
    expect(groups('')).to.deep.equal(['group b (i.yml)', 'group a (i.yml)']);
    expect(groups(', ansible_group_priority: 2')).to.deep.equal([
      'group a (i.yml)',
      'group b (i.yml)',
    ]);
  });

  it('merges several inventories, the later one stronger', () => {
    const inventory = load({ 'a.yml': 'g: {hosts: {h: {x: 1}}}\n', 'b.ini': '[g]\nh x=2\nnew\n' }, [
      'a.yml',
      'b.ini',
    ]);
    expect(layers(inventory, 'h')).to.deep.equal(['host h (b.ini)', 'host h (a.yml)']);
    expect(inventory.groups.get('g')?.hosts).to.deep.equal(['h', 'new']);
    expect(inventory.files).to.deep.equal(['a.yml', 'b.ini']);
  });

  it('reads all inventories of a directory in the order of their names', () => {
    const inventory = load({
      'inventories/prod/2.yml': 'b: {hosts: {h2: }}\n',
      'inventories/prod/1': '[a]\nh1\n',
      'inventories/prod/notes.md': 'no inventory',
      'inventories/prod/group_vars/a.yml': 'x: 1\n',
    });
    expect([...inventory.hosts.keys()]).to.deep.equal(['h1', 'h2']);
    expect(layers(inventory, 'h1')).to.deep.equal(['inventories/prod/group_vars/a.yml']);
  });

  it('takes hosts from a comma list', () => {
    expect([...load({}, 'h1,h2,').hosts.keys()]).to.deep.equal(['h1', 'h2']);
  });

  it('prefers the path itself, then inventories/NAME.yml', () => {
    const texts = { prod: '[a]\nhere\n', 'inventories/prod.yml': 'a: {hosts: {there: }}\n' };
    expect([...load(texts).hosts.keys()]).to.deep.equal(['here']);
  });
});

describe('loadInventory, on bad inventories', () => {
  it('shows a key that is misspelt', () => {
    expect(told({ 'inventories/prod.yml': 'all:\n  host: {a: }\n' })).to.equal(
      lines(
        'error[INVENTORY_INVALID]: Unknown key "host" in "all". Did you mean "hosts"?',
        '  --> inventories/prod.yml:2:3',
        ' 2 |   host: {a: }',
        '   |   ^',
        '  hint: Known here: hosts, children and vars.',
      ),
    );
  });

  it('shows hosts written as a list', () => {
    expect(told({ 'inventories/prod.yml': 'servers:\n  hosts: [a, b]\n' })).to.equal(
      lines(
        'error[INVENTORY_INVALID]: "hosts" must be a map, is a list.',
        '  --> inventories/prod.yml:2:10',
        ' 2 |   hosts: [a, b]',
        '   |          ^',
        '  hint: Write a map: each host with a colon, `node1:`, its variables below it.',
      ),
    );
  });

  it('says what it looked for, and what there is', () => {
    expect(told({ 'inventories/prod.yml': K3S, 'inventories/stage/h.yml': K3S }, 'prdo')).to.equal(
      lines(
        'error[INVENTORY_NOT_FOUND]: There is no inventory "prdo". Did you mean "prod"?',
        '  hint: Looked for ./prdo, inventories/prdo.yml (.yaml, .json, .ini), inventories/prdo/ and the same in inventory/. There are: prod, stage.',
      ),
    );
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ['an empty file', '', 'FILE_EMPTY]: The inventory inventories/prod.yml is empty.'],
    [
      'no host',
      'all: {}\n',
      'INVENTORY_INVALID]: The inventory inventories/prod.yml holds no host.',
    ],
    [
      'a list',
      '- a\n',
      'INVENTORY_INVALID]: An inventory must be a map of groups; this is a list.',
    ],
    [
      'a group below itself',
      'a: {children: {b: {children: {a: }}}}\nz: {hosts: {h: }}\n',
      'Group "a" is below itself: a → b → a.',
    ],
    [
      'a bad range',
      'a: {hosts: {"n[3:1]": }}\n',
      'The range in "n[3:1]" cannot be read: it ends before it begins.',
    ],
    [
      'bad YAML',
      'a:\n\thosts: {}\n',
      'YAML_SYNTAX]: This line is indented with a tab; YAML allows only spaces.',
    ],
    ['a program', '#!/bin/sh\n', 'inventories/prod.yml is a program that may not be run.'],
    ['a plugin', 'plugin: aws_ec2\n', 'The inventory plugin "aws_ec2" is not supported.'],
  ];
  for (const [what, text, sentence] of cases) {
    it(`refuses ${what}`, () => {
      const said = told({ 'inventories/prod.yml': text });
      expect(said).to.contain(sentence);
      expect(said).to.contain('--> inventories/prod.yml:');
    });
  }

  it('shows errors of variable files', () => {
    const texts = {
      'inventories/prod.yml': K3S,
      'inventories/group_vars/all.yml': '- x\n',
      'inventories/host_vars/s1.yml': 'a: 1\na: 2\n',
    };
    expect(told(texts))
      .to.contain('--> inventories/group_vars/all.yml:1:1')
      .and.to.contain('--> inventories/host_vars/s1.yml:2:1');
  });
});
