import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import { readDbusSend } from '../../../../src/modules/firewalld/dbus-send-text.ts';
import { settingsFromBus } from '../../../../src/modules/firewalld/parse-settings.ts';

const entry = (key: string, value: string): string =>
  `      dict entry(\n         string "${key}"\n         variant             ${value}\n      )\n`;
const list = (...words: readonly string[]): string =>
  `array [\n${words.map((word) => `               string "${word}"\n`).join('')}            ]`;
const structs = (...all: readonly (readonly string[])[]): string =>
  `array [\n${all
    .map(
      (words) =>
        `               struct {\n${words.map((word) => `                  string "${word}"\n`).join('')}               }\n`,
    )
    .join('')}            ]`;
const reply = (...entries: readonly string[]): string => `   array [\n${entries.join('')}   ]`;

/** As dbus-send 1.14 printed a zone of firewalld 1.3.3, without its first line. */
const RECORDED = reply(
  entry('short', 'string "Work"'),
  entry('description', 'string "For use in "work" areas.\nOf two lines."'),
  entry('target', 'string "default"'),
  entry('services', list('ssh', 'dhcpv6-client')),
  entry('masquerade', 'boolean false'),
  entry('icmp_block_inversion', 'boolean false'),
  entry('forward', 'boolean true'),
  entry('icmp_blocks', list('echo-request')),
  entry('forward_ports', structs(['80', 'tcp', '8080', '1.2.3.4'])),
  entry('rules_str', list('rule family="ipv4" source address="1.2.3.0/24" accept')),
  entry('protocols', list('gre')),
  entry('source_ports', structs(['99', 'udp'])),
  entry('ports', structs(['80', 'tcp'], ['9500-9503', 'tcp'])),
  entry('interfaces', list('eth0')),
  entry('sources', list('10.42.0.0/16')),
);

/** The same zone as busctl prints it. */
const BUSCTL =
  'a{sv} 15 "short" s "Work" "description" s "For use in \\"work\\" areas.\\nOf two lines." "target" s "default" "services" as 2 "ssh" "dhcpv6-client" "masquerade" b false "icmp_block_inversion" b false "forward" b true "icmp_blocks" as 1 "echo-request" "forward_ports" a(ssss) 1 "80" "tcp" "8080" "1.2.3.4" "rules_str" as 1 "rule family=\\"ipv4\\" source address=\\"1.2.3.0/24\\" accept" "protocols" as 1 "gre" "source_ports" a(ss) 1 "99" "udp" "ports" a(ss) 2 "80" "tcp" "9500-9503" "tcp" "interfaces" as 1 "eth0" "sources" as 1 "10.42.0.0/16"';

describe('what dbus-send prints of a zone', () => {
  it('says what busctl says', () => {
    expect(settingsFromBus(RECORDED)).to.deep.equal(settingsFromBus(BUSCTL));
    expect(readDbusSend(RECORDED)['description']).to.equal(
      'For use in "work" areas.\nOf two lines.',
    );
  });

  it('has numbers since firewalld 2.0', () => {
    const read = readDbusSend(reply(entry('ingress_priority', 'int32 -10')));
    expect(read).to.deep.equal({ ingress_priority: -10 });
  });

  it('may be nothing', () => {
    expect(readDbusSend(reply())).to.deep.equal({});
    expect(readDbusSend(reply(entry('ports', structs())))).to.deep.equal({ ports: [] });
  });

  const bad: Readonly<Record<string, string>> = {
    'a line more': RECORDED.replace('   ]', '   ]\nError'),
    'a type nobody expects': reply(entry('forward', 'double 4')),
    'an end that is missing': RECORDED.slice(0, -4),
    'a struct without an end': RECORDED.replace('               }\n', ''),
    'a text that goes on in a list': reply(entry('services', list('one\ntwo'))),
    'another beginning': `method return\n${RECORDED}`,
  };
  for (const [what, text] of Object.entries(bad)) {
    it(`is refused with ${what}`, () => {
      expect(() => readDbusSend(text))
        .to.throw(OrchError)
        .with.property('code', 'REPLY_UNREADABLE');
    });
  }
});
