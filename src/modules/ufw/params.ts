const ADDRESS = {
  type: 'string',
  pattern: '^(any|[0-9a-fA-F.:]+(/[0-9.]+)?)$',
  'x-says': 'any, an address or a network',
  default: 'any',
} as const;
const PORT = {
  type: 'string',
  pattern: '^(any|[a-z][a-z0-9-]*|\\d+(:\\d+)?(,\\d+(:\\d+)?)*)$',
  'x-says': 'a port, a range 1000:2000, several with commas between, or the name of a service',
} as const;
const LINK = {
  type: 'string',
  pattern: '^[A-Za-z0-9._@+-]{1,15}$',
  'x-says': 'the name of an interface',
} as const;

/** Arguments of ufw, as JSON Schema. */
export const UFW_PARAMS = {
  state: {
    enum: ['enabled', 'disabled', 'reloaded', 'reset'],
    description:
      'enabled: it runs, after a reboot too. disabled: it does not. reloaded: it reads its rules again. reset: it is off and has no rules.',
  },
  default: {
    enum: ['allow', 'deny', 'reject'],
    description: 'What happens to what no rule is about; see direction.',
    'x-aliases': ['policy'],
  },
  direction: {
    enum: ['in', 'incoming', 'out', 'outgoing', 'routed'],
    description: 'Which way a rule or default is for; incoming when left out.',
  },
  logging: {
    enum: ['on', 'off', 'low', 'medium', 'high', 'full'],
    description: 'How much is logged.',
  },
  rule: { enum: ['allow', 'deny', 'limit', 'reject'], description: 'A rule, and what it does.' },
  delete: { type: 'boolean', default: false, description: 'The rule is not there.' },
  insert: {
    type: 'integer',
    minimum: 1,
    description: 'A new rule goes to this place; behind all others when left out.',
  },
  insert_relative_to: {
    enum: ['zero'],
    default: 'zero',
    description: 'Accepted for playbooks of Ansible: insert counts from the first rule.',
  },
  route: {
    type: 'boolean',
    default: false,
    description: 'The rule is for what passes through the host.',
  },
  log: { type: 'boolean', default: false, description: 'New connections of the rule are logged.' },
  from_ip: { ...ADDRESS, description: 'Where it comes from.', 'x-aliases': ['from', 'src'] },
  from_port: { ...PORT, description: 'The port it comes from.' },
  to_ip: { ...ADDRESS, description: 'Where it goes to.', 'x-aliases': ['to', 'dest'] },
  to_port: { ...PORT, description: 'The port it goes to.', 'x-aliases': ['port'] },
  proto: {
    enum: ['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp'],
    default: 'any',
    description: 'The protocol.',
    'x-aliases': ['protocol'],
  },
  name: {
    type: 'string',
    pattern: '^[^\\n/]+$',
    'x-says': 'the name of a profile',
    description: 'A profile of /etc/ufw/applications.d instead of ports, such as OpenSSH.',
    'x-aliases': ['app'],
  },
  interface: { ...LINK, description: 'The interface; needs direction.', 'x-aliases': ['if'] },
  interface_in: { ...LINK, description: 'The interface it comes by.', 'x-aliases': ['if_in'] },
  interface_out: { ...LINK, description: 'The interface it leaves by.', 'x-aliases': ['if_out'] },
  comment: {
    type: 'string',
    pattern: "^[^'\\n]+$",
    'x-says': 'one line without quotes',
    description: 'Said about the rule.',
  },
  allow_lockout: {
    type: 'boolean',
    default: false,
    description: 'The change may keep out new SSH connections.',
  },
} as const;
