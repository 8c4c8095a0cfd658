import { expect } from 'chai';
import { parseIniInventory } from '../../../src/inventory/ini.ts';
import type { Statement } from '../../../src/inventory/statement.ts';
import { plain, type Entry } from '../../../src/model/tree.ts';
import { rendered } from '../../helpers/rendered.ts';

const values = (vars: readonly Entry[]): object =>
  Object.fromEntries(vars.map(({ key, value }) => [key, plain(value)]));

const brief = (one: Statement): unknown =>
  one.kind === 'hosts'
    ? [one.group, one.written, one.port, values(one.vars)]
    : one.kind === 'vars'
      ? [one.group, values(one.vars)]
      : one.kind === 'child'
        ? [one.parent, one.name]
        : one.name;

describe('parseIniInventory', () => {
  it('reads groups, variables, children, quotes, comments and ports', () => {
    const text =
      '# c\nlone\n[web]\nw[1:2] x="a b" y=\'c\' z=3 t=True # no\nh:2222 p="{{ a b }}"\n; c\n[web:vars]\na = hello world\nb=1\n[top:children]\nweb\n';
    expect(parseIniInventory('i.ini', text).map(brief)).to.deep.equal([
      ['ungrouped', 'lone', undefined, {}],
      'web',
      ['web', 'w[1:2]', undefined, { x: 'a b', y: 'c', z: 3, t: true }],
      ['web', 'h:2222', 2222, { p: '{{ a b }}' }],
      ['web', { a: 'hello world', b: 1 }],
      'top',
      ['top', 'web'],
    ]);
  });

  it('points at values', () => {
    const [host] = parseIniInventory('i.ini', 'h  port=22 x="y"\n');
    const vars = host?.kind === 'hosts' ? host.vars : [];
    expect(vars.map(({ value }) => value.source.column)).to.deep.equal([9, 14]);
  });

  it('tells all errors at once', () => {
    const text =
      '[a\nx y\n[b:var]\n[c:vars]\n= 1\n[d:children]\nm n\nweb\n[w]\nh a="x\nn[3:1]\nh:\n';
    const said = rendered(() => parseIniInventory('i.ini', text), { 'i.ini': text });
    expect(
      [...said.matchAll(/\]: (.*)\n {2}--> i.ini:(\d+:\d+)/g)].map((m) => `${m[2]} ${m[1]}`),
    ).to.deep.equal([
      '1:1 This is no group: [a',
      '2:3 "y" is no variable of a host.',
      '3:1 A group has no part "var". Did you mean "vars"?',
      '5:1 This is no variable.',
      '7:1 A line of children names one group.',
      '10:5 A quote is never closed.',
      '11:1 The range in "n[3:1]" cannot be read: it ends before it begins.',
      '12:1 "h:" is no host.',
      '4:1 There is no group "c".',
      '8:1 There is no group "web".',
    ]);
  });
});
