import { ATTRIBUTE_PARAMS } from './attributes.ts';

/** Arguments that copy and template share, as JSON Schema. */
export const PUT_PARAMS = {
  dest: {
    type: 'string',
    minLength: 1,
    description:
      'Where it goes on the host. With a slash at its end, or when a folder is there, into that folder.',
  },
  backup: {
    type: 'boolean',
    default: false,
    description: 'Keeps the old file beside the new one, with the time in its name.',
  },
  force: {
    type: 'boolean',
    default: true,
    description: 'Replaces a file that differs; with false only what is missing is written.',
    'x-aliases': ['thirsty'],
  },
  follow: {
    type: 'boolean',
    default: false,
    description: 'Writes to what a link leads to; without it the link is replaced by the file.',
  },
  validate: {
    type: 'string',
    pattern: '%s',
    'x-says': 'a command that holds %s for the file to check',
    description:
      'Command, without a shell, that must accept the new file before it takes its place; %s stands for it.',
  },
  ...ATTRIBUTE_PARAMS,
} as const;
