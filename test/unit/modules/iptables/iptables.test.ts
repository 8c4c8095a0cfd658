import { expect } from 'chai';
import { iptables, type IptablesParams } from '../../../../src/modules/iptables/iptables.ts';
import { chains } from '../../../../src/modules/iptables/resource.ts';
import { ruleWords } from '../../../../src/modules/iptables/words.ts';
import { finished } from '../../../helpers/finished.ts';
import { seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const given = (params: Record<string, unknown>): IptablesParams => finished(iptables, params);
const words = (params: Record<string, unknown>): string => ruleWords(given(params)).join(' ');
const seen = (params: IptablesParams, answer: string, session = '') =>
  seenIn(iptables, params, `=0\n${answer}=session\n${session}=end\n`);

describe('iptables', () => {
  it('says a rule in the words that iptables takes', () => {
    expect(words({ chain: 'INPUT', ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' })).to.equal(
      '-j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED',
    );
    expect(
      words({
        chain: 'INPUT',
        source: '!10.0.0.0/8',
        match: 'state',
        ctstate: 'NEW',
        jump: 'DROP',
      }),
    ).to.equal('! -s 10.0.0.0/8 -m state -j DROP --state NEW');
    expect(words({ chain: 'INPUT', protocol: 'tcp', destination_ports: [80, '443'] })).to.equal(
      '-p tcp -m multiport --dports 80,443',
    );
    expect(
      words({ chain: 'X', protocol: 'tcp', syn: 'negate', reject_with: 'tcp-reset' }),
    ).to.equal('-p tcp ! --syn -j REJECT --reject-with tcp-reset');
    expect(words({ chain: 'X', ip_version: 'ipv6', icmp_type: 'echo-request' })).to.equal(
      '--icmpv6-type echo-request',
    );
    expect(words({ chain: 'X', match_set: 'bad', match_set_flags: 'src' })).to.equal(
      '-m set --match-set bad src',
    );
    expect(
      words({ chain: 'X', tcp_flags: { flags: ['ALL'], flags_set: ['ACK', 'RST'] } }),
    ).to.equal('--tcp-flags ALL ACK,RST');
    expect(words({ chain: 'X', comment: '!loud' })).to.equal('-m comment --comment !loud');
  });

  const ssh = given({ chain: 'INPUT', protocol: 'tcp', destination_port: 22, jump: 'ACCEPT' });

  it('asks the kernel for a rule, adds it once, and takes back what it added', () => {
    expect(stepsOf(iptables, seen(ssh, ' yes\n'), ssh)).to.deep.equal([]);
    const now = seen(ssh, ' no\n');
    const [step] = chains.plan(now, wanted(iptables, now, ssh)).steps;
    expect(step?.do.text.replaceAll(/ +/g, ' ')).to.equal(
      'iptables -w -t filter -A INPUT -p tcp -j ACCEPT --destination-port 22',
    );
    expect(step?.inverse?.text).to.contain('-D INPUT');
    expect(step?.stage).to.equal('runtime');
  });

  it('puts a rule to its place', () => {
    const at = (more: object): string | undefined => {
      const one = given({ chain: 'INPUT', jump: 'DROP', action: 'insert', ...more });
      const now = seen(one, ' no\n');
      return chains.plan(now, wanted(iptables, now, one)).steps[0]?.do.text.replaceAll(/ +/g, ' ');
    };
    expect(at({ rule_num: 2 })).to.contain('-I INPUT 2 -j DROP');
    expect(at({})).to.contain('-I INPUT -j DROP');
  });

  it('sets policies, empties chains, and makes chains', () => {
    const policy = given({ chain: 'FORWARD', policy: 'DROP' });
    expect(stepsOf(iptables, seen(policy, ' ACCEPT\n'), policy)).to.deep.equal([
      'policy DROP of FORWARD',
    ]);
    expect(stepsOf(iptables, seen(policy, ' DROP\n'), policy)).to.deep.equal([]);
    const flush = given({ table: 'nat', flush: true });
    expect(stepsOf(iptables, seen(flush, 'x\nx\n'), flush)).to.deep.equal([
      'no rules in -t nat all chains',
    ]);
    expect(stepsOf(iptables, seen(flush, ''), flush)).to.deep.equal([]);
    const chain = given({ chain: 'MINE', chain_management: true });
    expect(stepsOf(iptables, seen(chain, ' no\n'), chain)).to.deep.equal(['chain MINE']);
  });

  it('does not promise that a way in stays open where it shuts something', () => {
    const shut = given({ chain: 'INPUT', policy: 'DROP' });
    const now = seen(shut, ' ACCEPT\n', ' yes\n');
    const after = { ...now, state: wanted(iptables, now, shut) };
    expect(chains.reach?.(now.state, after, []).kind).to.equal('unknown');
    const open = seen(ssh, ' no\n', ' yes\n');
    const opened = { ...open, state: wanted(iptables, open, ssh) };
    expect(chains.reach?.(open.state, opened, []).kind).to.equal('safe');
  });

  it('says what is missing or too much', () => {
    expect(iptables.problems?.({ jump: 'DROP' })[0]?.message).to.equal('chain is missing');
    expect(iptables.problems?.({ chain: 'X', flush: true, policy: 'DROP' })).to.have.length(1);
    expect(iptables.problems?.({ chain: 'X', rule_num: '1' })[0]?.pointer).to.equal('/rule_num');
    expect(iptables.problems?.({ flush: true })).to.deep.equal([]);
  });
});
