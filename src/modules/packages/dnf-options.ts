import { wordList } from './params.ts';

const flag = (description: string) => ({ type: 'boolean', default: false, description }) as const;

/** How dnf goes about it, as JSON Schema: arguments of dnf that few need. */
export const DNF_OPTIONS = {
  enablerepo: wordList('Archives that are used this time though they are off.'),
  disablerepo: wordList('Archives that are not used this time.'),
  exclude: wordList('Packages that are left out of everything.'),
  disable_excludes: {
    type: 'string',
    pattern: '^[A-Za-z0-9_.:*-]+$',
    'x-says': 'all, main or the name of an archive',
    description: 'Whose own lists of what is left out do not count.',
  },
  disable_plugin: wordList('Plugins that are off this time.'),
  enable_plugin: wordList('Plugins that are on this time.'),
  disable_gpg_check: flag('Packages that nobody signed are taken too.'),
  allowerasing: flag('What is in the way is removed.'),
  nobest: flag('An older version will do where the newest cannot be had.'),
  skip_broken: flag('What cannot be installed is left out.'),
  security: flag('With state: latest, only what mends holes.'),
  bugfix: flag('With state: latest, only what mends faults.'),
  update_only: flag('What is not installed stays so.'),
  cacheonly: flag('Nothing is loaded: what is in the cache has to do.'),
  allow_downgrade: flag(
    'Accepted for playbooks of Ansible: dnf takes an older version where one is asked for by its version.',
  ),
  install_weak_deps: {
    type: 'boolean',
    description: 'Whether recommended packages come too; left out: as the host is set.',
  },
  sslverify: {
    type: 'boolean',
    default: true,
    description: 'false: archives may show any certificate.',
  },
  validate_certs: {
    type: 'boolean',
    default: true,
    description: 'The same, for addresses of packages.',
  },
  conf_file: {
    type: 'string',
    pattern: '^/',
    'x-says': 'an absolute path',
    description: 'Settings of dnf instead of /etc/dnf/dnf.conf.',
  },
  releasever: {
    type: ['string', 'integer'],
    description: 'The release that archives are asked for.',
  },
  lock_timeout: {
    type: 'integer',
    default: 30,
    description: 'Accepted for playbooks of Ansible: dnf waits for the lock by itself.',
  },
  use_backend: {
    enum: ['auto', 'yum', 'yum4', 'dnf', 'dnf4', 'dnf5'],
    default: 'auto',
    description: 'Accepted for playbooks of Ansible: it is always dnf.',
  },
} as const;
