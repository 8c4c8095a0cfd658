import { expect } from 'chai';
import { canonicalCidr, cidrContains, cidrsOverlap, familyOf } from '../../../src/lib/cidr.ts';

describe('cidr', () => {
  const spellings: readonly (readonly [string, string | undefined])[] = [
    ['10.42.7.9/16', '10.42.0.0/16'],
    ['10.0.0.5/32', '10.0.0.5'],
    ['10.0.0.5', '10.0.0.5'],
    ['2001:0db8:0::/64', '2001:db8::/64'],
    ['2001:DB8::1/64', '2001:db8::/64'],
    ['::1/128', '::1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fe80::1%eth0', undefined],
    ['010.1.1.1', undefined],
    ['1.2.3.4/33', undefined],
    ['1.2.3', undefined],
    ['', undefined],
  ];
  for (const [text, canonical] of spellings) {
    it(`spells "${text}" ${canonical ?? 'as nothing'}`, () => {
      expect(canonicalCidr(text)).to.equal(canonical);
    });
  }

  it('sees overlap within a family only', () => {
    expect(cidrsOverlap('10.42.0.0/16', '10.42.5.0/24')).to.be.true;
    expect(cidrsOverlap('10.42.0.0/16', '10.43.0.0/16')).to.be.false;
    expect(cidrsOverlap('::/0', '0.0.0.0/0')).to.be.false;
    expect(cidrsOverlap('::/0', '2001:db8::/32')).to.be.true;
    expect(cidrsOverlap('eth0', '10.0.0.1')).to.be.false;
  });

  it('knows what lies in what', () => {
    expect(cidrContains('10.42.0.0/16', '10.42.5.0/24')).to.be.true;
    expect(cidrContains('10.42.5.0/24', '10.42.0.0/16')).to.be.false;
    expect(cidrContains('10.42.0.0/16', '2001:db8::1')).to.be.false;
    expect(cidrContains('2001:db8::/32', '2001:db8::1')).to.be.true;
  });

  it('names the family', () => {
    expect(familyOf('10.0.0.0/8')).to.equal('ipv4');
    expect(familyOf('::1')).to.equal('ipv6');
    expect(familyOf('ipset:nodes')).to.equal(undefined);
  });
});
