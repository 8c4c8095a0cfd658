import fc from 'fast-check';
import { iptables } from '../../src/modules/iptables/iptables.ts';
import { ufw } from '../../src/modules/ufw/ufw.ts';
import { finished } from '../helpers/finished.ts';
import { lawful } from '../helpers/lawful.ts';

const policy = fc.constantFrom<'allow' | 'deny' | 'reject'>('allow', 'deny', 'reject');
const rules = fc
  .subarray([
    ['in proto tcp from any to any port 22', 'allow'],
    ['in proto tcp from any to any port 22 (v6)', 'limit, logged'],
    ['in from 10.0.0.0/8 to any', 'deny # ours'],
    ['out from any to any port 25', 'reject'],
  ] as const)
  .map((pairs) => Object.fromEntries(pairs) as Record<string, string>);

const rule = fc.record({
  rule: fc.constantFrom('allow', 'deny', 'limit', 'reject'),
  ...{ port: fc.constantFrom('22', 'ssh'), proto: fc.constant('tcp') },
  ...{ log: fc.boolean(), delete: fc.boolean() },
});
const params: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  rule,
  fc.record({ rule: fc.constant('deny'), from_ip: fc.constant('10.0.0.0/8') }),
  fc.record({ state: fc.constantFrom('enabled', 'disabled', 'reset', 'reloaded') }),
  fc.record({ policy, direction: fc.constantFrom('incoming', 'outgoing', 'routed') }),
);

/** What the tasks of a wave ask for is known when it is planned. */
const ASKED = ['allow', 'deny', 'limit', 'reject'].flatMap((one) =>
  ['22', 'ssh'].flatMap((port) => {
    const given = finished(ufw, { rule: one, port, proto: 'tcp' });
    const denied = finished(ufw, { rule: 'deny', from_ip: '10.0.0.0/8' });
    return [ufw.scope(given).asked ?? [], ufw.scope(denied).asked ?? []].flat();
  }),
);

lawful(ufw, {
  params: params.map((given) => finished(ufw, given)),
  seen: fc
    .record({
      ...{ enabled: fc.boolean(), incoming: policy, outgoing: policy, routed: policy },
      ...{ logging: fc.constantFrom('off', 'low'), rules, ipv6: fc.boolean() },
    })
    .map(({ ipv6, ...state }) => ({
      state: { ...state, reloads: 0, resets: 0 },
      facts: { ipv6, services: { ssh: ['22/tcp'] }, asked: ASKED, session: null },
    })),
});

const rule4 = finished(iptables, { chain: 'INPUT', protocol: 'tcp', jump: 'ACCEPT' });
const mine = finished(iptables, { chain: 'MINE', chain_management: true });
const drop = finished(iptables, { chain: 'FORWARD', policy: 'DROP' });
const empty = finished(iptables, { chain: 'INPUT', flush: true });
const every = [rule4, { ...rule4, state: 'absent' as const }, mine, drop, empty];

lawful(iptables, {
  params: fc.constantFrom(...every),
  seen: fc
    .record({ rule: fc.boolean(), chain: fc.boolean(), session: fc.boolean(), filled: fc.nat(2) })
    .map(({ rule: there, chain, session, filled }) => ({
      state: {
        rules: { 'INPUT -p tcp -j ACCEPT': there },
        chains: { MINE: chain },
        policies: { FORWARD: 'ACCEPT' },
        filled: { INPUT: filled },
      },
      facts: { asked: every.map((one) => iptables.scope(one)), session },
    })),
});
