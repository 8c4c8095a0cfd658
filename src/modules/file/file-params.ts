import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { ATTRIBUTE_PARAMS } from './attributes.ts';

const time = (what: string) =>
  ({
    type: ['string', 'integer'],
    description: `When it was ${what} last: "now", "preserve" or a time as its format says. With touch: now, else kept.`,
  }) as const;

const format = (name: string) =>
  ({
    type: 'string',
    default: '%Y%m%d%H%M.%S',
    description: `How ${name} is written, as in strftime.`,
  }) as const;

/** Arguments of file, as JSON Schema. */
export const FILE_PARAMS = {
  type: 'object',
  description:
    'Sees to it that there is a folder, a link, an empty file or nothing at a path, and who owns it. Missing folders ' +
    'above a folder are made.',
  properties: {
    path: {
      type: 'string',
      minLength: 1,
      description: 'The path on the host.',
      'x-aliases': ['dest', 'name'],
    },
    state: {
      enum: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
      description:
        'What should be there. file: it must be there already, only mode and owner are set; touch: made when ' +
        'missing, its times set; absent: gone, a folder with all in it. Left out: what is there now.',
    },
    src: {
      type: 'string',
      description: 'What a link leads to, or the file a hard link shares.',
    },
    recurse: {
      type: 'boolean',
      default: false,
      description: 'With state=directory: mode and owner hold for all below it too.',
    },
    force: {
      type: 'boolean',
      default: false,
      description:
        'Makes a link although what it leads to is not there, or a file or an empty folder is in its place.',
    },
    follow: {
      type: 'boolean',
      default: true,
      description: 'Mode and owner are those of what a link leads to, not of the link.',
    },
    modification_time: time('changed'),
    modification_time_format: format('modification_time'),
    access_time: time('read'),
    access_time_format: format('access_time'),
    ...ATTRIBUTE_PARAMS,
  },
  required: ['path'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of file, defaults filled in. */
export type FileParams = FromSchema<typeof FILE_PARAMS>;
