import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import type { Nearby } from '../../model/nearby.ts';
import type { Marks } from '../../model/scope.ts';
import { Secret, Unknown, type Value } from '../../model/value.ts';
import { modeProblems } from './attributes.ts';
import { contentOf, sealed, sumsOf, sumOf, textOf } from './content.ts';
import { nameFor, placeIn, placesOf, putResult, putScope, withPut } from './put.ts';
import { PUT_PARAMS } from './put-params.ts';
import { withDiff } from './edit.ts';
import { file } from './resource.ts';
import type { Source } from './source.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';

const marks = (
  what: string,
): { readonly type: 'string'; readonly minLength: 1; readonly description: string } => ({
  type: 'string',
  minLength: 1,
  description: `What ${what}.`,
});

const params = {
  type: 'object',
  description:
    'Puts a text on the host that a Jinja2 template of this machine prints with the variables of the task. src is ' +
    'looked for below templates/ of the role, beside the task file and beside the playbook.',
  properties: {
    src: { type: 'string', minLength: 1, description: 'The template, UTF-8.' },
    ...PUT_PARAMS,
    trim_blocks: {
      type: 'boolean',
      default: true,
      description: 'The line break behind a block goes.',
    },
    lstrip_blocks: {
      type: 'boolean',
      default: false,
      description: 'Blanks between the start of a line and a block go.',
    },
    newline_sequence: {
      enum: ['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'],
      default: '\n',
      description: 'What line breaks become.',
      'x-says': '"\\n", "\\r" or "\\r\\n"',
    },
    variable_start_string: marks('starts an expression'),
    variable_end_string: marks('ends an expression'),
    block_start_string: marks('starts a block'),
    block_end_string: marks('ends a block'),
    comment_start_string: marks('starts a comment'),
    comment_end_string: marks('ends a comment'),
    output_encoding: {
      type: 'string',
      default: 'utf-8',
      description: 'How the text is written: utf-8 or latin-1.',
    },
  },
  required: ['src', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of template, defaults filled in; what the template prints beside them. */
export type TemplateParams = FromSchema<typeof params> & {
  readonly source?: Source;
  readonly diff?: boolean;
};

/** A text made by a template, put on a host. */
export const template: StateModule<TemplateParams, FileScope, FileState, FileFacts> = {
  kind: 'state',
  name: 'template',
  params,
  example: `- template:
    src: registries.yaml.j2
    dest: /etc/rancher/k3s/registries.yaml
    mode: "0600"
`,
  problems: (given): readonly Problem[] => modeProblems(given),
  prepare,
  resource: file,
  scope(given) {
    const content = given.source?.content;
    return putScope(
      placesOf(given.dest, nameFor(given.src)),
      content === undefined ? undefined : sumOf(content),
      {
        backup: given.backup,
        secret: typeof content === 'object' && 'secret' in content,
      },
    );
  },
  desired(current, given) {
    const path = placeIn(current.state, placesOf(given.dest, nameFor(given.src)));
    const { source, mode, dest } = given;
    return withPut(current, path, {
      ...given,
      content: source?.content ?? '',
      ...(mode === 'preserve' ? { mode: source?.mode ?? '0644' } : {}),
      ...(dest.endsWith('/') ? { parents: {} } : {}),
    });
  },
  result(before, after, given) {
    const path = placeIn(before, placesOf(given.dest, nameFor(given.src)));
    const { src, source = {}, backup, follow } = given;
    return putResult(before, after, path, { src, source, backup, follow, diff: given.diff });
  },
  apart: ({ validate, backup }) => validate !== undefined || backup,
};

function prepare(given: TemplateParams, near: Nearby): TemplateParams | Unknown {
  const path = near.find('templates', given.src);
  const text = textOf(near.read(path));
  if (text === undefined)
    throw new OrchError('FILE_UNREADABLE', `the template ${path} is not UTF-8 text`);
  const there = near.look(path);
  const scope = near.scope.with({
    name: 'set by template',
    vars: varsOf(given, path, near, there?.owner ?? ''),
  });
  const printed = scope.text(text, { file: path, line: 1, column: 1 }, marksOf(given));
  if (printed instanceof Unknown) return printed;
  const isSecret = printed instanceof Secret || near.isSealed(path);
  const whole = printed instanceof Secret ? printed.reveal() : printed;
  const plain = withEnds(whole, text, given);
  const content = isSecret ? sealed(plain) : contentOf(encoded(plain, given.output_encoding));
  const source: Source = {
    name: nameFor(given.src),
    content,
    mode: there?.mode ?? '0644',
    ...sumsOf(content),
  };
  return withDiff({ ...given, source }, near);
}

/** A block that ends a template takes the last line break along; Ansible puts it back. */
function withEnds(printed: string, text: string, given: TemplateParams): string {
  const count = (of: string): number => /\n*$/.exec(of.replaceAll('\r', ''))?.[0].length ?? 0;
  const { newline = '\n' } = marksOf(given);
  return printed + newline.repeat(Math.max(0, count(text) - count(printed)));
}

const encoded = (text: string, encoding: string): Buffer =>
  Buffer.from(text, /^(latin-?1|iso-?8859-?1)$/i.test(encoding) ? 'latin1' : 'utf8');

/** What a template may say about itself, under Ansible's names; ansible_managed yields to a variable of that name. */
function varsOf(
  { src, dest }: TemplateParams,
  path: string,
  near: Nearby,
  owner: string,
): ReadonlyMap<string, { readonly value: Value }> {
  const values: Record<string, Value> = {
    template_path: src,
    template_fullpath: path,
    template_destpath: dest,
    template_uid: owner,
    template_host: near.host,
    ansible_managed: near.scope.get('ansible_managed') ?? 'Ansible managed',
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function marksOf(given: TemplateParams): Marks {
  const pair = (start?: string, end?: string): readonly [string, string] | undefined =>
    start === undefined && end === undefined ? undefined : [start ?? '', end ?? ''];
  const variable = pair(given.variable_start_string, given.variable_end_string);
  const block = pair(given.block_start_string, given.block_end_string);
  const comment = pair(given.comment_start_string, given.comment_end_string);
  const newline = given.newline_sequence.replace('\\n', '\n').replace('\\r', '\r');
  return {
    ...(variable ? { variable: [variable[0] || '{{', variable[1] || '}}'] } : {}),
    ...(block ? { block: [block[0] || '{%', block[1] || '%}'] } : {}),
    ...(comment ? { comment: [comment[0] || '{#', comment[1] || '#}'] } : {}),
    trimBlocks: given.trim_blocks,
    lstripBlocks: given.lstrip_blocks,
    newline: newline as NonNullable<Marks['newline']>,
  };
}
