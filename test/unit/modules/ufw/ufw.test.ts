import { expect } from 'chai';
import type { Reach } from '../../../../src/model/module.ts';
import { ufwFirewall } from '../../../../src/modules/ufw/resource.ts';
import { namesOf, ruleIn } from '../../../../src/modules/ufw/rules.ts';
import type { UfwState } from '../../../../src/modules/ufw/state.ts';
import { ufw, type UfwParams } from '../../../../src/modules/ufw/ufw.ts';
import { finished } from '../../../helpers/finished.ts';
import { seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const given = (params: object): UfwParams => finished(ufw, params as Record<string, unknown>);
const reply = (
  rules = '',
  more: { on?: boolean; session?: string; services?: string } = {},
): string => `=conf
 ENABLED=${more.on === true ? 'yes' : 'no'}
 LOGLEVEL=low
=default
 IPV6=yes
 DEFAULT_INPUT_POLICY="DROP"
 DEFAULT_OUTPUT_POLICY="ACCEPT"
 DEFAULT_FORWARD_POLICY="DROP"
=rules4
${rules
  .split('\n')
  .filter((row) => row !== '' && !row.includes('::'))
  .map((row) => ` ### tuple ### ${row}\n`)
  .join('')}=rules6
${rules
  .split('\n')
  .filter((row) => row.includes('::'))
  .map((row) => ` ### tuple ### ${row}\n`)
  .join('')}=services
${more.services ?? ''}=session
${more.session ?? ''}=end
`;
const seen = (params: UfwParams, ...told: Parameters<typeof reply>) =>
  seenIn(ufw, params, reply(...told));

/** What ufw 0.36.2 wrote for each rule. */
const WRITTEN: readonly (readonly [object, string])[] = [
  [
    { rule: 'allow', port: '22', proto: 'tcp' },
    'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\nallow tcp 22 ::/0 any ::/0 in',
  ],
  [
    { rule: 'allow', from: '10.0.0.5/8', to_port: '443,80', proto: 'tcp' },
    'allow tcp 80,443 0.0.0.0/0 any 10.0.0.0/8 in',
  ],
  [
    {
      rule: 'deny',
      direction: 'in',
      interface: 'eth0',
      to_ip: '192.168.1.1',
      port: '53',
      proto: 'udp',
      comment: 'no dns',
    },
    'deny udp 53 192.168.1.1 any 0.0.0.0/0 in_eth0 comment=6e6f20646e73',
  ],
  [
    { rule: 'limit', port: 'ssh' },
    'limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\nlimit tcp 22 ::/0 any ::/0 in',
  ],
  [
    { rule: 'allow', port: 'domain' },
    'allow any 53 0.0.0.0/0 any 0.0.0.0/0 in\nallow any 53 ::/0 any ::/0 in',
  ],
  [
    { rule: 'allow', name: 'WWW Full', log: true },
    'allow_log tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 WWW%20Full - in\nallow_log tcp 80,443 ::/0 any ::/0 WWW%20Full - in',
  ],
  [
    {
      rule: 'allow',
      route: true,
      interface_in: 'eth0',
      interface_out: 'eth1',
      to_ip: '10.1.0.0/16',
    },
    'route:allow any any 10.1.0.0/16 any 0.0.0.0/0 in_eth0!out_eth1',
  ],
  [{ rule: 'allow', from_ip: 'fd00::1' }, 'allow any any ::/0 any fd00::1 in'],
  [
    { rule: 'reject', direction: 'out', port: '25' },
    'reject any 25 0.0.0.0/0 any 0.0.0.0/0 out\nreject any 25 ::/0 any ::/0 out',
  ],
  [
    { rule: 'allow', from_port: '99', proto: 'udp' },
    'allow udp any 0.0.0.0/0 99 0.0.0.0/0 in\nallow udp any ::/0 99 ::/0 in',
  ],
  [{ rule: 'allow', proto: 'igmp' }, 'allow igmp any 0.0.0.0/0 any 0.0.0.0/0 in'],
  [
    { rule: 'allow', direction: 'out', interface: 'eth1', port: '443', proto: 'tcp' },
    'allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 out_eth1\nallow tcp 443 ::/0 any ::/0 out_eth1',
  ],
];
const SERVICES = { ssh: ['22/tcp'], domain: ['53/tcp', '53/udp'] };

describe('ufw', () => {
  for (const [params, written] of WRITTEN) {
    it(`knows ${JSON.stringify(params)} again as ufw writes it`, () => {
      const asked = ufw.scope(given(params)).asked;
      const names = written
        .split('\n')
        .map((row) => ruleIn(`### tuple ### ${row}`, row.includes('::') ? 6 : 4)?.name);
      expect(asked && namesOf(asked.wish, { ipv6: true, services: SERVICES })).to.deep.equal(names);
      const services = ' ssh 22/tcp\n domain 53/tcp\n domain 53/udp\n';
      const now = seen(given(params), written, { services });
      expect(stepsOf(ufw, now, given(params))).to.deep.equal([]);
    });
  }

  it('makes a rule once for both families, and changes one that is there in its place', () => {
    const ssh = given({ rule: 'limit', port: 22, proto: 'tcp' });
    expect(stepsOf(ufw, seen(ssh), ssh)).to.deep.equal([
      'ufw limit in proto tcp from any to any port 22',
    ]);
    const now = seen(ssh, WRITTEN[0]?.[1]);
    const [step] = ufwFirewall.plan(now, wanted(ufw, now, ssh)).steps;
    expect(step?.do.text).to.equal('ufw  limit in from any to any port 22 proto tcp >/dev/null');
    expect(step?.inverse?.text).to.contain('ufw  allow in');
  });

  it('takes a rule away by what it does, and leaves another with the same match', () => {
    const gone = given({ rule: 'allow', port: 22, proto: 'tcp', delete: true });
    expect(stepsOf(ufw, seen(gone, WRITTEN[0]?.[1]), gone)).to.have.length(1);
    const denied = 'deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in';
    expect(stepsOf(ufw, seen(gone, denied), gone)).to.deep.equal([]);
  });

  it('puts a rule to its place only where there is one', () => {
    const first = given({ rule: 'deny', from_ip: '1.2.3.4', insert: 1 });
    const words = (rules?: string): string | undefined => {
      const now = seen(first, rules);
      return ufwFirewall.plan(now, wanted(ufw, now, first)).steps[0]?.do.text;
    };
    expect(words()).to.not.contain('insert');
    expect(words(WRITTEN[0]?.[1])).to.contain('insert 1 deny');
  });

  it('sets defaults before it comes on', () => {
    const on = given({ state: 'enabled', policy: 'reject', logging: 'high' });
    expect(stepsOf(ufw, seen(on), on)).to.deep.equal([
      'ufw incoming: reject',
      'ufw logging high',
      'ufw on',
    ]);
    expect(ufw.once?.(given({ state: 'reset' }))).to.equal(true);
  });

  it('says what is missing or too much', () => {
    const wrong = (params: object): string | undefined => ufw.problems?.(params)[0]?.message;
    expect(wrong({})).to.contain('nothing is asked for');
    expect(wrong({ rule: 'allow', to_port: '1:2' })).to.contain('protocol');
    expect(wrong({ rule: 'allow', interface: 'eth0' })).to.contain('direction');
    expect(wrong({ rule: 'allow', name: 'OpenSSH', to_port: '22' })).to.contain('profile');
    expect(wrong({ rule: 'allow', port: '22' })).to.equal(undefined);
  });
});

describe('ufw and the way in', () => {
  const session = ' 10.0.0.9 10.0.0.1 22\n';
  const reach = (params: object, rules: string, sources: readonly string[] = []): Reach => {
    const one = given(params);
    const now = seen(one, rules, { session });
    const after: UfwState = wanted(ufw, now, one);
    const judge = ufwFirewall.reach;
    if (!judge) throw new Error('ufw does not judge');
    return judge(now.state, { state: after, facts: now.facts }, sources);
  };
  const allow = 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in';

  it('is shut when ufw comes on without a rule for SSH', () => {
    const found = reach({ state: 'enabled' }, '');
    expect(found).to.include({ kind: 'lockout' });
    expect(found).to.have.property('sentence').that.contains('10.0.0.9 to port 22');
  });

  it('is open by a rule, a profile, a network or the default', () => {
    const on = { state: 'enabled' };
    expect(reach(on, allow).kind).to.equal('safe');
    expect(reach(on, 'limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 OpenSSH - in').kind).to.equal('safe');
    expect(reach(on, 'allow any any 0.0.0.0/0 any 10.0.0.0/24 in').kind).to.equal('safe');
    expect(reach({ state: 'enabled', policy: 'allow' }, '').kind).to.equal('safe');
  });

  it('is shut by a rule before, and for others that must get in', () => {
    const on = { state: 'enabled' };
    const before = `deny any any 0.0.0.0/0 any 10.0.0.9 in\n${allow}`;
    expect(reach(on, before).kind).to.equal('lockout');
    const narrow = 'allow tcp 22 0.0.0.0/0 any 10.0.0.9 in';
    expect(reach(on, narrow).kind).to.equal('safe');
    expect(reach(on, narrow, ['192.0.2.7']).kind).to.equal('lockout');
  });

  it('cannot tell by interfaces', () => {
    expect(
      reach({ state: 'enabled' }, 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in_eth0').kind,
    ).to.equal('unknown');
  });
});
