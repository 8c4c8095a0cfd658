import { expect } from 'chai';
import type { Change } from '../../../src/model/change.ts';
import { blocksOf } from '../../../src/report/changes.ts';

const set = (path: string, added: string[], removed: string[] = []): Change => ({
  kind: 'set',
  path: path.split('/'),
  added,
  removed,
});
const heads = (changes: readonly Change[]): readonly string[] =>
  blocksOf(changes).map(
    ({ head, rows }) => `${head}: ${rows.map(({ label }) => label).join(', ')}`,
  );

describe('blocksOf', () => {
  it('merges runtime and permanent where they change alike, and only there', () => {
    expect(
      heads([
        set('zones/public/runtime/ports', ['80/tcp']),
        set('zones/public/permanent/ports', ['80/tcp']),
        set('zones/public/permanent/services', ['http']),
        set('zones/trusted/runtime/sources', [], ['10.0.0.0/8']),
      ]),
    ).to.deep.equal([
      'zone public (runtime + permanent): ports',
      'zone public (permanent): services',
      'zone trusted (runtime): sources',
    ]);
  });

  it('keeps apart what differs', () => {
    expect(
      heads([set('zones/a/runtime/ports', ['1/tcp']), set('zones/a/permanent/ports', ['2/tcp'])]),
    ).to.deep.equal(['zone a (runtime): ports', 'zone a (permanent): ports']);
  });

  it('tells a new thing by what is in it', () => {
    const zone = {
      target: 'default',
      ports: ['80/tcp'],
      services: [],
      masquerade: false,
      forward: null,
    };
    const blocks = blocksOf([
      { kind: 'value', path: ['zones', 'dmz'], from: null, to: { runtime: zone, permanent: zone } },
    ]);
    expect(blocks).to.deep.equal([
      {
        head: 'zone dmz (runtime + permanent, new)',
        rows: [
          { kind: 'value', label: 'target', from: '(none)', to: 'default' },
          { kind: 'set', label: 'ports', added: ['80/tcp'], removed: [] },
        ],
      },
    ]);
  });

  it('tells of an empty new thing that it is there', () => {
    expect(
      blocksOf([{ kind: 'value', path: ['zones', 'dmz'], from: null, to: { ports: [] } }]),
    ).to.deep.equal([
      { head: 'zones', rows: [{ kind: 'value', label: 'dmz', from: 'absent', to: 'present' }] },
    ]);
  });

  it('shows short paths and odd values as they are', () => {
    expect(
      blocksOf([
        { kind: 'value', path: ['mode'], from: '0644', to: 'with blanks' },
        { kind: 'value', path: ['policies', 'p', 'x'], from: 1, to: [1, { a: true }] },
      ]),
    ).to.deep.equal([
      { head: '', rows: [{ kind: 'value', label: 'mode', from: '0644', to: '"with blanks"' }] },
      { head: 'policy p', rows: [{ kind: 'value', label: 'x', from: '1', to: '[1,{"a":true}]' }] },
    ]);
  });
});
