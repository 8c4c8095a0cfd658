import type { Told } from './sections.ts';
import type { Facts } from './system.ts';

const DMI = '/sys/devices/virtual/dmi/id/';

/** What a virtual machine's firmware calls itself, and what that is. */
const BY_PRODUCT: Readonly<Record<string, string>> = {
  ...{ KVM: 'kvm', 'KVM Server': 'kvm', Bochs: 'kvm', AHV: 'kvm' },
  ...{ 'VMware Virtual Platform': 'VMware', 'VMware7,1': 'VMware' },
  ...{ 'OpenStack Compute': 'openstack', 'OpenStack Nova': 'openstack' },
};
const BY_BIOS: Readonly<Record<string, string>> = {
  ...{ Xen: 'xen', 'innotek GmbH': 'virtualbox' },
  ...{ 'Amazon EC2': 'kvm', DigitalOcean: 'kvm', Hetzner: 'kvm' },
};
const BY_VENDOR: Readonly<Record<string, string>> = {
  ...{ QEMU: 'kvm', 'Amazon EC2': 'kvm', DigitalOcean: 'kvm', Google: 'kvm', Scaleway: 'kvm' },
  ...{ Nutanix: 'kvm', KubeVirt: 'KubeVirt', oVirt: 'oVirt', 'Microsoft Corporation': 'VirtualPC' },
  ...{ 'Parallels Software International Inc.': 'parallels', 'OpenStack Foundation': 'openstack' },
};

/** Whether the host is a virtual machine or container, or holds such; of several the first found is the type. */
export function virtualFacts(host: Told): Facts {
  const guest = new Set<string>();
  const owner = new Set<string>();
  let first: { readonly type: string; readonly role: string } | undefined;
  const is = (type: string, role: 'guest' | 'host' = 'guest'): void => {
    (role === 'guest' ? guest : owner).add(type);
    first ??= { type, role };
  };
  containers(host, is);
  if (['docker', 'lxc', 'podman', 'openvz', 'containerd'].some((name) => guest.has(name)))
    guest.add('container');
  if (there(host, '/proc/xen')) {
    const control = (host.file('/proc/xen/capabilities') ?? '').includes('control_d');
    if (control) is('xen', 'host');
    else first ??= { type: 'xen', role: 'guest' };
  }
  const named = (table: Readonly<Record<string, string>>, file: string): void => {
    const value = host.file(DMI + file)?.trim() ?? '';
    const type = Object.hasOwn(table, value) ? table[value] : undefined;
    if (type !== undefined) is(type);
  };
  named(BY_PRODUCT, 'product_name');
  named(BY_BIOS, 'bios_vendor');
  named(BY_VENDOR, 'sys_vendor');
  if (/QEMU Virtual CPU/.test(host.file('/proc/cpuinfo') ?? '')) is('kvm');
  const modules = host.file('/proc/modules') ?? '';
  if (/^kvm /m.test(modules)) is('kvm', 'host');
  if (/^vboxdrv /m.test(modules)) is('virtualbox', 'host');
  if (there(host, '/dev/kvm')) is('kvm', 'host');
  return {
    virtualization_type: first?.type ?? 'NA',
    virtualization_role: first?.role ?? 'NA',
    virtualization_tech_guest: [...guest].sort(),
    virtualization_tech_host: [...owner].sort(),
  };
}

function containers(host: Told, is: (type: string, role?: 'guest' | 'host') => void): void {
  const cgroup = host.file('/proc/1/cgroup') ?? '';
  if (/\/docker(\/|-[0-9a-f]+\.scope)/.test(cgroup)) is('docker');
  if (/\/lxc\/|\/machine\.slice\/machine-lxc/.test(cgroup)) is('lxc');
  if (cgroup.includes('/system.slice/containerd.service')) is('containerd');
  const variable = host.lines('container')[0] ?? '';
  if (variable.startsWith('container=lxc')) is('lxc');
  if (variable.startsWith('container=podman')) is('podman');
  if (/^container=./.test(variable)) is('container');
  if (there(host, '/proc/vz') && !there(host, '/proc/lve'))
    is('openvz', there(host, '/proc/bc') ? 'host' : 'guest');
  const systemd = host.file('/run/systemd/container')?.trim() ?? '';
  if (systemd !== '') {
    is(systemd);
    is('container');
  }
  if (there(host, '/.dockerenv') || there(host, '/.dockerinit')) is('docker');
}

const there = (host: Told, path: string): boolean => host.lines('thervirt').includes(path);
