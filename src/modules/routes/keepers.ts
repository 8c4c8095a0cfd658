import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { routeWords } from './default-routes.ts';
import type { Kept, NetworkOwner } from './state.ts';

/** Who can bring a link back after a reboot. */
export type Keeper = 'networkmanager' | 'networkd' | 'ifupdown' | 'systemd';

/** A link as it should be. */
export interface Wanted {
  readonly name: string;
  readonly kind: string;
  readonly address: string;
  readonly gateway: string;
  readonly metric: number;
}

/** Every path that a keeper may use for a link, by keeper. */
export const pathsOf = (name: string): Readonly<Record<Keeper, readonly string[]>> => ({
  networkmanager: [`/etc/NetworkManager/system-connections/orch-${name}.nmconnection`],
  networkd: [
    `/etc/systemd/network/90-orch-${name}.netdev`,
    `/etc/systemd/network/90-orch-${name}.network`,
  ],
  ifupdown: [`/etc/network/interfaces.d/orch-${name}`],
  systemd: [`/etc/systemd/system/orch-${name}.service`, wantsPath(name)],
});

/** The link that makes systemd start the unit at boot. */
export const wantsPath = (name: string): string =>
  `/etc/systemd/system/multi-user.target.wants/orch-${name}.service`;

/** How a link that enables a unit shows among the files. */
export const ENABLED = 'enabled\n';

/** Whose files these are; nothing when there are none. */
export const keeperOf = (name: string, kept: Kept): Keeper | undefined =>
  KEEPERS.find((keeper) => pathsOf(name)[keeper].some((path) => path in kept));

const KEEPERS: readonly Keeper[] = ['networkmanager', 'networkd', 'ifupdown', 'systemd'];

/** Keepers that make the link themselves: made by `ip` first, it would be somebody else's to them. */
export const makesLinks = (keeper: Keeper | undefined): boolean =>
  keeper === 'networkmanager' || keeper === 'networkd';

/** Who brings links back on a host: whoever owns networking there, else a unit; nothing where there is no systemd either. */
export function keeperFor(owner: NetworkOwner, name: string, kind: string): Keeper | undefined {
  const has = (one: string): boolean => owner.running.includes(one);
  if (has('NetworkManager') && !isUnmanaged(owner.unmanaged, name, kind)) return 'networkmanager';
  if (has('systemd-networkd')) return 'networkd';
  if (has('ifupdown') && owner.sourcesFiles) return 'ifupdown';
  return has('systemd') ? 'systemd' : undefined;
}

/**
 * Whether NetworkManager is told to keep its hands off such a link. A list of `*`, `interface-name:dummy*`, `type:dummy`,
 * `except:...`; exceptions win. What else there is (mac, driver) says nothing of a link that does not exist yet.
 */
export function isUnmanaged(lists: readonly string[], name: string, kind: string): boolean {
  const words = lists.flatMap((list) => list.split(/[;,]/)).map((word) => word.trim());
  const matches = (word: string): boolean => {
    const [, what = '', value = ''] = /^(?:([a-z-]+):)?=?(.*)$/.exec(word) ?? [];
    if (what === 'type') return value === kind;
    if (what === 'interface-name' || what === '') return glob(value).test(name);
    return false;
  };
  const isExcept = (word: string): boolean => word.startsWith('except:');
  if (words.some((word) => isExcept(word) && matches(word.slice('except:'.length)))) return false;
  return words.some((word) => word !== '' && !isExcept(word) && matches(word));
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

/** The files by which a keeper brings a link back, to the letter. */
export function filesFor(keeper: Keeper, wanted: Wanted): Kept {
  const { name } = wanted;
  const [first = '', second = ''] = pathsOf(name)[keeper];
  const text = (rows: readonly string[]): string => `${rows.join('\n')}\n`;
  if (keeper === 'networkmanager') return { [first]: text(nmRows(wanted)) };
  if (keeper === 'ifupdown') return { [first]: text(ifupdownRows(wanted)) };
  if (keeper === 'systemd') return { [first]: text(unitRows(wanted)), [second]: ENABLED };
  return { [first]: text(netdevRows(wanted)), [second]: text(networkRows(wanted)) };
}

const MARK = '# Managed by orch (dummy_route). Changes are overwritten.';

/** Whether a file is one that orch wrote: NetworkManager drops comments when it writes a profile, but keeps its id. */
export const isMarked = (name: string, text: string): boolean =>
  text === ENABLED || text.includes('Managed by orch') || text.includes(`id=orch-${name}\n`);

const nmRows = ({ name, kind, address, gateway, metric }: Wanted): readonly string[] => [
  MARK,
  '[connection]',
  `id=orch-${name}`,
  `type=${kind}`,
  `interface-name=${name}`,
  'autoconnect=true',
  '',
  ...(kind === 'bridge' ? ['[bridge]', 'stp=false', ''] : []),
  '[ipv4]',
  'method=manual',
  `address1=${address},${gateway}`,
  `route-metric=${metric}`,
  '',
  '[ipv6]',
  'method=disabled',
];

const netdevRows = ({ name, kind }: Wanted): readonly string[] => [
  MARK,
  '[NetDev]',
  `Name=${name}`,
  `Kind=${kind}`,
];

const networkRows = ({ name, kind, address, gateway, metric }: Wanted): readonly string[] => [
  MARK,
  '[Match]',
  `Name=${name}`,
  '',
  '[Link]',
  'RequiredForOnline=no',
  '',
  '[Network]',
  `Address=${address}`,
  'LinkLocalAddressing=no',
  'IPv6AcceptRA=no',
  ...(kind === 'bridge' ? ['ConfigureWithoutCarrier=yes'] : []),
  '',
  '[Route]',
  `Gateway=${gateway}`,
  `Metric=${metric}`,
];

/** `manual` with commands that may be repeated: ifupdown's `static` fails on an address that is there already. */
const ifupdownRows = (wanted: Wanted): readonly string[] => [
  MARK,
  `auto ${wanted.name}`,
  `iface ${wanted.name} inet manual`,
  `  pre-up ${makeLine(wanted)}`,
  ...upLines(wanted).map((line) => `  up ${line}`),
  `  down ip link del dev ${wanted.name} || true`,
];

const unitRows = (wanted: Wanted): readonly string[] => [
  MARK,
  '[Unit]',
  `Description=Default route through ${wanted.name}`,
  // What is passive is ordered only where somebody wants it: else ssh and K3s would start beside the unit, not after it.
  'Wants=network-pre.target network.target',
  'After=network-pre.target',
  'Before=network.target network-online.target k3s.service k3s-agent.service',
  '',
  '[Service]',
  'Type=oneshot',
  'RemainAfterExit=yes',
  `ExecStart=/bin/sh -c '${[makeLine(wanted), ...upLines(wanted)].join(' && ')}'`,
  `ExecStop=/bin/sh -c 'ip link del dev ${wanted.name} || true'`,
  '',
  '[Install]',
  'WantedBy=multi-user.target',
];

/** Loading the module may itself have made the link; names and values were checked to hold no quotes. */
const makeLine = ({ name, kind }: Wanted): string =>
  `{ test -e /sys/class/net/${name} || ip link add name ${name} type ${kind} || test -e /sys/class/net/${name}; }`;

const upLines = ({ name, address, gateway, metric }: Wanted): readonly string[] => [
  `ip link set dev ${name} up`,
  `ip addr replace ${address} dev ${name}`,
  `ip route replace ${routeWords(gateway, metric)} dev ${name}`.replace(
    / metric (\d+) dev (\S+)$/,
    ' dev $2 metric $1',
  ),
];

/** Makes a keeper take note of its new files, and bring the link up where it is the one that makes it. */
export function activate(keeper: Keeper, name: string, routes: readonly string[]): Shell {
  if (keeper === 'networkmanager') {
    return sh`nmcli connection load ${pathsOf(name).networkmanager[0] ?? ''} >/dev/null && nmcli --wait 30 connection up id ${`orch-${name}`} >/dev/null`;
  }
  if (keeper === 'networkd') {
    return lines([
      raw('networkctl reload >/dev/null 2>&1 || systemctl restart systemd-networkd || exit 1'),
      awaited(sh`[ -e ${`/sys/class/net/${name}`} ]`, `systemd-networkd made no link ${name}`),
      sh`networkctl reconfigure ${name} >/dev/null 2>&1`,
      ...routes.map((route) =>
        awaited(
          sh`case "$(ip -4 route show table main default dev ${name}) " in *${` ${metricOf(route)} `}*) true;; *) false;; esac`,
          `systemd-networkd made no ${route} dev ${name}`,
        ),
      ),
    ]);
  }
  if (keeper === 'systemd')
    return sh`systemctl daemon-reload && systemctl --quiet enable --now ${`orch-${name}.service`}`;
  // It only has to know that the link is up: everything in the file may be repeated.
  return sh`ifup ${name} >/dev/null 2>&1 || :`;
}

const metricOf = (route: string): string => /metric \d+$/.exec(route)?.[0] ?? 'metric';

/** Its work goes on after the command has returned: up to 15 seconds of waiting for what it must show. */
const awaited = (condition: Shell, otherwise: string): Shell =>
  sh`n=0; until ${condition}; do n=$((n + 1)); [ $n -le 15 ] || { echo ${otherwise} >&2; exit 1; }; sleep 1; done`;

/** What a keeper must do while it still has its files. */
export const retire = (keeper: Keeper, name: string): Shell =>
  keeper === 'systemd' ? sh`systemctl stop ${`orch-${name}.service`} 2>/dev/null || :` : raw(':');

/** Makes a keeper forget a link whose files are gone. */
export function forget(keeper: Keeper, name: string): Shell {
  if (keeper === 'networkmanager') return raw('nmcli connection reload >/dev/null 2>&1 || :');
  if (keeper === 'networkd') return raw('networkctl reload >/dev/null 2>&1 || :');
  if (keeper === 'systemd')
    return sh`systemctl daemon-reload; systemctl reset-failed ${`orch-${name}.service`} 2>/dev/null || :`;
  return sh`[ ! -e /run/network/ifstate ] || sed -i ${`/^${name}=/d`} /run/network/ifstate 2>/dev/null || :`;
}
