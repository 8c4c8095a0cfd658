import { expect } from 'chai';
import fc from 'fast-check';
import { listed, nested, varsOf, type Shown } from '../../src/cli/inventory-text.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { selectHosts } from '../../src/inventory/patterns.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Value } from '../../src/model/value.ts';
import { yaml } from '../../src/template/yaml.ts';
import { memoryFiles } from '../helpers/memory-files.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,4}$/);
const scalar = fc.oneof(
  fc.stringMatching(/^[ -~äé€\t]{0,12}$/),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('yes', '0644', '1:30', '~', "it's", '"x"', '{{ a }}', '# no', 'a: b', '', '1e3'),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(name, scalar, { maxKeys: 3, noNullPrototype: true }),
);
const vars = fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true });

interface Made {
  readonly groups: readonly {
    readonly name: string;
    readonly hosts: readonly string[];
    readonly children: readonly string[];
    readonly vars: object;
  }[];
  readonly hosts: Readonly<Record<string, object>>;
}

/** Inventories of a few groups and hosts; a group's children come behind it, so none is below itself. */
const made: fc.Arbitrary<Made> = fc
  .record({
    groups: fc.uniqueArray(
      name.map((n) => `g_${n}`),
      { minLength: 1, maxLength: 5 },
    ),
    hosts: fc.uniqueArray(
      name.map((n) => `h-${n.replace(/_+$/, 'x')}.example`),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .chain(({ groups, hosts }) =>
    fc.record({
      hosts: fc
        .tuple(...hosts.map(() => vars))
        .map((all) => Object.fromEntries(hosts.map((host, i) => [host, all[i] ?? {}]))),
      groups: fc.tuple(
        ...groups.map((group, i) =>
          fc.record({
            name: fc.constant(group),
            hosts: fc.subarray(hosts),
            children: fc.subarray(groups.slice(i + 1)),
            vars,
          }),
        ),
      ),
    }),
  );

const text = (given: Made): string =>
  JSON.stringify(
    Object.fromEntries([
      ['all', { hosts: given.hosts }],
      ...given.groups.map((group) => [
        group.name,
        {
          hosts: Object.fromEntries(group.hosts.map((host) => [host, {}])),
          children: Object.fromEntries(group.children.map((child) => [child, {}])),
          vars: group.vars,
        },
      ]),
    ]),
  );

const load = (file: string, content: string): Inventory =>
  loadInventory([file], {
    files: memoryFiles({ [file]: content }),
    programs: {
      executable: () => true,
      run: () => ({ stdout: content.slice(3), stderr: '', exit: 0 }),
    },
  });

function shown(inventory: Inventory): Shown {
  const shared = new Set([...inventory.groups.values()].flatMap(({ layers }) => layers));
  return {
    ...{ inventory, export: true, withVars: false, chosen: new Set(inventory.hosts.keys()) },
    varsOfHost: (host) =>
      varsOf((inventory.hosts.get(host)?.layers ?? []).filter((layer) => !shared.has(layer))),
  };
}

/** What an inventory means: members and variables, whatever the order they were written in. */
const meaning = (inventory: Inventory): unknown => ({
  hosts: Object.fromEntries(
    [...inventory.hosts].map(([key, host]) => [
      key,
      { groups: host.groups, vars: JSON.parse(JSON.stringify(varsOf(host.layers))) as unknown },
    ]),
  ),
  groups: Object.fromEntries(
    [...inventory.groups.values()].flatMap((group) =>
      group.hosts.length > 0 ? [[group.name, [...group.hosts].sort()]] : [],
    ),
  ),
});

describe('Inventories, printed and read again', () => {
  it('mean the same as YAML', () => {
    fc.assert(
      fc.property(made, (given) => {
        const first = load('a.json', text(given));
        const printed = yaml(nested(shown(first)) as Value, {
          ...{ indent: 2, sortKeys: false, flow: 'none' },
        });
        expect(meaning(load('b.yml', printed))).to.deep.equal(meaning(first));
      }),
      { numRuns: 300 },
    );
  });

  it('mean the same as the JSON of a program', () => {
    fc.assert(
      fc.property(made, (given) => {
        const first = load('a.json', text(given));
        const printed = `#!\n${JSON.stringify(listed(shown(first)))}`;
        expect(meaning(load('b', printed))).to.deep.equal(meaning(first));
      }),
      { numRuns: 300 },
    );
  });
});

describe('Any text as inventory and pattern', () => {
  const piece = fc.constantFrom(
    ...['[web]', '[a:vars]', '[b:children]', 'h[1:3]', 'h[', 'x=', '"', "'", '\\', ':', '22', '#'],
    ...[
      '\n',
      ' ',
      '=',
      '{{',
      '}}',
      '[1,',
      '(',
      '~',
      '!',
      '&',
      ',',
      '*',
      'web',
      'all:',
      '  hosts:',
      '- ',
    ],
  );
  const anything = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 20 });
  const userErrors = (action: () => unknown): void => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof OrchError || error instanceof OrchErrors)) throw error;
    }
  };

  for (const file of ['hosts', 'hosts.yml']) {
    it(`${file} is read or refused`, () => {
      fc.assert(
        fc.property(anything, (parts) => {
          userErrors(() => load(file, parts.join('')));
        }),
        { numRuns: 2000 },
      );
    });
  }

  it('a pattern selects or is refused', () => {
    const inventory = load('hosts', '[web]\nh1\nh2\n[db]\nd1\n');
    fc.assert(
      fc.property(anything, fc.option(anything), (pattern, limit) => {
        userErrors(() =>
          selectHosts(inventory, pattern.join(''), { limit: limit?.join(''), read: () => 'h1' }),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
