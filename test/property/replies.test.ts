import { expect } from 'chai';
import fc from 'fast-check';
import { OrchError } from '../../src/lib/errors.ts';
import type { Reply } from '../../src/model/transport.ts';
import { command } from '../../src/modules/actions/command.ts';
import { k3sConfig } from '../../src/modules/k3s/resource.ts';
import { routes } from '../../src/modules/routes/resource.ts';

const line = fc.oneof(
  fc.constantFrom(
    '=routes',
    '=interfaces',
    '=link dummy0',
    '=flags dummy0',
    '=k3s',
    '=config /etc/k.yaml',
    '=stat',
    '=addresses',
    '=file /etc/k.yaml',
    '=unit /etc/systemd/system/k3s.service',
    '!unreadable',
    'started 5',
    'default via 192.0.2.1 dev eth0 metric 100',
    '7: dummy0: <BROADCAST,NOARP,UP> mtu 1500',
    '0x83',
    '>node-ip: 10.0.0.1',
    '+a: [',
    '>ExecStart=k3s server --flannel-iface',
    '600 root:root 5 /etc/k.yaml',
    '2: eth0    inet 192.0.2.10/24 scope global eth0',
    'orch run',
    'orch creates',
  ),
  fc.string(),
);
const reply: fc.Arbitrary<Reply> = fc.record({
  stdout: fc.oneof(
    fc.array(line, { maxLength: 14 }).map((lines) => Buffer.from(lines.join('\n'))),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  ),
  stderr: fc.string().map((text) => Buffer.from(text)),
  exit: fc.constantFrom(0, 0, 0, 1, 127, -1),
});

describe('any reply is read or refused', () => {
  const cases: Readonly<Record<string, (reply: Reply) => unknown>> = {
    routes: routes.observe([{ name: 'dummy0', always: false }]).parse,
    k3s_config: k3sConfig.observe([{ secrets: [] }]).parse,
    command: (answer) =>
      command.parse(answer, {
        cmd: 'true',
        stdin_add_newline: true,
        strip_empty_ends: true,
        expand_argument_vars: true,
        reads: false,
      }),
  };
  for (const [name, parse] of Object.entries(cases)) {
    it(`by ${name}`, () => {
      fc.assert(
        fc.property(reply, (answer) => {
          try {
            parse(answer);
          } catch (error) {
            expect(error).to.be.instanceOf(OrchError);
            expect((error as OrchError).code).to.be.oneOf(['REPLY_UNREADABLE', 'TOOL_MISSING']);
          }
        }),
        { numRuns: 1000 },
      );
    });
  }
});
