import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';

/** The three tables of the networking guide, row by row, in its order: port, protocol, source, destination. */
const INTER_NODE = `
2379-2380 TCP Server Server
6443 TCP All Server
8472 UDP All All
10250 TCP All All
5001 TCP All Server
9500-9503 TCP All All
8500-8504 TCP All All
10000-30000 TCP All All
3260 TCP All All
2049 TCP All All`;
const APPLICATION = ['6379/tcp', '9093/tcp', '9095/tcp', '8086/tcp'];
const EXTERNAL = ['80/tcp', '443/tcp', '9095/tcp', '6379/tcp', '8125/tcp', '8125/udp'];
/** What the commands of the shared guide open, in their order. */
const SHARED =
  '2379-2380/tcp 6443/tcp 8472/udp 10250/tcp 5001/tcp 9500-9503/tcp 8500-8504/tcp 10000-30000/tcp 3260/tcp 2049/tcp 80/tcp 443/tcp 9095/tcp 6379/tcp 8125/tcp 8125/udp';

interface Row {
  readonly ports: string;
  readonly from: string;
  readonly to: string;
  readonly optional?: boolean;
}

describe('playbooks/data/ports.yml', () => {
  const { guide_ports: tables, guide_networks: networks } = parse(
    readFileSync('playbooks/data/ports.yml', 'utf8'),
  ) as {
    readonly guide_ports: Readonly<
      Record<'inter_node' | 'application' | 'external', readonly Row[]>
    >;
    readonly guide_networks: unknown;
  };
  const ports = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.ports);

  it('has the inter-node table of the guide, who talks to whom included', () => {
    const who = (word: string): string => (word === 'server' ? 'Server' : 'All');
    expect(
      tables.inter_node.map((row) => {
        const [range = '', proto = ''] = row.ports.split('/');
        return `${range} ${proto.toUpperCase()} ${who(row.from)} ${who(row.to)}`;
      }),
    ).to.deep.equal(INTER_NODE.trim().split('\n'));
  });

  it('has its application and external tables, of which 80 alone is optional', () => {
    expect(ports(tables.application)).to.deep.equal(APPLICATION);
    expect(ports(tables.external)).to.deep.equal(EXTERNAL);
    expect(
      tables.external.filter(({ optional }) => optional).map((row) => row.ports),
    ).to.deep.equal(['80/tcp']);
    for (const row of tables.external) expect(row).to.include({ from: 'external', to: 'node' });
  });

  it('comes to what the commands of the shared guide open, and to its networks', () => {
    expect([...ports(tables.inter_node), ...ports(tables.external)]).to.deep.equal(
      SHARED.split(' '),
    );
    expect(networks).to.deep.equal({ pod: '10.42.0.0/16', service: '10.43.0.0/16' });
  });
});
