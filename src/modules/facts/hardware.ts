import type { Value } from '../../model/value.ts';
import type { Told } from './sections.ts';
import type { Facts } from './system.ts';

/** Memory, processors, disks, file systems, what the firmware says. */
export const hardwareFacts = (host: Told): Facts => ({
  ...memory(host.file('/proc/meminfo') ?? ''),
  ...processors(host),
  ...firmware(host),
  ...uptime(host.file('/proc/uptime')),
  mounts: mounts(host),
  devices: devices(host),
});

function memory(text: string): Facts {
  const mb = (key: string): number =>
    Math.floor(Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
  const [total, free, swap, swapFree] = [
    mb('MemTotal'),
    mb('MemFree'),
    mb('SwapTotal'),
    mb('SwapFree'),
  ];
  const loose = free + mb('Cached') + mb('Buffers');
  return {
    ...{ memtotal_mb: total, memfree_mb: free, swaptotal_mb: swap, swapfree_mb: swapFree },
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: loose, used: total - loose },
      swap: { total: swap, free: swapFree, used: swap - swapFree, cached: mb('SwapCached') },
    },
  };
}

const LISTED = ['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'];

function processors(host: Told): Facts {
  const rows = (host.file('/proc/cpuinfo') ?? '').split('\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return colon < 0 ? ['', ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const all = (key: string): readonly string[] =>
    rows.flatMap(([name, value]) => (name === key ? [value] : []));
  const listed = rows.flatMap(([name, value]) => (LISTED.includes(name) ? [value] : []));
  const [threads, vendors, models] = [all('processor'), all('vendor_id'), all('model name')];
  const arm = /^(armv|aarch|ppc)/.test(host.lines('machine')[0] ?? '');
  const some = vendors.length > 0 && vendors.length === models.length;
  const found = arm ? threads.length : some ? vendors.length : listed.length;
  const sockets = new Set(all('physical id')).size;
  const cores = Number(all('cpu cores')[0] ?? 1) || 1;
  const siblings = Number(all('siblings')[0] ?? 1);
  const count = sockets > 0 ? sockets : found;
  const perCore = Math.floor(siblings / cores);
  return {
    processor: listed,
    ...{ processor_count: count, processor_cores: cores, processor_threads_per_core: perCore },
    processor_vcpus: perCore * count * cores,
    processor_nproc: allowed(host.file('/proc/self/status')) ?? threads.length,
  };
}

/** Processors this process may run on: `Cpus_allowed_list: 0-3,6`. */
function allowed(status: string | undefined): number | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? '')?.[1];
  if (list === undefined) return undefined;
  return list.split(',').reduce((sum, range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return sum + to - from + 1;
  }, 0);
}

const DMI = '/sys/devices/virtual/dmi/id/';
const FIRMWARE: Readonly<Record<string, string>> = {
  ...{ bios_date: 'bios_date', bios_vendor: 'bios_vendor', bios_version: 'bios_version' },
  ...{ board_asset_tag: 'board_asset_tag', board_name: 'board_name', board_serial: 'board_serial' },
  ...{ board_vendor: 'board_vendor', board_version: 'board_version' },
  ...{ chassis_asset_tag: 'chassis_asset_tag', chassis_serial: 'chassis_serial' },
  ...{ chassis_vendor: 'chassis_vendor', chassis_version: 'chassis_version' },
  ...{ product_name: 'product_name', product_serial: 'product_serial' },
  ...{ product_uuid: 'product_uuid', product_version: 'product_version' },
  ...{ system_vendor: 'sys_vendor', form_factor: 'chassis_type' },
};

/** Kinds of chassis by their number in the SMBIOS specification. */
const CHASSIS = [
  ...['Unknown', 'Other', 'Unknown', 'Desktop', 'Low Profile Desktop', 'Pizza Box', 'Mini Tower'],
  ...['Tower', 'Portable', 'Laptop', 'Notebook', 'Hand Held', 'Docking Station', 'All In One'],
  ...['Sub Notebook', 'Space-saving', 'Lunch Box', 'Main Server Chassis', 'Expansion Chassis'],
  ...['Sub Chassis', 'Bus Expansion Chassis', 'Peripheral Chassis', 'RAID Chassis'],
  ...['Rack Mount Chassis', 'Sealed-case PC', 'Multi-system', 'CompactPCI', 'AdvancedTCA'],
  ...['Blade', 'Blade Enclosure', 'Tablet', 'Convertible', 'Detachable', 'IoT Gateway'],
  ...['Embedded PC', 'Mini PC', 'Stick PC'],
];

function firmware(host: Told): Facts {
  return Object.fromEntries(
    Object.entries(FIRMWARE).map(([name, file]): [string, Value] => {
      const text = host.file(DMI + file);
      if (text === undefined) return [name, 'NA'];
      return [name, name === 'form_factor' ? (CHASSIS[Number(text)] ?? `unknown (${text})`) : text];
    }),
  );
}

const uptime = (text: string | undefined): Facts =>
  text === undefined ? {} : { uptime_seconds: Math.floor(Number(text.split(' ')[0])) };

interface Space {
  readonly size: number;
  readonly total: number;
  readonly free: number;
  readonly available: number;
  readonly inodes: number;
  readonly inodesFree: number;
}

function mounts(host: Told): Value {
  const spaces = new Map<string, Space>();
  for (const line of host.lines('statfs')) {
    const [, numbers = '', path = ''] = /^((?:\d+ ){6})(.*)$/.exec(line) ?? [];
    const [size = 0, total = 0, free = 0, available = 0, inodes = 0, inodesFree = 0] = numbers
      .trim()
      .split(' ')
      .map(Number);
    spaces.set(path, { size, total, free, available, inodes, inodesFree });
  }
  const uuids = new Map<string, string>(
    host.lines('uuids').flatMap((line) => {
      const [, uuid, device] = / ([^ ]+) -> (?:.*\/)?([^/]+)$/.exec(line) ?? [];
      return uuid === undefined || device === undefined ? [] : [[`/dev/${device}`, uuid] as const];
    }),
  );
  return (host.file('/proc/mounts') ?? '').split('\n').flatMap((line) => {
    const [device = '', at = '', fstype = '', options = ''] = line.split(' ').map(unescaped);
    if (!(device.startsWith('/') || device.includes(':/')) || fstype === 'none') return [];
    const space = spaces.get(at);
    return [
      {
        ...{ mount: at, device, fstype, options, uuid: uuids.get(device) ?? 'N/A' },
        ...(space ? sizes(space) : {}),
      },
    ];
  });
}

const sizes = ({ size, total, available, inodes, inodesFree }: Space): Facts => ({
  ...{ size_total: total * size, size_available: available * size },
  ...{ block_size: size, block_total: total, block_available: available },
  block_used: total - available,
  ...{ inode_total: inodes, inode_available: inodesFree, inode_used: inodes - inodesFree },
});

/** /proc/mounts writes blanks as \040. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

function devices(host: Told): Value {
  const names = host.paths.flatMap((path) => /^\/sys\/block\/([^/]+)\/size$/.exec(path)?.[1] ?? []);
  return Object.fromEntries(
    names.map((name): [string, Value] => {
      const of = (file: string): string | null => host.file(`/sys/block/${name}/${file}`) ?? null;
      const sectors = Number(of('size') ?? 0);
      return [
        name,
        {
          ...{ model: of('device/model')?.trim() ?? null, removable: of('removable') },
          ...{ vendor: of('device/vendor')?.trim() ?? null, rotational: of('queue/rotational') },
          scheduler_mode: /\[([^\]]*)\]/.exec(of('queue/scheduler') ?? '')?.[1] ?? '',
          ...{ sectors: String(sectors), sectorsize: of('queue/hw_sector_size') ?? '512' },
          size: human(sectors * 512),
          support_discard: of('queue/discard_granularity') ?? '0',
          partitions: partitions(host, name),
        },
      ];
    }),
  );
}

function partitions(host: Told, disk: string): Value {
  const found = host.paths.flatMap((path) => {
    const [, of, name] = /^\/sys\/block\/([^/]+)\/([^/]+)\/size$/.exec(path) ?? [];
    return of === disk && name?.startsWith(disk) ? [name] : [];
  });
  return Object.fromEntries(
    found.map((name): [string, Value] => {
      const sectors = Number(host.file(`/sys/block/${disk}/${name}/size`) ?? 0);
      return [name, { sectors: String(sectors), size: human(sectors * 512) }];
    }),
  );
}

function human(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let at = 0;
  let size = bytes;
  for (; size >= 1024 && at < units.length - 1; at++) size /= 1024;
  return `${size.toFixed(2)} ${units[at] ?? ''}`;
}
