/** Arguments that service and systemd share, as JSON Schema. */
export const UNIT_PARAMS = {
  state: {
    enum: ['started', 'stopped', 'restarted', 'reloaded'],
    description:
      'started: it runs. stopped: it does not. restarted and reloaded are done each time the task runs; they start a unit that does not run.',
  },
  enabled: { type: 'boolean', description: 'Whether it starts at boot.' },
} as const;

/** Arguments of systemd, as JSON Schema. */
export const SYSTEMD_PARAMS = {
  name: {
    type: 'string',
    pattern: '^[A-Za-z0-9:_.\\\\@-]+$',
    'x-says': 'the name of a unit',
    description:
      'Its name; without a type (.timer, .socket) it is a service. Left out only with daemon_reload.',
    'x-aliases': ['service', 'unit'],
  },
  ...UNIT_PARAMS,
  masked: {
    type: 'boolean',
    description: 'Whether it may not start at all, by hand or for another unit.',
  },
  daemon_reload: {
    type: 'boolean',
    default: false,
    description:
      'systemd reads its files again before anything else, if they changed since it read them.',
    'x-aliases': ['daemon-reload'],
  },
  daemon_reexec: {
    type: 'boolean',
    default: false,
    description:
      'systemd itself is started anew before anything else; done each time the task runs.',
    'x-aliases': ['daemon-reexec'],
  },
  no_block: {
    type: 'boolean',
    default: false,
    description: 'Starting and stopping is not waited for: whether it goes well is not known then.',
  },
  scope: {
    enum: ['system', 'user', 'global'],
    default: 'system',
    description: "The machine's units, those of the login user, or of all users.",
  },
} as const;
