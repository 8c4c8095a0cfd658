import { expect } from 'chai';
import { noteSecrets } from '../../../src/cli/secrets.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import type { Given, Layer } from '../../../src/model/scope.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { Secret } from '../../../src/model/value.ts';

const layer = (vars: Readonly<Record<string, Given>>): Layer => ({
  name: 'x',
  vars: new Map(Object.entries(vars)),
});
const yaml = (text: string): Given => ({ tree: parseYaml('x.yml', text) as Tree });

describe('noteSecrets', () => {
  it('finds passwords of connections and encrypted values, however deep', () => {
    const encrypted: Tree = {
      kind: 'scalar',
      value: 'vaulted',
      secret: true,
      source: { file: 'x', line: 1, column: 1 },
    };
    const list: Tree = { kind: 'list', items: [encrypted], source: encrypted.source };
    const secrets = new Set<string>();
    noteSecrets(
      [
        layer({
          ansible_password: yaml('one'),
          ansible_become_pass: yaml('22'),
          ansible_ssh_pass: yaml('"{{ elsewhere }}"'),
          ansible_user: yaml('root'),
          nested: yaml('{ansible_become_password: three, other: plain}'),
          made: { value: [{ deep: new Secret('four') }] },
          vault: { tree: list },
        }),
      ],
      secrets,
      new Map(),
    );
    expect([...secrets].sort()).to.deep.equal(['22', 'four', 'one', 'three', 'vaulted']);
  });
});
