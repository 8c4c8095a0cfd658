import { expect } from 'chai';
import { readRoutes4 } from '../../../../src/lib/route-table.ts';
import type { Seen } from '../../../../src/model/module.ts';
import { routes } from '../../../../src/modules/routes/resource.ts';
import type {
  LinkState,
  RoutesFacts,
  RoutesState,
  WayBack,
} from '../../../../src/modules/routes/state.ts';
import { reachRoutes } from '../../../../src/modules/routes/way-back.ts';

/** A host 192.0.2.10/24 with a default route of metric 500; somebody far away is connected. */
const TABLE = readRoutes4([
  'eth0 00000000 010200C0 0003 500 00000000',
  'eth0 000200C0 00000000 0001 0 00FFFFFF',
]);
const wayBack: WayBack = {
  client: '198.51.100.7',
  server: '192.0.2.10',
  routes: TABLE,
  isWhole: true,
  hasRules: false,
};
const link = (more: Partial<LinkState> = {}): LinkState => ({
  kind: 'dummy',
  up: true,
  addresses: ['203.0.113.254/31'],
  routes: ['default via 203.0.113.255 metric 1000'],
  ...more,
});

const FACTS: RoutesFacts = {
  defaults: [],
  interfaces: ['eth0', 'lo'],
  ports: {},
  k3sInstalled: false,
  k3sActive: false,
  k3sFlags: [],
  routesText: '',
  owner: { running: [], unmanaged: [], sourcesFiles: false, leases: [] },
  lacksDummy: false,
  wayBack,
};

/** What comes of a link in place of another. */
function told(
  from: LinkState | null,
  to: LinkState | null,
  more: Partial<WayBack> | null = {},
  sources: readonly string[] = [],
): string {
  const before: RoutesState = { links: { dummy0: from }, kept: {} };
  const after: Seen<RoutesState, RoutesFacts> = {
    state: { links: { dummy0: to }, kept: {} },
    facts: { ...FACTS, wayBack: more && { ...wayBack, ...more } },
  };
  const reach = reachRoutes(before, after, sources);
  return reach.kind === 'safe' ? 'safe' : `${reach.kind}: ${reach.sentence}`;
}

const WINS = link({ routes: ['default via 203.0.113.255 metric 100'] });
const CUT =
  'replies to 198.51.100.7, the client of the SSH connection in use, would leave by dummy0 (route 0.0.0.0/0), which leads nowhere, and no longer by eth0 (route 0.0.0.0/0)';

describe('the way back to who is connected', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['stays where the real default route wins', told(null, link()), 'safe'],
    ['is lost to a default route of a lower metric', told(null, WINS), `lockout: ${CUT}`],
    [
      'is lost to one of the same metric, which takes the place of the real one',
      told(null, link({ routes: ['default via 203.0.113.255 metric 500'] })),
      `lockout: ${CUT}`,
    ],
    ['stays for a client of the same network', told(null, WINS, { client: '192.0.2.77' }), 'safe'],
    [
      'is lost to a link whose network holds the client',
      told(null, link({ addresses: ['192.0.2.70/28'] }), { client: '192.0.2.77' }),
      'lockout: replies to 192.0.2.77, the client of the SSH connection in use, would leave by dummy0 (route 192.0.2.70/28), which leads nowhere, and no longer by eth0 (route 192.0.2.0/24)',
    ],
    [
      'stays beside a link with a network as long',
      told(null, link({ addresses: ['192.0.2.70/24'] }), { client: '192.0.2.77' }),
      'safe',
    ],
    [
      'is lost to a link with the address of the client',
      told(null, link({ addresses: ['198.51.100.7/32'] })),
      'lockout: 198.51.100.7, the client of the SSH connection in use, would be an address of the host itself',
    ],
    [
      'is lost with the link that has the address of the host',
      told(link({ addresses: ['203.0.113.254/31', '10.5.5.5/32'] }), null, { server: '10.5.5.5' }),
      'lockout: the host would lose 10.5.5.5, the address that the SSH connection in use came to',
    ],
    [
      'is not lost with a route that led nowhere',
      told(link(), null, { routes: TABLE.slice(1) }),
      'safe',
    ],
    ['comes back with the link that stood in it', told(WINS, null), 'safe'],
    ['is not in table main', told(null, WINS, { routes: TABLE.slice(1) }), 'safe'],
    [
      'cannot be told where rules send packets to other tables',
      told(null, WINS, { hasRules: true }),
      `unknown: ${CUT}, unless a rule of policy routing sends them elsewhere`,
    ],
    [
      'cannot be told where there are more routes than are read',
      told(null, WINS, { isWhole: false }),
      `unknown: ${CUT}, unless one of its many routes, not all of which were read, says otherwise`,
    ],
    [
      'of an IPv6 connection is not touched',
      told(null, WINS, { client: '2001:db8::7', server: '2001:db8::1' }),
      'safe',
    ],
    [
      'of management sources of IPv4 is judged beside it',
      told(null, WINS, { client: '2001:db8::7', server: '2001:db8::1' }, ['198.51.100.7']),
      'lockout: replies to 198.51.100.7, of management source 198.51.100.7, would leave by dummy0 (route 0.0.0.0/0), which leads nowhere, and no longer by eth0 (route 0.0.0.0/0)',
    ],
    ['is not judged without a connection', told(null, WINS, null), 'safe'],
    [
      'is kept to management sources as well',
      told(null, WINS, { client: '192.0.2.77' }, ['10.8.0.0/24']),
      'lockout: replies to 10.8.0.0, of management source 10.8.0.0/24, would leave by dummy0 (route 0.0.0.0/0), which leads nowhere, and no longer by eth0 (route 0.0.0.0/0)',
    ],
    [
      'is kept to all of a management source',
      told(null, link({ addresses: ['10.8.0.65/26'] }), {}, ['10.8.0.0/24']),
      'lockout: 10.8.0.65, of management source 10.8.0.0/24, would be an address of the host itself',
    ],
  ];
  for (const [title, is, wanted] of cases) it(title, () => expect(is).to.equal(wanted));

  it('is asked with the rest, and read back', () => {
    const { script, parse } = routes.observe([{ name: 'dummy0', always: false }]);
    expect(script.text).to.include("echo '=table'");
    const stdout = Buffer.from(
      `=routes\n=interfaces\n=link dummy0\n=kept dummy0\n=k3s\n=owner\n=modules\n=session
198.51.100.7 192.0.2.10 22\n=table\neth0 000200C0 00000000 0001 0 00FFFFFF\ncut\n=rules
0:	from all lookup local\n100:	from 10.0.0.0/8 lookup 7\n32766:	from all lookup main\n`,
    );
    expect(parse({ stdout, stderr: Buffer.alloc(0), exit: 0 }).facts.wayBack).to.deep.equal({
      client: '198.51.100.7',
      server: '192.0.2.10',
      routes: TABLE.slice(1),
      isWhole: false,
      hasRules: true,
    });
  });
});
