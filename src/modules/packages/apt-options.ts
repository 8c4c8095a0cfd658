/** How apt goes about it, as JSON Schema: arguments of apt that few need. */
export const APT_OPTIONS = {
  only_upgrade: {
    type: 'boolean',
    default: false,
    description: 'What is not installed stays so.',
  },
  default_release: {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9.=/_-]*$',
    'x-says': 'the name of a release',
    description: 'The release that versions are taken from, such as bookworm-backports.',
    'x-aliases': ['default-release'],
  },
  allow_downgrade: {
    type: 'boolean',
    default: false,
    description: 'A version that is asked for may be older than the one there is.',
    'x-aliases': ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  },
  allow_unauthenticated: {
    type: 'boolean',
    default: false,
    description:
      'Archives that nobody signed are taken too: whoever is on the way can give anything.',
    'x-aliases': ['allow-unauthenticated'],
  },
  allow_change_held_packages: {
    type: 'boolean',
    default: false,
    description: 'Packages that are held may change too.',
  },
  force: {
    type: 'boolean',
    default: false,
    description: 'The three above at once.',
  },
  lock_timeout: {
    type: 'integer',
    minimum: -1,
    description: 'Seconds to wait while something else installs packages; 120 when left out.',
  },
  dpkg_options: {
    type: 'string',
    pattern: '^[a-z][a-z0-9=-]*(\\s*,\\s*[a-z][a-z0-9=-]*)*$',
    'x-says': 'options of dpkg without --, with commas between',
    description: 'Options for dpkg; force-confdef,force-confold when left out.',
  },
  force_apt_get: {
    type: 'boolean',
    default: true,
    description: 'Accepted for playbooks of Ansible: it is always apt-get.',
  },
  update_cache_retries: {
    type: 'integer',
    default: 5,
    description: 'Accepted for playbooks of Ansible: apt-get itself tries again.',
  },
  update_cache_retry_max_delay: {
    type: 'integer',
    default: 12,
    description: 'Accepted for playbooks of Ansible.',
  },
} as const;
