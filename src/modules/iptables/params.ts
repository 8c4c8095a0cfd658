const text = (description: string) =>
  ({ type: 'string', pattern: '^[^\\n]+$', 'x-says': 'one line', description }) as const;
const words = (description: string) =>
  ({ type: 'array', items: { type: 'string', pattern: '^[^\\n]+$' }, description }) as const;

/** Arguments of iptables, as JSON Schema. An exclamation mark before a value means all others. */
export const IPTABLES_PARAMS = {
  table: {
    enum: ['filter', 'nat', 'mangle', 'raw', 'security'],
    default: 'filter',
    description: 'The table.',
  },
  chain: text('The chain; left out only to flush a whole table.'),
  state: {
    enum: ['present', 'absent'],
    default: 'present',
    description: 'Whether the rule is there.',
  },
  action: {
    enum: ['append', 'insert'],
    default: 'append',
    description: 'Where a new rule goes: to the end of the chain, or to rule_num or its beginning.',
  },
  rule_num: {
    type: 'string',
    pattern: '^[1-9]\\d*$',
    'x-says': 'a number',
    description: 'The place a new rule is inserted at.',
  },
  ip_version: { enum: ['ipv4', 'ipv6'], default: 'ipv4', description: 'Which of the two.' },
  chain_management: {
    type: 'boolean',
    default: false,
    description:
      'A chain that is missing is made; without a rule, state is about the chain itself.',
  },
  flush: { type: 'boolean', default: false, description: 'No rule is left in the chain or table.' },
  policy: {
    enum: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'],
    description: 'What happens to what no rule of the chain is about.',
  },
  wait: text('Seconds to wait for others that change rules.'),
  protocol: text('tcp, udp, icmp, all.'),
  source: text('Where it comes from: an address, a network or a name.'),
  destination: text('Where it goes to.'),
  match: words('Extensions, such as conntrack.'),
  tcp_flags: {
    type: 'object',
    properties: {
      flags: words('Flags that are looked at.'),
      flags_set: words('Flags of those that must be set.'),
    },
    additionalProperties: false,
    description: 'Flags of TCP.',
  },
  jump: text('What is done: ACCEPT, DROP, REJECT, LOG, or a chain.'),
  goto: text('A chain that is gone on in.'),
  gateway: text('With jump: TEE, where the copy goes.'),
  log_prefix: text('With jump: LOG, what stands before each line.'),
  log_level: text('With jump: LOG, how important it is.'),
  to_destination: text('With jump: DNAT, the new destination.'),
  to_source: text('With jump: SNAT, the new source.'),
  to_ports: text('With jump: REDIRECT, the new port.'),
  destination_ports: words('Several ports it goes to.'),
  in_interface: text('The interface it comes by.'),
  out_interface: text('The interface it leaves by.'),
  fragment: text('Only later parts of packets.'),
  set_counters: text('Counters of a new rule.'),
  source_port: text('The port it comes from, or a range 1000:2000.'),
  destination_port: text('The port it goes to, or a range.'),
  set_dscp_mark: text('With jump: DSCP, the mark.'),
  set_dscp_mark_class: text('With jump: DSCP, the class.'),
  syn: {
    enum: ['ignore', 'match', 'negate'],
    default: 'ignore',
    description: 'Whether it must begin a connection of TCP.',
  },
  ctstate: words('States of connections: NEW, ESTABLISHED, RELATED.'),
  src_range: text('A range of addresses it comes from.'),
  dst_range: text('A range of addresses it goes to.'),
  match_set: text('A set of ipset.'),
  match_set_flags: {
    enum: ['src', 'dst', 'src,dst', 'dst,src'],
    description: 'What of a packet is looked for in the set.',
  },
  limit: text('How often it matches: 5/minute.'),
  limit_burst: text('How many before that counts.'),
  uid_owner: text('The user whose process sends it.'),
  gid_owner: text('The group whose process sends it.'),
  reject_with: text('With jump: REJECT, the answer.'),
  icmp_type: text('The kind of ICMP.'),
  comment: text('Said about the rule.'),
} as const;
