import { expect } from 'chai';
import {
  asSource,
  canonicalSource,
  sourcesOverlap,
} from '../../../../src/modules/firewalld/sources.ts';

describe('firewalld sources', () => {
  it('has one spelling for a network, a MAC address and an ipset', () => {
    expect(canonicalSource('10.42.7.9/16')).to.equal('10.42.0.0/16');
    expect(canonicalSource('aa:bb:cc:dd:ee:0f')).to.equal('AA:BB:CC:DD:EE:0F');
    expect(canonicalSource('ipset:nodes')).to.equal('ipset:nodes');
  });

  it('says what to write instead', () => {
    expect(canonicalSource('10.42.0.0/99')).to.deep.include({
      message: '"10.42.0.0/99" is no address, network, MAC address or ipset',
    });
    expect(canonicalSource('ipset:')).to.deep.equal({
      message: '"ipset:" names no ipset',
      hint: 'write ipset:NAME',
    });
  });

  it('keeps what it cannot read', () => expect(asSource('??')).to.equal('??'));

  it('lets an ipset overlap only itself', () => {
    expect(sourcesOverlap('ipset:a', 'ipset:a')).to.be.true;
    expect(sourcesOverlap('ipset:a', '10.0.0.0/8')).to.be.false;
  });
});
