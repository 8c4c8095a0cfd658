import type { Told } from './sections.ts';
import { there, type Facts } from './system.ts';

/** Names as Ansible spells them, by the ID of os-release. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ debian: 'Debian', ubuntu: 'Ubuntu', raspbian: 'Raspbian', linuxmint: 'Linux Mint' },
    ...{ kali: 'Kali', devuan: 'Devuan', pop: 'Pop!_OS', rhel: 'RedHat', centos: 'CentOS' },
    ...{ fedora: 'Fedora', rocky: 'Rocky', almalinux: 'AlmaLinux', ol: 'OracleLinux' },
    ...{ amzn: 'Amazon', alpine: 'Alpine', arch: 'Archlinux', manjaro: 'Manjaro' },
    ...{ sles: 'SLES', sled: 'SLED', 'opensuse-leap': 'openSUSE Leap', gentoo: 'Gentoo' },
    ...{ 'opensuse-tumbleweed': 'openSUSE Tumbleweed', 'opensuse-microos': 'openSUSE MicroOS' },
    ...{ openEuler: 'openEuler', openwrt: 'OpenWrt', flatcar: 'Flatcar', nixos: 'NixOS' },
  }),
);

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  RedHat: [
    ...['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon'],
    ...['openEuler', 'Scientific', 'CloudLinux', 'EuroLinux'],
  ],
  Debian: ['Debian', 'Ubuntu', 'Raspbian', 'Linux Mint', 'Kali', 'Devuan', 'Pop!_OS'],
  Suse: ['SLES', 'SLED', 'openSUSE Leap', 'openSUSE Tumbleweed', 'openSUSE MicroOS'],
  Archlinux: ['Archlinux', 'Manjaro'],
};

const PACKAGE_MANAGERS: readonly (readonly [string, string])[] = [
  ...([
    ['/usr/bin/zypper', 'zypper'],
    ['/usr/bin/pacman', 'pacman'],
  ] as const),
  ...([
    ['/bin/opkg', 'opkg'],
    ['/sbin/apk', 'apk'],
    ['/usr/bin/emerge', 'portage'],
  ] as const),
  ...([
    ['/usr/bin/xbps-install', 'xbps'],
    ['/usr/bin/apt-get', 'apt'],
  ] as const),
  ...([
    ['/usr/bin/dnf', 'dnf'],
    ['/usr/bin/yum', 'yum'],
  ] as const),
];

/** Which distribution it is, its family, and how packages are managed. */
export function distributionFacts(host: Told): Facts {
  const text = host.file('/etc/os-release') ?? host.file('/usr/lib/os-release') ?? '';
  const release = pairs(text);
  const id = release.get('ID') ?? '';
  const name = NAMES.get(id) ?? release.get('NAME') ?? 'Linux';
  const family = Object.entries(FAMILIES).find(([, names]) => names.includes(name))?.[0] ?? name;
  const version = versionOf(host, name, release.get('VERSION_ID') ?? 'NA');
  const [major = 'NA', minor] = version.split('.');
  const codename = codenameOf(host, name, family, release);
  const path = fileOf(host, name, family);
  return {
    distribution: name,
    os_family: family,
    distribution_version: version,
    distribution_major_version: major,
    ...(minor === undefined || name === 'Ubuntu' ? {} : { distribution_minor_version: minor }),
    distribution_release: codename,
    distribution_file_path: path,
    distribution_file_parsed: text !== '',
    distribution_file_variety: family === 'Suse' ? 'SUSE' : name === 'Ubuntu' ? 'Debian' : family,
    pkg_mgr: packageManager(host, family),
    lsb: lsb(host, name, version, codename, release),
  };
}

function pairs(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
      if (!match) return [];
      const [, key = '', raw = ''] = match;
      return [[key, raw.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(.)/g, '$1')] as const];
    }),
  );
}

/** Debian, CentOS and Alpine tell more in files of their own than os-release does. */
function versionOf(host: Told, name: string, version: string): string {
  const debian = host.file('/etc/debian_version')?.trim() ?? '';
  if (name === 'Debian' && /^\d+\.\d+/.test(debian)) return debian;
  if (name === 'Alpine') return host.file('/etc/alpine-release')?.trim() ?? version;
  const red = /release (\d+(?:\.\d+)*)/.exec(host.file('/etc/redhat-release') ?? '')?.[1];
  // `8.5.2111`: Ansible keeps the first two.
  return name === 'CentOS' && red !== undefined ? red.split('.').slice(0, 2).join('.') : version;
}

function codenameOf(
  host: Told,
  name: string,
  family: string,
  release: ReadonlyMap<string, string>,
): string {
  if (family === 'RedHat' && name !== 'Amazon') {
    const words = /\(([^)]*)\)/.exec(host.file('/etc/redhat-release') ?? '')?.[1];
    return words ?? (name === 'Fedora' ? '' : 'NA');
  }
  return (
    release.get('VERSION_CODENAME') ?? /\(([^)]*)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? 'NA'
  );
}

function fileOf(host: Told, name: string, family: string): string {
  if (family === 'RedHat' && host.file('/etc/redhat-release') !== undefined)
    return '/etc/redhat-release';
  if (name === 'Alpine') return '/etc/alpine-release';
  return host.file('/etc/os-release') === undefined ? '/usr/lib/os-release' : '/etc/os-release';
}

function packageManager(host: Told, family: string): string {
  if (there(host, '/run/ostree-booted')) return 'atomic_container';
  if (family === 'RedHat' && there(host, '/usr/bin/dnf')) return 'dnf';
  if (family === 'RedHat' && there(host, '/usr/bin/dnf5')) return 'dnf5';
  if (family === 'Debian' && there(host, '/usr/bin/apt-get')) return 'apt';
  return PACKAGE_MANAGERS.find(([path]) => there(host, path))?.[1] ?? 'unknown';
}

function lsb(
  host: Told,
  name: string,
  version: string,
  codename: string,
  release: ReadonlyMap<string, string>,
): Facts {
  const file = pairs(host.file('/etc/lsb-release') ?? '');
  const id = file.get('DISTRIB_ID') ?? (there(host, '/usr/bin/lsb_release') ? name : undefined);
  if (id === undefined) return {};
  const [major = ''] = version.split('.');
  return {
    ...{ id, release: file.get('DISTRIB_RELEASE') ?? release.get('VERSION_ID') ?? version },
    description: file.get('DISTRIB_DESCRIPTION') ?? release.get('PRETTY_NAME') ?? '',
    codename: file.get('DISTRIB_CODENAME') ?? codename,
    major_release: major,
  };
}
