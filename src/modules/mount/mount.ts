import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { place } from './resource.ts';
import type { Entry, PlaceFacts, PlaceScope, PlaceState } from './state.ts';

const params = {
  type: 'object',
  description:
    'A file system at a place in the tree of files: its line in fstab, and whether it is mounted now.',
  properties: {
    path: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      description: 'Where it is mounted.',
      'x-aliases': ['name'],
    },
    src: {
      type: 'string',
      description: 'What is mounted: a device, UUID=..., LABEL=..., server:/share, tmpfs.',
    },
    fstype: {
      type: 'string',
      pattern: '^\\S+$',
      'x-says': 'a type of file system',
      description: 'Its type: ext4, xfs, nfs, tmpfs.',
    },
    opts: {
      type: 'string',
      pattern: '^\\S+$',
      'x-says': 'options with commas between',
      default: 'defaults',
      description: 'Options for mount.',
    },
    dump: {
      type: 'string',
      pattern: '^\\d$',
      'x-says': 'a digit',
      default: '0',
      description: 'Fifth word in fstab.',
    },
    passno: {
      type: 'string',
      pattern: '^\\d$',
      'x-says': 'a digit',
      default: '0',
      description: 'Sixth word in fstab: when it is checked at boot.',
    },
    state: {
      enum: ['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted'],
      description:
        'mounted: in fstab and mounted now. present: in fstab. unmounted: not mounted, fstab stays. ' +
        'absent: neither, and the directory goes if it is empty. absent_from_fstab: not in fstab, stays mounted. remounted: mounted again with what fstab says.',
    },
    fstab: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      default: '/etc/fstab',
      description: 'Another file than /etc/fstab.',
    },
  },
  required: ['path', 'state'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of mount, defaults filled in. */
export type MountParams = FromSchema<typeof params>;

/** A file system at its place. */
export const mount: StateModule<MountParams, PlaceScope, PlaceState, PlaceFacts> = {
  kind: 'state',
  name: 'mount',
  params,
  example: `- name: Longhorn has a disk of its own
  mount:
    path: /var/lib/longhorn
    src: LABEL=longhorn
    fstype: ext4
    opts: noatime
    state: mounted
`,
  resource: place,
  scope: ({ path, fstab }) => ({ path: path.replace(/(?<=.)\/+$/, ''), file: fstab }),
  problems,
  desired,
  once: ({ state }) => state === 'remounted',
  result: (_before, _after, { path, src, fstype, opts, dump, passno, fstab }) => ({
    data: {
      ...{ name: path, opts, dump, passno, fstab, boot: 'yes' },
      ...(src === undefined ? {} : { src }),
      ...(fstype === undefined ? {} : { fstype }),
      backup_file: '',
    },
    notes: [],
    warnings: [],
  }),
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const { state } = given;
  if (state !== 'mounted' && state !== 'present') return [];
  return ['src', 'fstype']
    .filter((key) => !(key in given))
    .map((key) => ({
      pointer: '',
      message: `${key} is missing`,
      hint: `state: ${state} needs src and fstype.`,
    }));
}

function desired(
  { state, facts }: Seen<PlaceState, PlaceFacts>,
  wanted: MountParams,
): PlaceState | Refusal {
  const entry: Entry = {
    src: wanted.src ?? '',
    fstype: wanted.fstype ?? '',
    opts: wanted.opts,
    dump: wanted.dump,
    passno: wanted.passno,
  };
  switch (wanted.state) {
    case 'present':
      return { ...state, fstab: entry };
    case 'absent_from_fstab':
      return { ...state, fstab: null };
    case 'unmounted':
      return { ...state, mounted: false };
    case 'absent':
      return { ...state, fstab: null, mounted: false, made: false };
    case 'remounted':
      if (!state.mounted)
        return new Refusal(`nothing is mounted at ${state.path}`, {
          code: 'NOT_ON_HOST',
          pointer: '/state',
        });
      return { ...state, remounts: 1 };
    case 'mounted': {
      if (
        state.mounted &&
        facts.fstype !== '' &&
        facts.fstype !== entry.fstype &&
        entry.fstype !== 'auto' &&
        !state.fstab
      ) {
        return new Refusal(
          `${facts.source} (${facts.fstype}) is mounted at ${state.path} already, and not by ${facts.file}`,
          { pointer: '/path', hint: 'Unmount it first, if it is not needed there.' },
        );
      }
      const options = state.mounted && state.fstab !== null && state.fstab.opts !== entry.opts;
      return {
        ...state,
        fstab: entry,
        mounted: true,
        made: true,
        remounts: options ? 1 : state.remounts,
      };
    }
  }
}
