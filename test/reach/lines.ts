/** The number of the lab host that plays the client of all connections. */
export const CLIENT = 3;

/** Ports sshd listens on. */
export const PORTS = [22, 2222] as const;

/** A way in to a host: who knocks, at which address of the host, and the interface that it comes in by. */
export interface Line {
  readonly name: string;
  readonly client: string;
  readonly server: string;
  readonly device: string;
}

/** The networks of the lab: `10.90` and `10.91`. */
export const NETS: readonly [string, string] = [
  process.env['ORCH_LAB_NET0'] ?? '10.90',
  process.env['ORCH_LAB_NET1'] ?? '10.91',
];

const [A, B] = NETS;

/** The ways in to a host: beside its own addresses one far away, one of IPv6 and one that no network of its holds. */
export const linesTo = (host: number): readonly Line[] => [
  { name: 'near', client: `${A}.0.1${CLIENT}`, server: `${A}.0.1${host}`, device: 'eth0' },
  { name: 'other', client: `${A}.77.7`, server: `${A}.0.1${host}`, device: 'eth0' },
  { name: 'far', client: '198.51.100.7', server: `${A}.0.1${host}`, device: 'eth0' },
  { name: 'second', client: `${B}.0.1${CLIENT}`, server: `${B}.0.1${host}`, device: 'eth1' },
  { name: 'six', client: 'fd5a::c', server: `fd5a::${host}`, device: 'eth0' },
  { name: 'extra', client: `${A}.0.1${CLIENT}`, server: `192.0.2.5${host}`, device: 'eth0' },
];

/** What the client needs once, so that all of them work. */
export const CLIENT_READY = `ip addr add ${A}.77.7/16 dev eth0; ip addr add 198.51.100.7/32 dev lo
ip -6 addr add fd5a::c/64 dev eth0 nodad
${[1, 2].map((host) => `ip route add 192.0.2.5${host}/32 via ${A}.0.1${host} src ${A}.0.1${CLIENT}`).join('\n')}`;

/** Puts the addresses and routes of a host right, whatever was done to them. */
export const routesReady = (host: number): string => `ip route flush table main
ip link del orch0 2>/dev/null; ip addr flush dev eth0; ip addr flush dev eth1; ip addr flush dev lo
ip addr add 127.0.0.1/8 dev lo; ip -6 addr add ::1/128 dev lo 2>/dev/null
ip addr add 192.0.2.5${host}/32 dev lo
ip addr add ${A}.0.1${host}/16 dev eth0; ip addr add ${B}.0.1${host}/16 dev eth1
ip -6 addr add fd5a::${host}/64 dev eth0 nodad
ip route add default via ${A}.0.1${CLIENT}`;
