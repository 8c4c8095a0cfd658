const flag = (description: string) => ({ type: 'boolean', description }) as const;
const list = (description: string) =>
  ({ type: 'array', items: { type: 'string', pattern: '^[^\\n]*$' }, description }) as const;

/** Fields of a .sources file, as sources.list(5) has them. */
export const DEB822_FIELDS = {
  allow_downgrade_to_insecure: flag('An archive that was signed may come without a signature.'),
  allow_insecure: flag('Archives without a signature are taken.'),
  allow_weak: flag('Weak signatures are taken.'),
  architectures: list('Only these, such as amd64.'),
  by_hash: flag('Lists are asked for by their hash.'),
  check_date: flag('Lists from the future are refused.'),
  check_valid_until: flag('Lists that are too old are refused.'),
  components: list('Parts of it, such as main.'),
  date_max_future: { type: 'integer', description: 'Seconds a list may come from the future.' },
  enabled: flag('Whether it is used.'),
  inrelease_path: { type: 'string', description: 'Where the list of lists is.' },
  languages: list('Languages of descriptions.'),
  pdiffs: flag('Changes of lists are loaded instead of lists.'),
  signed_by: {
    type: 'string',
    description:
      'The key that signs it: its address (loaded to /etc/apt/keyrings), a path on the host, a fingerprint, or the key itself.',
  },
  suites: list('Releases, such as bookworm.'),
  targets: list('Which lists are loaded.'),
  trusted: flag('It is believed without a signature.'),
  types: {
    type: 'array',
    items: { enum: ['deb', 'deb-src'] },
    default: ['deb'],
    description: 'Programs, or their sources.',
  },
  uris: list('Addresses of it.'),
} as const;
