import { expect } from 'chai';
import { connectivity } from '../../../../src/modules/connectivity/connectivity.ts';
import { connectivityListener } from '../../../../src/modules/connectivity/listener.ts';
import type { ConnectivityParams } from '../../../../src/modules/connectivity/params.ts';
import { connectivityResource, type Knock } from '../../../../src/modules/connectivity/probe.ts';
import { classesOf, inTurns, sampled } from '../../../../src/modules/connectivity/targets.ts';
import type { Reply } from '../../../../src/model/transport.ts';

const ROWS = [
  { ports: '6443/tcp', from: 'node', to: 'server', why: 'API' },
  { ports: '8472/udp', from: 'node', to: 'node', why: 'VXLAN' },
  { ports: '10000-30000/tcp', from: 'node', to: 'node', why: 'Longhorn' },
  { ports: '9/tcp', from: 'node', to: 'node', why: 'optional', optional: true },
];

const given = (more: Partial<ConnectivityParams> = {}): ConnectivityParams => ({
  rows: ROWS,
  roles: ['agent'],
  peers: [{ name: 'node1', address: '10.0.0.1', roles: ['server'] }],
  expect: 'open',
  samples: 5,
  timeout: 2.5,
  ...more,
});

/** What is said when every port of a class ended in the same way. */
function judged(knocks: Readonly<Record<string, Knock>>, more: Partial<ConnectivityParams> = {}) {
  const params = given(more);
  const all = new Map<string, Knock>();
  for (const { address, ports } of connectivity.scope(params).targets)
    for (const port of ports)
      all.set(`${address} ${port}`, knocks[port] ?? knocks['*'] ?? 'refused');
  return connectivity.inspect({ state: {}, facts: { tool: 'python3', knocks: all } }, params);
}

describe('connectivity', () => {
  it('tries all of a short range, and of a long one its ends, its middle and the same few others', () => {
    expect(sampled({ low: 9500, high: 9503, proto: 'tcp' }, 5)).to.deep.equal([
      ...['9500/tcp', '9501/tcp', '9502/tcp', '9503/tcp'],
    ]);
    const long = sampled({ low: 10000, high: 30000, proto: 'tcp' }, 5);
    expect(long).to.have.length(8).and.to.include.members(['10000/tcp', '20000/tcp', '30000/tcp']);
    expect(sampled({ low: 10000, high: 30000, proto: 'tcp' }, 5)).to.deep.equal(long);
    expect(new Set(sampled({ low: 1, high: 65535, proto: 'udp' }, 64))).to.have.property(
      'size',
      67,
    );
  });

  it('takes the rows that count between two roles', () => {
    const names = (from: string[], to: string[]) =>
      classesOf(ROWS, from, to, 5).map(({ why }) => why);
    expect(names(['agent'], ['server'])).to.deep.equal(['API', 'VXLAN', 'Longhorn']);
    expect(names(['server'], ['agent'])).to.deep.equal(['VXLAN', 'Longhorn']);
    expect(names(['external'], ['server'])).to.deep.equal([]);
  });

  it('knocks first at one port of each class: few refusals are told in a second', () => {
    const rows = ['2379-2380/tcp', '6443/tcp', '9500-9502/tcp', '2380/tcp'];
    expect(inTurns(classesOf(rows, undefined, undefined, 5))).to.deep.equal([
      ...['2379/tcp', '6443/tcp', '9500/tcp', '2380/tcp', '9501/tcp', '9502/tcp'],
    ]);
  });

  it('takes refused, open and proven for reached, and says how much of a range was tried', () => {
    const { findings, notes, warnings } = judged({ '6443/tcp': 'proven', '*': 'refused' });
    expect([findings, warnings]).to.deep.equal([[], []]);
    expect(notes).to.deep.equal([
      'node1: 3 of 3 get through',
      '10000-30000/tcp: sampled 8 of 20001',
    ]);
  });

  it('tells apart what stops, names ports and reason, with a cure for each', () => {
    const { findings } = judged({ '6443/tcp': 'rejected', '8472/udp': 'unreachable' });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'node1 (10.0.0.1) cannot be reached on 6443/tcp (API): rejected: a firewall says no, or nobody has that address',
      'node1 (10.0.0.1) cannot be reached on 8472/udp (VXLAN): no route to that network from here',
    ]);
    expect(findings.every(({ cure }) => cure !== undefined)).to.equal(true);
  });

  it('tells once what is alike of several peers, and asks for a look at this host when none answers', () => {
    const peers = ['1', '2', '3'].map((n) => ({ name: `node${n}`, address: `10.0.0.${n}` }));
    const { findings } = judged({ '*': 'timeout', '8472/udp': 'refused' }, { peers });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'node1 (10.0.0.1), node2 (10.0.0.2), node3 (10.0.0.3) cannot be reached on 6443/tcp (API), 10000-30000/tcp (Longhorn): no answer: a firewall drops it, or the host is down',
    ]);
    expect(findings[0]?.cure).to.match(/not one of them answers this host: look at its own/);
    expect(judged({ '*': 'timeout' }).findings[0]?.cure).to.match(/^is node1 \(10\.0\.0\.1\) up/);
  });

  it('takes a port that is silent on a host that rejects others for stopped, and rejected for the better word', () => {
    const { findings, data } = judged({ '10000/tcp': 'rejected', '*': 'silent' });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'node1 (10.0.0.1) cannot be reached on 6443/tcp (API): no answer, from a host that rejects other ports',
      'node1 (10.0.0.1) cannot be reached on 10000-30000/tcp (Longhorn): rejected: a firewall says no, or nobody has that address',
    ]);
    expect(JSON.stringify(data)).to.include(
      '"ports":"8472/udp","result":"silent","verdict":"unclear"',
    );
  });

  it('names the ports of a range that are not as the rest', () => {
    const { findings } = judged({ '20000/tcp': 'rejected', '*': 'refused' });
    expect(findings[0]?.message).to.match(
      /10000-30000\/tcp \(Longhorn, of it 20000\/tcp rejected\)/,
    );
  });

  it('does not take silence over UDP for an answer, unless a listener was there', () => {
    const silent = judged({ '8472/udp': 'timeout', '*': 'refused' });
    expect(silent.findings).to.deep.equal([]);
    expect(silent.warnings[0]).to.match(/^node1 8472\/udp: no answer, which for UDP says nothing/);
    const listener = { nonce: '0123456789abcdef', listening: ['8472/udp'] };
    const peers = [{ name: 'node1', address: '10.0.0.1', listener }];
    expect(judged({ '8472/udp': 'timeout', '*': 'refused' }, { peers }).findings).to.have.length(1);
  });

  it('takes a refusal in place of our own listener for a firewall’s', () => {
    const listener = { nonce: '0123456789abcdef', listening: ['6443/tcp'] };
    const peers = [{ name: 'node1', address: '10.0.0.1', listener }];
    expect(
      judged({ '*': 'refused' }, { peers }).findings.map(({ message }) => message),
    ).to.deep.equal([
      'node1 (10.0.0.1) cannot be reached on 6443/tcp (API): rejected: a firewall says no, or nobody has that address',
    ]);
  });

  it('finds what lets through where it must be closed', () => {
    const { findings, notes } = judged(
      { '6443/tcp': 'refused', '*': 'rejected' },
      { expect: 'closed' },
    );
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'node1 (10.0.0.1) can be reached on 6443/tcp (API), which should be closed: got through (nothing listens)',
    ]);
    expect(notes[0]).to.equal('node1: 2 of 3 are closed');
  });

  it('refuses names and networks as addresses, and ports that are none', () => {
    const problems = connectivity.problems?.({
      rows: ['70000/tcp'],
      peers: [{ address: 'node1' }, { address: '10.0.0.0/24' }, { address: '10.0.0.1' }],
    });
    expect(problems?.map(({ pointer }) => pointer)).to.deep.equal([
      ...['/rows/0', '/peers/0/address', '/peers/1/address'],
    ]);
  });

  const reply = (stdout: string, exit = 0): Reply => ({
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(''),
    exit,
  });

  it('reads what the probe prints, and passes over what it cannot have printed', () => {
    const { parse } = connectivityResource.observe([connectivity.scope(given())]);
    const { facts } = parse(
      reply('tool python3\n10.0.0.1 6443/tcp refused 3\n10.0.0.1 1/tcp {{x}} 1\n'),
    );
    expect([...facts.knocks]).to.deep.equal([['10.0.0.1 6443/tcp', 'refused']]);
    expect(() => parse(reply('', 127))).to.throw(/neither python3 nor bash/);
    expect(() => parse(reply('Traceback', 1))).to.throw(/ended early/);
  });

  it('reads what a listener says, and goes without one where there is no python', () => {
    const { parse } = connectivityListener;
    const params = { rows: ROWS, roles: ['server' as const], samples: 5, seconds: 20 };
    const said = parse(reply('nonce 00ff00ff\nlistening 6443/tcp\nbusy 22/tcp\n'), params);
    expect(said.data).to.deep.equal({
      ...{ nonce: '00ff00ff', listening: ['6443/tcp'], busy: ['22/tcp'] },
    });
    expect(parse(reply('none\n'), params).skipped).to.match(/no python3 here/);
  });
});
