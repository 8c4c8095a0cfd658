import { familyOf } from '../../lib/cidr.ts';
import type { Finding, Inspection, InspectModule, Problem, Seen } from '../../model/module.ts';
import { readPortItems } from '../firewalld/port-items.ts';
import { type ConnectivityParams, connectivityParams } from './params.ts';
import {
  type ConnectivityFacts,
  connectivityResource,
  type ConnectivityScope,
  type Knock,
} from './probe.ts';
import { type Class, classesOf, inTurns } from './targets.ts';

type Peer = ConnectivityParams['peers'][number];

/** Whether nodes reach each other, tried for real. */
export const connectivity: InspectModule<
  ConnectivityParams,
  ConnectivityScope,
  Readonly<Record<string, never>>,
  ConnectivityFacts
> = {
  kind: 'inspect',
  name: 'connectivity',
  params: connectivityParams,
  example: `- name: Nodes reach each other
  connectivity:
    roles: [server]
    peers:
      - {name: node2, address: 10.0.0.12, roles: [agent]}
    rows:
      - {ports: 10250/tcp, from: node, to: node, why: kubelet}
      - {ports: 10000-30000/tcp, from: node, to: node, why: Longhorn data}
`,
  resource: connectivityResource,
  problems,
  scope: (params) => ({
    seconds: params.timeout,
    targets: params.peers.map((peer) => ({
      address: peer.address,
      nonce: nonceOf(peer),
      ports: inTurns(classes(params, peer)),
    })),
  }),
  inspect,
};

const classes = (params: ConnectivityParams, peer: Peer): readonly Class[] =>
  classesOf(params.rows, params.roles, peer.roles, params.samples);

function nonceOf({ listener }: Peer): string {
  const nonce = listener?.['nonce'];
  return typeof nonce === 'string' && /^[0-9a-f]{8,64}$/.test(nonce) ? nonce : '';
}

const listens = ({ listener }: Peer, port: string): boolean => {
  const list = listener?.['listening'];
  return Array.isArray(list) && list.includes(port);
};

/** What is known of a port: let through, not let through, or neither. */
type Verdict = 'through' | 'stopped' | 'unclear';

function verdictOf(knock: Knock | undefined, port: string, peer: Peer): Verdict {
  switch (knock) {
    case 'proven':
    case 'open':
    case 'refused':
      return 'through';
    case 'rejected':
    case 'unreachable':
    case 'denied_local':
      return 'stopped';
    case 'timeout':
    case 'silent':
      // UDP has no answer of its own: silence means something only where somebody would have answered.
      return port.endsWith('/udp') && !listens(peer, port) ? 'unclear' : 'stopped';
    case 'error':
    case 'untried':
    case undefined:
      return 'unclear';
  }
}

interface Cell {
  readonly peer: string;
  readonly address: string;
  readonly why: string;
  readonly ports: string;
  /** The worst of its ports. */
  readonly result: Knock;
  readonly verdict: Verdict;
  readonly tried: number;
  readonly of: number;
  /** Ports that are not as the rest, with what came of them; none where all of them are alike. */
  readonly odd: readonly string[];
}

function inspect(
  { facts }: Seen<unknown, ConnectivityFacts>,
  params: ConnectivityParams,
): Inspection {
  const cells = params.peers.flatMap((peer) =>
    classes(params, peer).map((row) => cellOf(row, peer, facts, params.expect)),
  );
  const bad = params.expect === 'open' ? 'stopped' : 'through';
  const wrong = cells.filter(({ verdict }) => verdict === bad);
  const unclear = cells.filter(({ verdict }) => verdict === 'unclear');
  return {
    findings: findingsOf(wrong, params),
    notes: [...peerNotes(cells, params), ...sampleNotes(cells)],
    warnings: unclear.map(
      ({ peer, ports, result }) =>
        `${peer} ${ports}: ${UNCLEAR[result] ?? `says nothing (${result})`}`,
    ),
    data: {
      tool: facts.tool,
      matrix: {
        title: params.network ?? '',
        expect: params.expect,
        cells: cells.map((cell) => ({ ...cell })),
      },
    },
  };
}

const UNCLEAR: Readonly<Partial<Record<Knock, string>>> = {
  timeout: 'no answer, which for UDP says nothing: nobody listens there who would answer',
  silent: 'no answer, which for UDP says nothing: nobody listens there who would answer',
  untried: 'not tried: UDP needs python3 on the host that knocks',
};

/** Worst first: a class is as bad as the worst of its ports. */
const RANK: readonly Knock[] = [
  ...(['denied_local', 'unreachable', 'timeout', 'rejected', 'silent'] as const),
  ...(['error', 'untried', 'refused', 'open', 'proven'] as const),
];

function cellOf(
  { why, ports, tried, of }: Class,
  peer: Peer,
  facts: ConnectivityFacts,
  expect: 'open' | 'closed',
): Cell {
  const all = tried.map((port) => {
    const said = facts.knocks.get(`${peer.address} ${port}`) ?? 'error';
    // Our listener is there: who refuses in its place is a firewall.
    const knock = said === 'refused' && listens(peer, port) ? 'rejected' : said;
    return { port, knock, verdict: verdictOf(knock, port, peer) };
  });
  const ranked = [...all].sort((a, b) => RANK.indexOf(a.knock) - RANK.indexOf(b.knock));
  const order: readonly Verdict[] =
    expect === 'open' ? ['stopped', 'unclear', 'through'] : ['through', 'unclear', 'stopped'];
  const worst = order.find((v) => all.some(({ verdict }) => verdict === v)) ?? 'unclear';
  const [first] = ranked.filter(({ verdict }) => verdict === worst);
  const result = first?.knock ?? 'error';
  const same = all.every(({ verdict }) => verdict === worst);
  return {
    peer: peer.name ?? peer.address,
    address: peer.address,
    why,
    ports,
    result,
    verdict: worst,
    tried: tried.length,
    of,
    odd: same
      ? []
      : all.filter(({ verdict }) => verdict === worst).map(({ port, knock }) => `${port} ${knock}`),
  };
}

/** What a result means, and who stopped it. */
const SAYS: Readonly<Record<Knock, string>> = {
  proven: 'got through (our listener answered)',
  open: 'got through (something listens)',
  refused: 'got through (nothing listens)',
  rejected: 'rejected: a firewall says no, or nobody has that address',
  timeout: 'no answer: a firewall drops it, or the host is down',
  silent: 'no answer, from a host that rejects other ports',
  unreachable: 'no route to that network from here',
  denied_local: 'the firewall of this host lets nothing out to it',
  error: 'could not be tried',
  untried: 'was not tried',
};

/** Cells with the same result that are wrong in the same classes are one finding: a firewall, not ninety doors. */
function findingsOf(wrong: readonly Cell[], params: ConnectivityParams): readonly Finding[] {
  const perPeer = grouped(wrong, ({ address, result }) => `${address} ${result}`);
  return grouped(perPeer, (cells) =>
    JSON.stringify([cells[0]?.result, ...cells.map(({ ports, odd }) => [ports, odd])]),
  ).flatMap((alike): readonly Finding[] => {
    const [first] = alike[0] ?? [];
    if (!first) return [];
    const what = (alike[0] ?? [])
      .map(({ ports, why, odd }) => {
        const which = odd.length > 0 ? `, of it ${odd.slice(0, 5).join(', ')}` : '';
        return why === ports ? `${ports}${which}` : `${ports} (${why}${which})`;
      })
      .join(', ');
    const to = alike.flatMap(([cell]) => (cell ? [named(cell)] : [])).join(', ');
    const message =
      params.expect === 'open'
        ? `${to} cannot be reached on ${what}: ${SAYS[first.result]}`
        : `${to} can be reached on ${what}, which should be closed: ${SAYS[first.result]}`;
    return [{ message, cure: cureOf(first.result, to, alike.length, params) }];
  });
}

const named = ({ peer, address }: Cell): string =>
  peer === address ? peer : `${peer} (${address})`;

/** Those with the same key together, in the order met. */
function grouped<T>(all: readonly T[], key: (one: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups.values()];
}

function cureOf(
  result: Knock,
  to: string,
  count: number,
  { expect, peers }: ConnectivityParams,
): string {
  if (expect === 'closed')
    return `look which zone of ${to} lets it in: orch run playbooks/verify.yml; firewall-cmd --get-active-zones there`;
  if (result === 'unreachable') return 'look at `ip route` on this host: is the interface up?';
  if (result === 'denied_local') return 'look at the rules for outgoing traffic on this host';
  if (result === 'timeout' && count > 1 && count === peers.length)
    return `not one of them answers this host: look at its own interface, address and firewall first (are answers let in?); then, on each of them: orch run playbooks/precheck.yml`;
  if (result === 'timeout')
    return `is ${to} up, and is its address right? else open the ports there: orch run playbooks/precheck.yml`;
  return `open the ports on ${to}: orch run playbooks/precheck.yml says where and how`;
}

/** `node2: 12 of 12 classes get through` */
const peerNotes = (cells: readonly Cell[], { expect }: ConnectivityParams): string[] =>
  [...new Set(cells.map(({ peer }) => peer))].map((peer) => {
    const mine = cells.filter((cell) => cell.peer === peer);
    const good = mine.filter(
      ({ verdict }) => verdict === (expect === 'open' ? 'through' : 'stopped'),
    );
    return `${peer}: ${good.length} of ${mine.length} ${expect === 'open' ? 'get through' : 'are closed'}`;
  });

const sampleNotes = (cells: readonly Cell[]): string[] => [
  ...new Set(
    cells
      .filter(({ tried, of }) => tried < of)
      .map(({ ports, tried, of }) => `${ports}: sampled ${tried} of ${of}`),
  ),
];

function problems(given: unknown): readonly Problem[] {
  const { rows, peers } = given as { readonly rows?: unknown; readonly peers?: unknown };
  const list: readonly unknown[] = Array.isArray(peers) ? peers : [];
  return [
    ...(Array.isArray(rows) ? readPortItems(rows, '/rows').problems : []),
    ...list.flatMap((peer, i) => {
      const address = (peer as { readonly address?: unknown } | null)?.address;
      if (typeof address !== 'string' || isAddress(address)) return [];
      return [
        {
          pointer: `/peers/${i}/address`,
          message: `"${address}" is no address`,
          hint: 'peers are knocked at by address, such as 10.0.0.11; names would ask DNS as well',
        },
      ];
    }),
  ];
}

const isAddress = (text: string): boolean => familyOf(text) !== undefined && !text.includes('/');
