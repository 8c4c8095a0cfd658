import { expect } from 'chai';
import { zoneMet } from '../../../../src/modules/firewalld/zone-reach.ts';
import { both, host } from '../../../helpers/firewalld.ts';

describe('the zone a packet meets', () => {
  const { state } = host({
    drop: both({ sources: ['10.0.0.0/8'] }),
    public: both({ interfaces: ['eth0'] }),
    trusted: both({ target: 'ACCEPT', interfaces: ['eth1', 'vlan+'], sources: ['10.1.0.0/16'] }),
  });
  const cases: readonly (readonly [string | undefined, string | undefined, string, string])[] = [
    // The first zone by name wins, not the longest prefix.
    ['10.1.2.3', 'eth1', 'drop', 'source 10.0.0.0/8'],
    ['192.0.2.1', 'eth1', 'trusted', 'interface eth1'],
    ['192.0.2.1', 'vlan7', 'trusted', 'interface vlan7'],
    [undefined, 'eth0', 'public', 'interface eth0'],
    ['192.0.2.1', 'cni0', 'public', 'default zone'],
    ['2001:db8::1', undefined, 'public', 'default zone'],
  ];
  for (const [address, device, zone, by] of cases) {
    it(`is ${zone} for ${address ?? 'anyone'} on ${device ?? 'any interface'}`, () => {
      expect(zoneMet(state, 'runtime', address, device)).to.deep.include({ zone, by });
    });
  }
});
