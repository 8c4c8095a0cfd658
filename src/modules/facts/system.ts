import type { Value } from '../../model/value.ts';
import type { Told } from './sections.ts';

/** Facts by name, without `ansible_`. */
export type Facts = Record<string, Value>;

/** What is always gathered: names, kernel, user, clock, keys, environment. */
export function systemFacts(host: Told): Facts {
  const nodename = host.file('/proc/sys/kernel/hostname') ?? '';
  const fqdn = host.lines('fqdn')[0] ?? nodename;
  const machine = host.lines('machine')[0] ?? '';
  const cmdline = words(host.file('/proc/cmdline') ?? '');
  return {
    system: host.file('/proc/sys/kernel/ostype') ?? 'Linux',
    kernel: host.file('/proc/sys/kernel/osrelease') ?? '',
    kernel_version: host.file('/proc/sys/kernel/version') ?? '',
    ...{ nodename, hostname: nodename.split('.')[0] ?? '', fqdn },
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    ...{ machine, architecture: architecture(machine) },
    userspace_bits: host.lines('bits')[0] ?? (machine.includes('64') ? '64' : '32'),
    userspace_architecture: host.lines('bits')[0] === '32' ? 'i386' : architecture(machine),
    ...present('machine_id', host.file('/etc/machine-id')),
    cmdline: Object.fromEntries(cmdline),
    proc_cmdline: grouped(cmdline),
    fips: host.file('/proc/sys/crypto/fips_enabled') === '1',
    is_chroot: host.lines('chroot')[0] === 'yes',
    date_time: clock(host.lines('date')[0] ?? ''),
    dns: resolver(host.file('/etc/resolv.conf') ?? ''),
    env: Object.fromEntries(host.env),
    ...user(host),
    ...hostKeys(host),
    ...load(host.file('/proc/loadavg')),
    selinux: selinux(host),
    apparmor: { status: there(host, '/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
    service_mgr: serviceManager(host),
  };
}

/** Whether the probe found a path. */
export const there = (host: Told, path: string): boolean => host.lines('there').includes(path);

const architecture = (machine: string): string =>
  /^i[3-6]86$/.test(machine) ? 'i386' : machine === 'amd64' ? 'x86_64' : machine;

const present = (name: string, value: Value | undefined): Facts =>
  value === undefined ? {} : { [name]: value };

/** Words of the kernel's command line: `a=b`, or `a` alone, which is true. */
function words(text: string): readonly (readonly [string, string | boolean])[] {
  return (text.match(/(?:"[^"]*"|\S)+/g) ?? []).map((word) => {
    const equals = word.indexOf('=');
    return equals < 0
      ? ([word, true] as const)
      : ([word.slice(0, equals), word.slice(equals + 1).replaceAll('"', '')] as const);
  });
}

/** The same, what is given several times as a list. */
function grouped(pairs: readonly (readonly [string, string | boolean])[]): Value {
  const all = new Map<string, (string | boolean)[]>();
  for (const [key, value] of pairs) all.set(key, [...(all.get(key) ?? []), value]);
  return Object.fromEntries(
    [...all].map(([key, values]): [string, Value] => [
      key,
      values.length === 1 ? (values[0] ?? '') : values,
    ]),
  );
}

function clock(line: string): Value {
  const [epoch = '0', nano = '', ...rest] = line.split('|');
  const [year = '', month = '', weekday = '', weekdayNumber = '', week = '', ...more] = rest;
  const [day = '', hour = '', minute = '', second = '', tz = '', offset = ''] = more;
  const micro = /^\d{9}$/.test(nano) ? nano.slice(0, 6) : '000000';
  const utc = new Date(Number(epoch) * 1000);
  const iso = Number.isNaN(utc.getTime()) ? '' : utc.toISOString().slice(0, 19);
  const basic = `${year}${month}${day}T${hour}${minute}${second}`;
  return {
    ...{ year, month, weekday, weekday_number: weekdayNumber, weeknumber: week, day, hour, minute },
    ...{ second, epoch, epoch_int: epoch, tz, tz_dst: tz, tz_offset: offset },
    ...{ date: `${year}-${month}-${day}`, time: `${hour}:${minute}:${second}` },
    ...{ iso8601: `${iso}Z`, iso8601_micro: `${iso}.${micro}Z` },
    ...{ iso8601_basic: basic + micro, iso8601_basic_short: basic },
  };
}

function resolver(text: string): Value {
  const out: Record<string, Value> = {};
  for (const line of text.split('\n')) {
    const [key = '', ...values] = line.trim().split(/\s+/);
    if (key === 'nameserver')
      out['nameservers'] = [
        ...((out['nameservers'] as readonly Value[] | undefined) ?? []),
        ...values,
      ];
    else if (key === 'domain' && values[0] !== undefined) out['domain'] = values[0];
    else if (key === 'search' || key === 'sortlist') out[key] = values;
    else if (key === 'options') {
      out['options'] = Object.fromEntries(
        values.map((option): [string, Value] => {
          const [name = '', value] = option.split(':');
          return [name, value ?? true];
        }),
      );
    }
  }
  return out;
}

function user(host: Told): Facts {
  const line = host.lines('id')[0] ?? '';
  const number = (name: string): number | undefined => {
    const found = new RegExp(`(?:^| )${name}=(\\d+)`).exec(line)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const uid = number('uid') ?? 0;
  const gid = number('gid') ?? 0;
  const [name, , , passwdGid, gecos = '', dir = '', shell = ''] = (
    host.lines('passwd')[0] ?? ''
  ).split(':');
  return {
    user_id:
      name !== undefined && name !== '' ? name : (/^uid=\d+\(([^)]*)\)/.exec(line)?.[1] ?? ''),
    ...{ user_uid: uid, user_gid: passwdGid === undefined ? gid : Number(passwdGid) },
    ...{ user_gecos: gecos, user_dir: dir, user_shell: shell },
    ...{ real_user_id: uid, effective_user_id: number('euid') ?? uid },
    ...{ real_group_id: gid, effective_group_id: number('egid') ?? gid },
  };
}

function hostKeys(host: Told): Facts {
  const out: Facts = {};
  for (const path of host.paths) {
    const kind = /^\/etc\/ssh\/ssh_host_([a-z0-9]+)_key\.pub$/.exec(path)?.[1];
    const [type, key] = (host.file(path) ?? '').split(/\s+/);
    if (kind === undefined || type === undefined || key === undefined) continue;
    out[`ssh_host_key_${kind}_public`] = key;
    out[`ssh_host_key_${kind}_public_keytype`] = type;
  }
  return out;
}

function load(text: string | undefined): Facts {
  const [one, five, fifteen] = (text ?? '').split(' ').map(Number);
  if (one === undefined || five === undefined || fifteen === undefined) return {};
  return { loadavg: { '1m': one, '5m': five, '15m': fifteen } };
}

function selinux(host: Told): Value {
  const enforce = host.file('/sys/fs/selinux/enforce');
  if (enforce === undefined) return { status: 'disabled' };
  const config = host.file('/etc/selinux/config') ?? '';
  const of = (key: string): string =>
    new RegExp(`^${key}=(\\S+)`, 'm').exec(config)?.[1] ?? 'unknown';
  return {
    status: 'enabled',
    mode: enforce === '1' ? 'enforcing' : 'permissive',
    ...{ config_mode: of('SELINUX'), type: of('SELINUXTYPE') },
    policyvers: Number(host.file('/sys/fs/selinux/policyvers') ?? 0),
  };
}

const INITS: ReadonlyMap<string, string> = new Map([
  ['procd', 'openwrt_init'],
  ['runit-init', 'runit'],
  ['svscan', 'svc'],
  ['openrc-init', 'openrc'],
]);

function serviceManager(host: Told): string {
  const link = /-> (.*)$/.exec(host.lines('links')[0] ?? '')?.[1];
  const first = (host.file('/proc/1/comm') ?? link ?? '').split('/').at(-1)?.trim() ?? '';
  // `init` may be anything, and a shell is the first process of a container.
  if (first !== '' && first !== 'init' && !first.endsWith('sh')) return INITS.get(first) ?? first;
  return byFiles(host, link ?? '');
}

function byFiles(host: Told, init: string): string {
  const systemctl = there(host, '/bin/systemctl') || there(host, '/usr/bin/systemctl');
  if (systemctl && there(host, '/run/systemd/system')) return 'systemd';
  if (there(host, '/sbin/initctl') && there(host, '/etc/init')) return 'upstart';
  if (there(host, '/sbin/openrc')) return 'openrc';
  if (systemctl && init.endsWith('/systemd')) return 'systemd';
  return there(host, '/etc/init.d') ? 'sysvinit' : 'service';
}
