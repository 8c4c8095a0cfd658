import { expect } from 'chai';
import { firewalldZone } from '../../../../src/modules/firewalld/firewalld-zone.ts';
import { observeFirewalld } from '../../../../src/modules/firewalld/observe.ts';
import { validateParams } from '../../../../src/load/validate-params.ts';
import type { ZoneParams } from '../../../../src/modules/firewalld/zone-params.ts';

const scope = (params: object) =>
  firewalldZone.scope(
    validateParams('firewalld_zone', params as never).params as unknown as ZoneParams,
  );

describe('zones that things are only taken from', () => {
  const unbind = { zone: 'trusted', remove: { interfaces: ['eth1'] } };

  it('are named as such when nothing else is wanted of them', () => {
    expect(scope(unbind)).to.deep.include({ zones: [], idle: ['trusted'] });
  });

  for (const [title, params] of [
    ['something is added', { ...unbind, interfaces: ['eth0'] }],
    [
      'ports are closed too',
      { zone: 'trusted', remove: { interfaces: ['eth1'], ports: ['80/tcp'] } },
    ],
    ['a setting is wanted', { ...unbind, forward: true }],
    ['a setting is unwanted', { ...unbind, masquerade: false }],
    ['the list is complete', { ...unbind, exclusive: true }],
    ['the zone is not one that firewalld ships', { ...unbind, zone: 'mine' }],
  ] as const) {
    it(`are looked at whole when ${title}`, () => {
      expect(scope(params).zones).to.deep.equal([params.zone]);
      expect(scope(params).idle).to.equal(undefined);
    });
  }

  it('have the settings of their file when nothing is bound to them', () => {
    const reply = [
      '@zones\n/usr/lib/firewalld/zones/public.xml\n/usr/lib/firewalld/zones/trusted.xml',
      '@poison\n@net\neth0\neth1',
      '@access dbus\n@files',
      '/usr/lib/firewalld/zones/trusted.xml:<zone target="ACCEPT">',
      '/usr/lib/firewalld/zones/trusted.xml:</zone>',
      '/usr/lib/firewalld/zones/public.xml:<zone>',
      '/usr/lib/firewalld/zones/public.xml:</zone>',
      '@idle trusted',
      '@runtime public\na{sv} 2 "short" s "Public" "target" s "default"',
      '@end\n',
    ].join('\n');
    const { state } = observeFirewalld([scope(unbind)]).parse({
      stdout: Buffer.from(reply),
      stderr: Buffer.alloc(0),
      exit: 0,
    });
    expect(state.zones['trusted']?.runtime).to.include({ target: 'ACCEPT' });
    expect(state.zones['trusted']?.runtime?.interfaces).to.deep.equal([]);
    expect(state.zones['public']?.runtime).to.include({ target: 'default' });
  });
});
