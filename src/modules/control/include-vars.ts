import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import { firstUnknown } from '../../model/value.ts';
import { numberOf, textArg, truthArg, valueArg, wordsArg } from './args.ts';

const names = (description: string) =>
  ({
    description,
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  }) as const;

const params = {
  type: 'object',
  description:
    'Reads variables from a file, or from all files of a folder, when its turn comes; the host has them until the end of the run.',
  properties: {
    file: {
      type: 'string',
      description:
        'A YAML or JSON file: in vars/ of the role or beside the playbook, or beside the task.',
    },
    dir: {
      type: 'string',
      description: 'A folder whose files are read in the order of their names.',
    },
    name: {
      type: 'string',
      description: 'Put all of them into this variable, instead of one each.',
    },
    depth: {
      type: ['integer', 'string'],
      default: 0,
      description: 'How many folders deep; 0 is all.',
    },
    files_matching: {
      type: 'string',
      description: 'A regular expression that names in dir have to match.',
    },
    ignore_files: names('Names in dir to leave out, as regular expressions.'),
    extensions: names('Extensions to read in dir: yaml, yml and json.'),
    ignore_unknown_extensions: {
      type: 'boolean',
      default: false,
      description:
        'Leave out files in dir that have another extension; otherwise they are an error.',
    },
  },
  additionalProperties: false,
  'x-free-form': 'file',
} as const satisfies ParamsSchema;

/** Reads variables when its turn comes. */
export const includeVars: ControlModule = {
  kind: 'control',
  name: 'include_vars',
  params,
  example: `- include_vars: "{{ distribution }}.yml"
- include_vars:
    dir: sites
    name: sites
`,
  run(args, scope): ControlResult {
    for (const key of ['file', 'dir', 'name']) {
      const unknown = firstUnknown(valueArg(args, key, scope));
      if (unknown) return { data: {}, unknown: unknown.why };
    }
    const [file, dir, name] = ['file', 'dir', 'name'].map((key) => textArg(args, key, scope));
    const matching = textArg(args, 'files_matching', scope);
    if ((file === undefined) === (dir === undefined)) {
      throw new OrchError('ARGUMENT_MISSING', 'include_vars takes either a file or a dir', {
        source: args.source,
      });
    }
    const extensions = wordsArg(args, 'extensions', scope);
    const from = {
      ...(file === undefined ? {} : { file }),
      ...(dir === undefined ? {} : { dir }),
      ...(name === undefined ? {} : { name }),
      ...(matching === undefined ? {} : { filesMatching: matching }),
      depth: numberOf(args, 'depth', scope) ?? 0,
      ignoreFiles: wordsArg(args, 'ignore_files', scope),
      extensions: extensions.length > 0 ? extensions : ['yaml', 'yml', 'json'],
      ignoreUnknownExtensions: truthArg(args, 'ignore_unknown_extensions', scope, false),
    };
    return { data: {}, effect: { kind: 'include_vars', from } };
  },
};
