import { expect } from 'chai';
import { loadInventory } from '../../../src/inventory/inventory.ts';
import { selectHosts, type Selection } from '../../../src/inventory/patterns.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { lines, rendered } from '../../helpers/rendered.ts';

const inventory = loadInventory(['i.ini'], {
  files: memoryFiles({
    'i.ini':
      '[servers]\ns[1:3]\n[agents]\na1\na2.example.org\n[k3s:children]\nservers\nagents\n[empty]\n[v6]\nfd00::1\n',
  }),
});
const names = (pattern: string | string[], more?: Selection): string =>
  selectHosts(inventory, pattern, more)
    .map(({ name }) => name)
    .join(' ');

describe('selectHosts', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['all', 'fd00::1 s1 s2 s3 a1 a2.example.org'],
    ['*', 'fd00::1 s1 s2 s3 a1 a2.example.org'],
    ['servers', 's1 s2 s3'],
    ['agents:s1', 'a1 a2.example.org s1'],
    ['agents, s1', 'a1 a2.example.org s1'],
    ['k3s:&servers:!s2', 's1 s3'],
    ['!s2:k3s', 's1 s3 a1 a2.example.org'],
    ['!servers', 'fd00::1 a1 a2.example.org'],
    ['s*:!s1', 's1 s2 s3'.replace('s1 ', '')],
    ['*.example.org', 'a2.example.org'],
    ['a?', 'a1'],
    ['~s[12]', 's1 s2'],
    ['~(s|a)1$', 's1 a1'],
    ['servers[0]', 's1'],
    ['servers[-1]', 's3'],
    ['servers[0:1]', 's1 s2'],
    ['servers[1:]', 's2 s3'],
    ['k3s[2:3]:!a1', 's3'],
    ['fd00::1', 'fd00::1'],
    ['empty:s1', 's1'],
    ['localhost', 'localhost'],
  ];
  for (const [pattern, hosts] of cases) {
    it(`reads ${pattern}`, () => expect(names(pattern)).to.equal(hosts));
  }

  it('reads a list of patterns', () => expect(names(['servers', '!s1'])).to.equal('s2 s3'));

  it('gives localhost a local connection', () => {
    expect(
      selectHosts(inventory, 'localhost')[0]?.layers[0]?.vars.get('ansible_connection'),
    ).to.deep.equal({ value: 'local' });
  });

  it('keeps to the limit, and may leave nothing of a play', () => {
    expect(names('k3s', { limit: 's1:a1' })).to.equal('s1 a1');
    expect(names('k3s', { limit: '!servers' })).to.equal('a1 a2.example.org');
    expect(names('servers', { limit: 'a1' })).to.equal('');
    expect(names('localhost', { limit: 'localhost' })).to.equal('localhost');
    expect(names('servers', { limit: '@retry', read: () => 's2\n# s1\ns3\n' })).to.equal('s2 s3');
  });

  it('selects from 10,000 hosts in less than a second', () => {
    const big = loadInventory(['i.ini'], {
      files: memoryFiles({ 'i.ini': '[g]\nnode[00001:10000]\n' }),
    });
    const start = performance.now();
    expect(selectHosts(big, 'node*:!node05*:&g[0:7999]')).to.have.length(7000);
    expect(performance.now() - start).to.be.lessThan(1000);
  });
});

describe('selectHosts, without a match', () => {
  const source = { file: 'site.yml', line: 1, column: 10 };
  const told = (pattern: string, more: Selection = {}): string =>
    rendered(() => names(pattern, more), { 'site.yml': `- hosts: ${pattern}\n` });

  it('shows the pattern, its place and what was meant', () => {
    expect(told('servrs', { source })).to.equal(
      lines(
        'error[PATTERN_NO_MATCH]: The pattern "servrs" matches no host and no group. Did you mean "servers"?',
        '  --> site.yml:1:10',
        ' 1 | - hosts: servrs',
        '   |          ^',
        '  hint: Groups of the inventory: all, servers, agents, k3s, empty, v6; see `orch inventory --graph`.',
      ),
    );
  });

  for (const [what, pattern, sentence] of [
    [
      'one term',
      's1:agentz',
      '"agentz" of the pattern "s1:agentz" matches no host and no group. Did you mean "agents"?',
    ],
    ['an excluded term', 'all:!agentz', '"agentz" of the pattern "all:!agentz" matches no host'],
    ['a glob', 'x*', 'The pattern "x*" matches no host and no group.'],
    ['an index that is too high', 'servers[9]', 'The pattern "servers[9]" matches no host'],
    ['a bad expression', '~s[', '"~s[" is no regular expression.'],
  ] as const) {
    it(`refuses ${what}`, () => expect(told(pattern)).to.contain(sentence));
  }

  it('is content with an empty group, and with everything taken away', () => {
    for (const pattern of ['empty', 'servers:!k3s']) expect(told(pattern), pattern).to.equal('');
  });

  it('names a limit that leaves nothing', () => {
    expect(told('all', { limit: 'servers:!k3s' })).to.contain('leaves no host');
  });

  it('names a limit that matches nothing', () => {
    expect(told('all', { limit: 's9' })).to.contain('The limit "s9" matches no host and no group.');
  });
});
