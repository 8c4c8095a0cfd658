/** Arguments that service and systemd share, as JSON Schema. */
export const UNIT_PARAMS = {
  state: {
    enum: ['started', 'stopped', 'restarted', 'reloaded'],
    description:
      'started: it runs. stopped: it does not. restarted and reloaded are done each time the task runs; they start a unit that does not run.',
  },
  enabled: { type: 'boolean', description: 'Whether it starts at boot.' },
} as const;
