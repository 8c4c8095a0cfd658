import { expect } from 'chai';
import {
  close,
  coalesce,
  covered,
  editPorts,
  formatPort,
  isFault,
  open,
  parsePort,
  readPorts,
  showPorts,
  within,
  writePorts,
} from '../../../../src/modules/firewalld/ports.ts';

const ports = (text: string) => readPorts(text.split(' '));
const text = (list: Parameters<typeof showPorts>[0]) => showPorts(list).replaceAll(', ', ' ');

describe('firewalld ports', () => {
  const faults: readonly (readonly [string, string, string])[] = [
    ['70000/tcp', '"70000/tcp": 70000 is above 65535', 'ports are numbers from 1 to 65535'],
    ['0/tcp', '"0/tcp": 0 is not a port', 'ports are numbers from 1 to 65535'],
    ['500-400/tcp', '"500-400/tcp" runs backwards', 'write 400-500/tcp'],
    ['http/tcp', '"http/tcp" names a port instead of numbering it', 'write 80/tcp'],
    ['80', '"80" has no protocol', 'write 80/tcp or 80/udp'],
    [
      '80/icmp',
      '"80/icmp": icmp has no ports',
      'the protocols with ports are tcp, udp, sctp, dccp',
    ],
    ['400:500/tcp', '"400:500/tcp" separates its range with a colon', 'write 400-500/tcp'],
    [
      'frob/udp',
      '"frob/udp" names a port instead of numbering it',
      'write its number, such as 443/udp, or put the name under services:',
    ],
    ['80/tcp/udp', '"80/tcp/udp" is no port', 'write 443/tcp or 2379-2380/tcp'],
    ['-1/tcp', '"-1/tcp" is no port', 'write 443/tcp or 2379-2380/tcp'],
    ['80 /tcp', '"80 /tcp" is no port', 'write 443/tcp or 2379-2380/tcp'],
    ['', 'an empty text is no port', 'write 443/tcp or 2379-2380/tcp'],
  ];
  for (const [bad, message, hint] of faults) {
    it(`P14 refuses ${bad}`, () => expect(parsePort(bad)).to.deep.equal({ message, hint }));
  }

  it('P14 lowers the case of the protocol', () => {
    expect(parsePort('80/TCP')).to.deep.equal({ low: 80, high: 80, proto: 'tcp' });
  });

  it('writes what it reads', () => {
    for (const port of ['443/tcp', '2379-2380/tcp', '1-65535/sctp']) {
      const parsed = parsePort(port);
      expect(isFault(parsed) ? parsed : formatPort(parsed)).to.equal(port);
    }
  });

  it('P5 merges what overlaps and leaves what only touches', () => {
    expect(text(coalesce(ports('400-600/tcp 601/tcp')))).to.equal('400-600/tcp 601/tcp');
    expect(text(coalesce(ports('400-500/tcp 443/tcp 490-510/tcp')))).to.equal('400-510/tcp');
  });

  it('P13 never merges protocols', () => {
    expect(text(coalesce(ports('8125/tcp 8125/udp')))).to.equal('8125/tcp 8125/udp');
  });

  it('P4 covers by the union of several ranges', () => {
    expect(covered(ports('400-500/tcp'), ports('400-442/tcp 443/tcp 444-500/tcp'))).to.be.true;
    expect(covered(ports('400-501/tcp'), ports('400-442/tcp 443/tcp 444-500/tcp'))).to.be.false;
  });

  it('P3 swallows a port that the new range holds', () => {
    expect(text(open(ports('10250/tcp'), ports('10000-30000/tcp')))).to.equal('10000-30000/tcp');
  });

  it('P8 closes across the edge of a range', () => {
    const closed = close(ports('400-600/tcp'), ports('390-410/tcp'));
    expect(text(closed.list)).to.equal('411-600/tcp');
    expect(text(closed.cut)).to.equal('400-600/tcp');
  });

  it('closes a whole range without cutting', () => {
    const closed = close(ports('400-600/tcp 80/tcp'), ports('300-600/tcp'));
    expect(text(closed.list)).to.equal('80/tcp');
    expect(closed.cut).to.deep.equal([]);
  });

  it('keeps ranges inside what is wanted and cuts those beyond', () => {
    expect(text(within(ports('400-600/tcp'), ports('400-500/tcp 501-600/tcp')))).to.equal(
      '400-600/tcp',
    );
    expect(text(within(ports('10000-30000/tcp 80/udp'), ports('10250/tcp')))).to.equal('10250/tcp');
  });

  it('holds lists in plain text order and shows them in numeric order', () => {
    expect(writePorts(ports('443/tcp 10250/tcp 80/tcp 80/tcp'))).to.deep.equal([
      '10250/tcp',
      '443/tcp',
      '80/tcp',
    ]);
    expect(showPorts(ports('443/tcp 10250/tcp 80/tcp'))).to.equal('80/tcp, 443/tcp, 10250/tcp');
  });

  it('edits a list without losing what it cannot read', () => {
    expect(editPorts(['80/tcp', 'odd'], (list) => open(list, ports('81/tcp')))).to.deep.equal([
      '80/tcp',
      '81/tcp',
      'odd',
    ]);
  });
});
