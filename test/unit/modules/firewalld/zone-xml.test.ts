import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import { definitionsIn } from '../../../../src/modules/firewalld/parse-services.ts';
import { zoneFromXml } from '../../../../src/modules/firewalld/zone-xml.ts';

const written = `<?xml version="1.0" encoding="utf-8"?>
<zone target="DROP">
  <short>Public &amp; more</short>
  <!-- <service name="commented"/> -->
  <service name="ssh"/><service name='dhcpv6-client'/>
  <port port="400-500" protocol="tcp"/>
  <port protocol="tcp" port="443"/>
  <protocol value="gre"/>
  <icmp-block name="echo-request"/>
  <masquerade/>
  <forward-port port="80" protocol="tcp" to-port="8080"/>
  <source-port port="99" protocol="udp"/>
  <rule family="ipv4">
    <source address="10.1.2.3"/>
    <service name="inside-a-rule"/>
    <accept/>
  </rule>
  <interface name="eth0"/>
  <source address="10.42.0.0/16"/>
  <source address="00:11:22:33:44:55"/>
  <source mac="00:11:22:33:44:66"/>
  <source ipset="nodes"/>
  <icmp-block-inversion/>
</zone>`;

describe('zone files', () => {
  it('gives the settings of the zone, not those inside its rules or comments', () => {
    expect(zoneFromXml(written, 'public.xml', ['rule x'])).to.deep.equal({
      target: 'DROP',
      interfaces: ['eth0'],
      sources: ['10.42.0.0/16', '00:11:22:33:44:55', 'ipset:nodes'],
      services: ['ssh', 'dhcpv6-client'],
      ports: ['400-500/tcp', '443/tcp'],
      protocols: ['gre'],
      sourcePorts: ['99/udp'],
      forwardPorts: ['port=80:proto=tcp:toport=8080:toaddr='],
      icmpBlocks: ['echo-request'],
      richRules: ['rule x'],
      forward: false,
      masquerade: true,
      icmpBlockInversion: true,
    });
  });

  for (const text of [
    '',
    '<zone',
    '<zone>',
    '<zone></zones>',
    '<service/>',
    '<a><zone/></a>',
    '</zone>',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => zoneFromXml(text, '/etc/firewalld/zones/public.xml', []))
        .to.throw(OrchError, '/etc/firewalld/zones/public.xml is not a well-formed firewalld file')
        .with.property('code', 'REPLY_UNREADABLE');
    });
  }

  it('counts what a service includes as its own, around in circles too', () => {
    const files = new Map([
      [
        '/usr/lib/firewalld/services/a.xml',
        ['<service><port port="1" protocol="tcp"/><include service="b"/></service>'],
      ],
      [
        '/usr/lib/firewalld/services/b.xml',
        ['<service><port port="2" protocol="udp"/><include service="a"/></service>'],
      ],
      [
        '/usr/lib/firewalld/services/v6.xml',
        ['<service><port protocol="gre"/><destination ipv6="fe80::/64"/></service>'],
      ],
    ]);
    const found = definitionsIn(files);
    expect(found['a']).to.deep.equal({
      ports: ['1/tcp', '2/udp'],
      protocols: [],
      hasDestination: false,
    });
    expect(found['v6']).to.deep.equal({ ports: [], protocols: ['gre'], hasDestination: true });
  });
});
