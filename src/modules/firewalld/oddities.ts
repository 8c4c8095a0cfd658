import type { Sections } from './parse-sections.ts';

/** Rules that firewalld puts before its zones. */
export const DIRECT = '/etc/firewalld/direct.xml';

/** What is odd about a firewalld besides its zones; words for people. `direct` are the lines of direct.xml. */
export function odditiesOf(
  sections: Sections,
  direct: readonly string[],
  conf: Readonly<Partial<Record<string, string>>>,
  units: readonly string[],
): readonly string[] {
  const [, , ufw, nftables] = units;
  const bypassed = direct.some((line) => /<(rule|chain|passthrough)\b/.test(line));
  const policies = sections.lines('policies');
  // Tables of iptables-nft are K3s's and docker's as well, and kube-proxy may have one of its own.
  const others = sections
    .lines('chains')
    .filter(
      (chain) =>
        !/^(inet firewalld|ip6?\s(filter|nat|mangle|raw|security|firewalld|kube-proxy))(?!\S)/.test(
          chain,
        ),
    );
  return [
    ...(/^(b true|yes)$/.test(sections.text('panic') ?? '')
      ? ['panic mode is on: nothing gets in or out']
      : []),
    ...(bypassed ? [`direct rules in ${DIRECT}: they bypass the zones`] : []),
    ...(ufw === 'active' ? ['ufw is active besides firewalld'] : []),
    ...(nftables === 'active' ? ['nftables.service is active besides firewalld'] : []),
    ...(/^yes$/i.test(conf['Lockdown'] ?? '')
      ? ['Lockdown=yes: firewalld may refuse changes']
      : []),
    ...(/^yes$/i.test(conf['AllowZoneDrifting'] ?? '')
      ? [
          'AllowZoneDrifting=yes: before firewalld 1.0 packets drift from source zones into interface zones',
        ]
      : []),
    ...(/^iptables$/i.test(conf['FirewallBackend'] ?? '') ? ['FirewallBackend=iptables'] : []),
    ...(/^no$/i.test(conf['FlushAllOnReload'] ?? '') ? ['FlushAllOnReload=no'] : []),
    ...(others.length > 0
      ? [
          `other chains look at what comes in besides firewalld: ${others.join(', ')}; what they drop no zone shows`,
        ]
      : []),
    ...(policies.length > 0
      ? [`policies of its own: ${policies.map((file) => file.replace(/\.xml$/, '')).join(', ')}`]
      : []),
  ];
}
