import type { Value } from '../../model/value.ts';
import type { Told } from './sections.ts';
import type { Facts } from './system.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['1', 'ether'],
  ['32', 'infiniband'],
  ['512', 'ppp'],
  ['772', 'loopback'],
  ['65534', 'tunnel'],
]);

/** One interface while it is put together. */
type Interface = Record<string, Value>;

/** Interfaces, their addresses, and those by which the world is reached. */
export function networkFacts(host: Told): Facts {
  const interfaces = new Map<string, Interface>();
  for (const path of host.paths) {
    const name = /^\/sys\/class\/net\/([^/]+)\//.exec(path)?.[1];
    if (name !== undefined && !interfaces.has(name)) interfaces.set(name, described(host, name));
  }
  const all: { v4: string[]; v6: string[] } = { v4: [], v6: [] };
  const routes = { v4: route(host, 'route4', '8.8.8.8'), v6: route(host, 'route6', '2404:') };
  for (const line of host.lines('addr')) {
    const words = line.trim().split(/\s+/);
    const [, device = '', family, address = ''] = words;
    const of = interfaces.get(device.replace(/@.*$/, ''));
    if (family === 'inet') addFour(words, { interfaces, of, routes, all: all.v4 });
    else if (family === 'inet6' && of) addSix(address, words, of, routes.v6, all.v6);
  }
  return {
    interfaces: [...interfaces.keys()].map((name) => name.replaceAll(':', '_')),
    all_ipv4_addresses: all.v4,
    all_ipv6_addresses: all.v6,
    ...{ default_ipv4: routes.v4, default_ipv6: routes.v6 },
    ...Object.fromEntries(
      [...interfaces].flatMap(([name, one]) => (mayName(safe(name)) ? [[safe(name), one]] : [])),
    ),
  };
}

/** `eth0:1`, and names with dashes, are hard to write in a template. */
const safe = (name: string): string => name.replace(/[:-]/g, '_');

/** A host may call an interface anything, also like a variable that says how it is reached: no fact is made of that. */
const mayName = (name: string): boolean =>
  !/^(host|port|user|password|pass|connection|timeout|shell_.*|become.*|sudo.*|su|su_.*|ssh_.*|winrm.*|psrp.*|python.*|.*_interpreter|private_key.*|facts|local|env|play.*|loop.*|check_mode|diff_mode|version|limit|forks|verbosity|run_tags|skip_tags|group_.*|inventory.*|all_.*|default_.*|interfaces|async.*|job.*|failed_.*|parent_.*|dependent_.*|index_.*|role_.*|search_path|config_file|delegated_vars|distribution.*|os_family|hostname|fqdn|domain|nodename|kernel.*|system.*|machine.*|architecture|processor.*|memory.*|mem.*|swap.*|mounts|devices|dns|date_time|user_.*|pkg_mgr|service_mgr|virtualization.*|selinux|apparmor|cmdline|proc_cmdline|lsb|uptime.*|fips|is_chroot|effective.*|real_.*|userspace.*|product.*|bios.*|board.*|chassis.*|form_factor|loadavg)$/.test(
    name,
  );

function described(host: Told, name: string): Interface {
  const of = (file: string): string | undefined =>
    host.file(`/sys/class/net/${name}/${file}`)?.trim();
  const links = host.lines('netlinks').flatMap((line) => {
    const [, path, target] = /(\/sys\/class\/net\/\S+)(?: -> (\S+))?$/.exec(line) ?? [];
    return path?.startsWith(`/sys/class/net/${name}/`)
      ? [[path.slice(16 + name.length), (target ?? '').split('/').at(-1) ?? ''] as const]
      : [];
  });
  const link = (file: string): string | undefined => links.find(([path]) => path === file)?.[1];
  const mac = of('address');
  const speed = of('speed');
  const out: Interface = {
    device: name,
    ...(mac === undefined || mac === '' || /^[0:]+$/.test(mac) ? {} : { macaddress: mac }),
    mtu: Number(of('mtu') ?? 0),
    active: of('operstate') !== 'down',
    ...some('module', link('device/driver/module')),
    type: TYPES.get(of('type') ?? '') ?? 'unknown',
    ...some('pciid', link('device')),
    ...(speed === undefined || speed === '' ? {} : { speed: Number(speed) }),
    promisc: (Number.parseInt(of('flags') ?? '0', 16) & 0x100) > 0,
  };
  const bridge = of('bridge/bridge_id');
  if (bridge !== undefined) {
    out['type'] = 'bridge';
    out['interfaces'] = links.flatMap(([path]) =>
      path.startsWith('brif/') ? [path.slice(5)] : [],
    );
    out['id'] = bridge;
    out['stp'] = of('bridge/stp_state') === '1';
  }
  const mode = of('bonding/mode');
  if (mode !== undefined) {
    out['type'] = 'bonding';
    out['slaves'] = (of('bonding/slaves') ?? '').split(/\s+/).filter((slave) => slave !== '');
    out['mode'] = mode.split(' ')[0] ?? '';
    out['miimon'] = (of('bonding/miimon') ?? '').split(' ')[0] ?? '';
    out['lacp_rate'] = (of('bonding/lacp_rate') ?? '').split(' ')[0] ?? '';
    Object.assign(out, some('primary', of('bonding/primary')));
  }
  return { ...out, ...some('perm_macaddress', of('bonding_slave/perm_hwaddr')) };
}

const some = (key: string, value: string | undefined): Interface =>
  value === undefined || value === '' ? {} : { [key]: value };

/** `8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.2`: by what the world is reached. */
function route(host: Told, section: string, asked: string): Facts {
  const words = (host.lines(section)[0] ?? '').trim().split(/\s+/);
  if (!words[0]?.startsWith(asked)) return {};
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  return {
    ...some('interface', after('dev')),
    ...some('address', after('src')),
    ...some('gateway', after('via')),
  };
}

function addFour(
  words: readonly string[],
  at: {
    readonly interfaces: ReadonlyMap<string, Interface>;
    readonly of: Interface | undefined;
    readonly routes: { readonly v4: Facts };
    readonly all: string[];
  },
): void {
  const { of, routes, all } = at;
  if (!of) return;
  const [address = '', prefix = '32'] = (words[3] ?? '').split('/');
  const brd = words.indexOf('brd');
  const mask = Number(prefix) === 0 ? 0 : (0xffffffff << (32 - Number(prefix))) >>> 0;
  const shape = {
    address,
    broadcast: brd > 0 ? (words[brd + 1] ?? '') : '',
    netmask: dotted(mask),
    network: dotted((number(address) & mask) >>> 0),
    prefix,
  };
  const label = labelOf(words);
  if (of['ipv4'] === undefined && !words.includes('secondary')) of['ipv4'] = shape;
  else {
    const more = (of['ipv4_secondaries'] ?? []) as readonly Value[];
    of['ipv4_secondaries'] = [...more, shape];
  }
  if (routes.v4['address'] === address) {
    Object.assign(routes.v4, shape, common(of), { alias: label ?? of['device'] });
  }
  if (!address.startsWith('127.')) all.push(address);
}

/** The name behind an address, `eth0:1`; what follows it are lifetimes. */
function labelOf(words: readonly string[]): string | undefined {
  const end = words.findIndex((word) => word.startsWith('\\'));
  const line = end < 0 ? words : words.slice(0, end);
  const last = line.at(-1);
  return last === 'forever' ? undefined : last?.replace(/\\.*$/, '');
}

function addSix(
  written: string,
  words: readonly string[],
  of: Interface,
  main: Facts,
  all: string[],
): void {
  const peer = words.indexOf('peer');
  const address = written.split('/')[0] ?? '';
  const prefix = (peer > 0 ? words[peer + 1] : written)?.split('/')[1] ?? '128';
  const scope = words[words.indexOf('scope') + 1] ?? '';
  const shape = { address, prefix, scope };
  of['ipv6'] = [...((of['ipv6'] ?? []) as readonly Value[]), shape];
  if (main['address'] === address) Object.assign(main, { prefix, scope }, common(of));
  if (address !== '::1') all.push(address);
}

const common = (of: Interface): Facts => ({
  ...(of['macaddress'] === undefined ? {} : { macaddress: of['macaddress'] }),
  ...{ mtu: of['mtu'] ?? 0, type: of['type'] ?? 'unknown' },
});

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
