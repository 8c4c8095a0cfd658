/** What can be left out of gathering: `min` is always there. */
export type Subset = 'hardware' | 'network' | 'virtual';

const ALL: readonly Subset[] = ['hardware', 'network', 'virtual'];

/** Words of `gather_subset` that stand for parts of a subset, or for what is always gathered. */
const PARTS: Readonly<Record<string, Subset | 'min'>> = {
  ...{ hardware: 'hardware', devices: 'hardware', mounts: 'hardware', processor: 'hardware' },
  ...{ processor_cores: 'hardware', processor_count: 'hardware', memory: 'hardware' },
  ...{
    network: 'network',
    interfaces: 'network',
    default_ipv4: 'network',
    default_ipv6: 'network',
  },
  ...{ all_ipv4_addresses: 'network', all_ipv6_addresses: 'network', virtual: 'virtual' },
  ...{ virtualization_type: 'virtual', virtualization_role: 'virtual', min: 'min' },
  ...{ virtualization_tech_guest: 'virtual', virtualization_tech_host: 'virtual' },
  ...{ apparmor: 'min', caps: 'min', chroot: 'min', cmdline: 'min', date_time: 'min' },
  ...{ distribution: 'min', distribution_version: 'min', distribution_release: 'min' },
  ...{ distribution_major_version: 'min', dns: 'min', env: 'min', fips: 'min', is_chroot: 'min' },
  ...{ loadavg: 'min', local: 'min', lsb: 'min', os_family: 'min', pkg_mgr: 'min' },
  ...{ platform: 'min', python: 'min', python_version: 'min', selinux: 'min' },
  ...{ service_mgr: 'min', ssh_pub_keys: 'min', ssh_host_pub_keys: 'min', system: 'min' },
  ...{ user: 'min', user_id: 'min', machine: 'min', machine_id: 'min', kernel: 'min' },
  ...{ kernel_version: 'min', architecture: 'min', facter: 'min', ohai: 'min', fqdn: 'min' },
  ...{ hostname: 'min', nodename: 'min', domain: 'min', effective_user_id: 'min' },
};

/** Words `gather_subset` may hold, each also with `!` in front. */
export const subsetWords: readonly string[] = ['all', ...Object.keys(PARTS)];

/** The subsets a list such as `['!all', 'network']` asks for: with nothing that adds, all but what is excluded. */
export function subsetsOf(words: readonly string[]): ReadonlySet<Subset> {
  const out = new Set<Subset>();
  const adding = words.filter((word) => !word.startsWith('!'));
  const excluded = new Set(
    words.filter((word) => word.startsWith('!')).map((word) => word.slice(1)),
  );
  if (adding.includes('all') || (adding.length === 0 && !excluded.has('all')))
    for (const one of ALL) out.add(one);
  for (const word of excluded) {
    if (word === 'all') out.clear();
    const part = PARTS[word];
    if (part === word && part !== 'min') out.delete(part);
  }
  for (const word of adding) {
    const part = Object.hasOwn(PARTS, word) ? PARTS[word] : undefined;
    if (part !== undefined && part !== 'min') out.add(part);
  }
  return out;
}
