import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import type { KeyWish } from './user-key.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$';

/** Arguments of user, as JSON Schema. */
export const USER_PARAMS = {
  type: 'object',
  description: 'A local user, with groups, home, shell and password.',
  properties: {
    name: {
      type: 'string',
      pattern: NAME,
      maxLength: 32,
      'x-says': 'the name of a user',
      description: 'Its name.',
      'x-aliases': ['user'],
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    uid: {
      type: 'integer',
      minimum: 0,
      maximum: 4294967294,
      description: 'Its number; left out: the host chooses.',
    },
    group: {
      type: 'string',
      pattern: NAME,
      'x-says': 'the name of a group',
      description: 'Its primary group, which must exist; a new user gets one of its own name.',
    },
    groups: {
      anyOf: [
        { type: 'string', description: 'Names with commas between.' },
        { type: 'array', items: { type: 'string' }, description: 'A list of names.' },
      ],
      description:
        'Its other groups; all of them, unless append is set. An empty list takes it out of all.',
    },
    append: {
      type: 'boolean',
      default: false,
      description: 'Stay in the groups it is in besides.',
    },
    comment: {
      type: 'string',
      pattern: '^[^:\\n]*$',
      'x-says': 'one line without colon',
      description: 'Its full name or purpose.',
    },
    shell: {
      type: 'string',
      pattern: '^(/[^:\\n]*)?$',
      'x-says': 'a path',
      description: 'Its login shell.',
    },
    home: {
      type: 'string',
      pattern: '^/[^:\\n]*$',
      'x-says': 'a path',
      description: 'Its home; a new user gets /home/NAME.',
    },
    create_home: {
      type: 'boolean',
      default: true,
      description: 'Make the home where it is missing.',
      'x-aliases': ['createhome'],
    },
    move_home: {
      type: 'boolean',
      default: false,
      description:
        'Accepted for playbooks of Ansible: what is in the old home always comes along when home changes.',
    },
    password: {
      type: 'string',
      pattern: '^[^:\\n]*$',
      'x-says': 'a hash',
      description:
        'Hash of its password, as the filter password_hash makes it; keep it in a vault.',
      'x-secret': true,
    },
    update_password: {
      enum: ['always', 'on_create'],
      default: 'always',
      description: 'on_create: only a new user gets the password.',
    },
    password_lock: { type: 'boolean', description: 'Whether logins by password are locked.' },
    system: {
      type: 'boolean',
      default: false,
      description: 'A new user gets a number below 1000.',
    },
    remove: {
      type: 'boolean',
      default: false,
      description: 'With state: absent, its home and mail go too.',
    },
    force: {
      type: 'boolean',
      default: false,
      description:
        'With state: absent, it goes although it is logged in, and with remove its home whoever owns it.',
    },
    expires: {
      type: 'number',
      description:
        'When the account ends, in seconds since 1970 (the day counts); a negative number: never.',
    },
    generate_ssh_key: {
      type: 'boolean',
      default: false,
      description: 'Make an SSH key for it, unless the file is there.',
    },
    ssh_key_type: {
      type: 'string',
      pattern: '^[a-z0-9-]+$',
      default: 'rsa',
      'x-says': 'a type of key such as ed25519',
      description: 'The type of the key.',
    },
    ssh_key_bits: {
      type: 'integer',
      minimum: 1,
      description: 'Its length; left out: as ssh-keygen has it.',
    },
    ssh_key_file: {
      type: 'string',
      pattern: '^[^:\\u0000\\n]+$',
      'x-says': 'a path',
      description: 'Its file, absolute or below the home; .ssh/id_TYPE when left out.',
    },
    ssh_key_comment: {
      type: 'string',
      pattern: '^[^\\n]*$',
      'x-says': 'one line',
      description: 'Its comment; "ansible-generated on" and the name of the host when left out.',
    },
    ssh_key_passphrase: {
      type: 'string',
      pattern: '^[^\\n]{5,}$',
      'x-says': 'at least five characters',
      description: 'Its passphrase; without one it has none.',
      'x-secret': true,
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of user, defaults filled in. */
export type UserParams = FromSchema<typeof USER_PARAMS>;

/** The file of the key a task wants. */
export const keyFileOf = ({ ssh_key_file: file, ssh_key_type: type }: UserParams): string =>
  file ?? `.ssh/id_${type}`;

/** The key a task wants. */
export const keyWishOf = (given: UserParams): KeyWish => ({
  file: keyFileOf(given),
  type: given.ssh_key_type,
  ...(given.ssh_key_bits === undefined ? {} : { bits: given.ssh_key_bits }),
  ...(given.ssh_key_comment === undefined ? {} : { comment: given.ssh_key_comment }),
  ...(given.ssh_key_passphrase === undefined ? {} : { passphrase: given.ssh_key_passphrase }),
});
