/** What a rule is made of: arguments of iptables that say what it matches and does. */
export interface RuleParams {
  readonly match?: readonly string[];
  readonly tcp_flags?: {
    readonly flags?: readonly string[];
    readonly flags_set?: readonly string[];
  };
  readonly destination_ports?: readonly string[];
  readonly ctstate?: readonly string[];
  readonly syn: 'ignore' | 'match' | 'negate';
  readonly ip_version: 'ipv4' | 'ipv6';
  readonly [name: string]: unknown;
}

/** The words for iptables behind the chain; none where nothing is said. In the order that iptables wants extensions in. */
export function ruleWords(given: RuleParams): readonly string[] {
  const {
    match = [],
    tcp_flags: flags,
    destination_ports: ports = [],
    ctstate: states = [],
  } = given;
  const one = (flag: string, name: string): readonly string[] => {
    const value = given[name];
    if (typeof value !== 'string') return [];
    return value.startsWith('!') ? ['!', flag, value.slice(1).trim()] : [flag, value];
  };
  const has = (...names: readonly string[]): boolean =>
    names.some((name) => given[name] !== undefined);
  const extension = (name: string, ...words: readonly string[]): readonly string[] =>
    words.length === 0 ? [] : [...(match.includes(name) ? [] : ['-m', name]), ...words];
  const stated = states.length === 0 ? [] : match.includes('state') ? '--state' : '--ctstate';
  return [
    ...one('-p', 'protocol'),
    ...[...one('-s', 'source'), ...one('-d', 'destination')],
    ...match.flatMap((name) => ['-m', name]),
    ...(flags?.flags && flags.flags_set
      ? ['--tcp-flags', flags.flags.join(','), flags.flags_set.join(',')]
      : []),
    ...one('-j', 'jump'),
    ...[...one('--gateway', 'gateway'), ...one('--log-prefix', 'log_prefix')],
    ...[...one('--log-level', 'log_level'), ...one('--to-destination', 'to_destination')],
    ...(ports.length === 0 ? [] : extension('multiport', '--dports', ports.join(','))),
    ...[...one('--to-source', 'to_source'), ...one('-g', 'goto')],
    ...[...one('-i', 'in_interface'), ...one('-o', 'out_interface'), ...one('-f', 'fragment')],
    ...[...one('-c', 'set_counters'), ...one('--source-port', 'source_port')],
    ...[...one('--destination-port', 'destination_port'), ...one('--to-ports', 'to_ports')],
    ...[...one('--set-dscp', 'set_dscp_mark'), ...one('--set-dscp-class', 'set_dscp_mark_class')],
    ...(given.syn === 'ignore' ? [] : [...(given.syn === 'negate' ? ['!'] : []), '--syn']),
    ...(typeof stated === 'string'
      ? stated === '--state'
        ? [stated, states.join(',')]
        : extension('conntrack', stated, states.join(','))
      : []),
    ...extension('iprange', ...one('--src-range', 'src_range'), ...one('--dst-range', 'dst_range')),
    ...extension('set', ...setWords(one('--match-set', 'match_set'), given['match_set_flags'])),
    ...extension('limit', ...one('--limit', 'limit'), ...one('--limit-burst', 'limit_burst')),
    ...extension('owner', ...one('--uid-owner', 'uid_owner'), ...one('--gid-owner', 'gid_owner')),
    ...(has('reject_with') && !has('jump') ? ['-j', 'REJECT'] : []),
    ...one('--reject-with', 'reject_with'),
    ...one(given.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', 'icmp_type'),
    ...extension('comment', ...comment(given['comment'])),
  ];
}

const setWords = (words: readonly string[], flags: unknown): readonly string[] =>
  words.length === 0 || typeof flags !== 'string' ? words : [...words, flags];

/** A comment is a text, whatever it begins with. */
const comment = (text: unknown): readonly string[] =>
  typeof text === 'string' ? ['--comment', text] : [];
