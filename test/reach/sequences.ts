import type { Value } from '../../src/model/value.ts';
import { type Dice, diceOf } from './dice.ts';
import { type Line, linesTo, NETS, PORTS } from './lines.ts';

/** A task of a sequence, as one would write it in a playbook. */
export interface MadeTask {
  readonly module: 'firewalld_zone' | 'firewalld_port' | 'dummy_route';
  readonly args: Readonly<Record<string, Value>>;
}

/** What one test does to one host. */
export interface Sequence {
  /** Commands of firewall-cmd and ip: what an administrator did before. Permanent ones; firewalld is reloaded behind them. */
  readonly before: readonly string[];
  /** Commands of ip behind the reload. */
  readonly routes: readonly string[];
  readonly tasks: readonly MadeTask[];
  /** The connection that orch is told it came by. */
  readonly line: Line;
  readonly port: number;
}

const [A, B] = NETS;
const SHIPPED = [
  'public',
  'home',
  'work',
  'dmz',
  'internal',
  'external',
  'trusted',
  'drop',
  'block',
];
const ZONES = ['public', 'public', 'public', ...SHIPPED, 'web'];
const SOURCES = [
  ...[`${A}.0.13/32`, `${A}.77.7`, `${A}.0.0/16`, `${A}.0.0/24`, `${A}.77.0/24`, '198.51.100.0/24'],
  ...[`${B}.0.0/16`, '10.0.0.0/8', '10.42.0.0/16', '172.16.0.0/12', '203.0.113.9', '0.0.0.0/1'],
  ...['fd5a::/64', 'fd5a::c', '2001:db8::/32'],
];
const SERVICES = [
  'ssh',
  'ssh',
  'http',
  'https',
  'dhcpv6-client',
  'dns',
  'cockpit',
  'samba',
  'mdns',
];
const PLACES = [
  '22/tcp',
  '2222/tcp',
  '20-30/tcp',
  '2000-2300/tcp',
  '1-65535/tcp',
  '22/udp',
  '80/tcp',
];
const PROTOCOLS = ['gre', 'esp', 'icmp', 'udp', 'tcp', 'vrrp'];

/** The sequence of that number for a host. */
export function sequenceOf(seed: number, number: number, host: number): Sequence {
  const dice = diceOf(Math.imul(seed, 1_000_003) + number);
  const winnable = dice.chance(12);
  return {
    before: Array.from({ length: dice.number(0, 2) }, () => byHand(dice)),
    routes: [
      ...(winnable ? [`ip route del default; ip route add default via ${A}.0.13 metric 500`] : []),
      ...(dice.chance(20) ? [routeByHand(dice, host)] : []),
    ],
    tasks: [
      ...Array.from({ length: dice.number(1, 6) }, () => task(dice)),
      ...(winnable ? [routeTask(dice)] : []),
    ],
    line: dice.pick(linesTo(host)),
    port: dice.chance(75) ? 22 : dice.pick(PORTS),
  };
}

/** Settings no module of orch writes are made here, and whole zones at once. */
function byHand(dice: Dice): string {
  const zone = dice.pick(ZONES.slice(0, -1));
  const one = (): string => {
    switch (dice.number(0, 9)) {
      case 0:
        return `--add-source-port=${dice.pick(['1024-65535/tcp', '1-65535/tcp', '53/udp', '80/tcp'])}`;
      case 1:
        return `--add-icmp-block=${dice.pick(['echo-request', 'redirect', 'router-advertisement'])}`;
      case 2:
        return dice.chance(30)
          ? `--add-forward-port=port=${dice.pick(['22', '80', '8080'])}:proto=tcp:toport=${dice.pick(['2222', '22', '9'])}`
          : '--add-icmp-block-inversion';
      case 3:
        return `--add-rich-rule='${rich(dice)}'`;
      case 4:
        return `--add-source=${dice.pick(SOURCES)}`;
      case 5:
        return `--add-service=${dice.pick(SERVICES)}`;
      case 6:
        return `--add-port=${dice.pick(PLACES)}`;
      case 7:
        return '--remove-service=ssh';
      case 8:
        return `--add-interface=${dice.chance(8) ? 'eth+' : dice.pick(['eth0', 'eth1'])}`;
      default:
        return dice.chance(15) ? '--add-source=02:0A:00:00:00:03' : '--add-masquerade';
    }
  };
  if (dice.chance(15)) {
    return `-q --permanent --zone=${zone} --set-target=${dice.pick(['ACCEPT', 'DROP', '%%REJECT%%', 'default'])}`;
  }
  return `-q --permanent --zone=${zone} ${one()} ${dice.chance(50) ? one() : ''}`;
}

const routeByHand = (dice: Dice, host: number): string =>
  dice.pick([
    `ip route replace default via ${B}.0.13`,
    `ip route add default via ${B}.0.13 metric ${dice.pick([50, 500])}`,
    `ip route add ${A}.77.7/32 via ${B}.0.13`,
    `ip route add 198.51.100.0/24 via ${dice.pick([A, B])}.0.13`,
    `ip addr add ${A}.66.${host}/16 dev eth0`,
    `ip addr add ${B}.66.${host}/32 dev eth1`,
    `ip addr del 192.0.2.5${host}/32 dev lo; ip addr add 192.0.2.5${host}/32 dev eth1`,
    'ip route add 172.16.0.0/12 dev eth1',
  ]);

/** A rich rule, most of them about what the test looks at. */
function rich(dice: Dice): string {
  const source = dice.pick(SOURCES);
  const family = source.includes(':') ? 'ipv6' : 'ipv4';
  const words = ['rule'];
  if (dice.chance(40)) words.push(`priority="${dice.pick([-100, -5, -1, 1, 7, 200])}"`);
  if (dice.chance(70)) {
    words.push(`family="${family}"`, `source ${dice.chance(20) ? 'NOT ' : ''}address="${source}"`);
  } else if (dice.chance(30)) words.push(`family="${family}"`);
  const what = dice.number(0, 5);
  if (what === 0)
    words.push(
      `port port="${dice.pick(['22', '2222', '1-1000', '80'])}" protocol="${dice.pick(['tcp', 'tcp', 'udp'])}"`,
    );
  else if (what === 1) words.push(`service name="${dice.pick(['ssh', 'ssh', 'http', 'dns'])}"`);
  else if (what === 2) words.push(`protocol value="${dice.pick(['tcp', 'tcp', 'udp', 'gre'])}"`);
  else if (what === 3 && words.length > 1) words.push('');
  else words.push('service name="ssh"');
  if (dice.chance(15)) words.push('log prefix="reach" level="info"');
  words.push(dice.pick(['accept', 'accept', 'reject', 'drop']));
  return words.filter((word) => word !== '').join(' ');
}

function task(dice: Dice): MadeTask {
  const persist = dice.chance(80) ? {} : { persist: dice.pick(['runtime', 'permanent']) };
  if (dice.chance(20)) return portTask(dice, persist);

  const zone = dice.pick(ZONES);
  if (zone === 'web' && dice.chance(20)) return zoneTask({ zone, state: 'absent' });
  const remove = dice.chance(30);
  const [key, entry] = lists(dice, remove);
  const more = dice.chance(35) ? switches(dice, zone) : {};
  if (remove) return zoneTask({ zone, remove: { [key]: [...entry] }, ...more, ...persist });
  const exclusive = dice.chance(15) ? { exclusive: true } : {};
  return zoneTask({ zone, [key]: [...entry], ...exclusive, ...more, ...persist });
}

const zoneTask = (args: MadeTask['args']): MadeTask => ({ module: 'firewalld_zone', args });

function lists(dice: Dice, remove: boolean): [string, readonly string[]] {
  switch (dice.number(0, 9)) {
    case 0:
    case 1:
      return ['interfaces', dice.chance(6) ? ['eth+'] : dice.some(['eth0', 'eth0', 'eth1'], 2)];
    case 2:
    case 3:
      return ['sources', dice.some(SOURCES, 3)];
    case 4:
    case 5:
      return ['services', remove ? ['ssh'] : dice.some(SERVICES, 3)];
    case 6:
      return [
        'ports',
        dice.some(
          PLACES.filter((place) => place !== '1-65535/tcp'),
          3,
        ),
      ];
    case 7:
      return ['protocols', dice.some(PROTOCOLS, 2)];
    default:
      return ['rich_rules', [rich(dice)]];
  }
}

function switches(dice: Dice, zone: string): MadeTask['args'] {
  switch (dice.number(0, 4)) {
    case 0:
      return { target: dice.pick(['default', 'ACCEPT', 'DROP', '%%REJECT%%']) };
    case 1:
      return zone === 'web' ? {} : { default: true };
    case 2:
      return { masquerade: dice.chance(50) };
    case 3:
      return { icmp_block_inversion: dice.chance(50) };
    default:
      return { forward: dice.chance(50) };
  }
}

function portTask(dice: Dice, persist: MadeTask['args']): MadeTask {
  const ports = [...dice.some(PLACES, 2)];
  const zone = dice.pick(['public', 'public', ...SHIPPED]);
  if (dice.chance(45)) {
    const ignore = { ignore_still_open: true };
    return {
      module: 'firewalld_port',
      args: { zone, ports, state: 'closed', split: true, ...ignore, ...persist },
    };
  }
  const sources = dice.chance(35) ? { sources: [...dice.some(SOURCES, 2)] } : {};
  const exclusive = dice.chance(10) ? { exclusive: true } : {};
  return { module: 'firewalld_port', args: { zone, ports, ...sources, ...exclusive, ...persist } };
}

/** A default route through a link that leads nowhere, sometimes one that wins, or one that shadows a network. */
function routeTask(dice: Dice): MadeTask {
  const net = dice.pick([
    { address: '203.0.113.254/31', gateway: '203.0.113.255' },
    { address: `${A}.0.9/29`, gateway: `${A}.0.10` },
    { address: '198.51.100.1/24', gateway: '198.51.100.2' },
    { address: '198.51.100.7/24', gateway: '198.51.100.8' },
  ]);
  const metric = dice.pick([1, 100, 1000]);
  const more = { link: 'bridge', name: 'orch0', persist: 'none', state: 'present' };
  return { module: 'dummy_route', args: { ...net, ...more, metric } };
}
