import type { FromSchema } from 'json-schema-to-ts';
import { PatternFlaw, pythonRegex, replaceAll } from '../../lib/python-regex.ts';
import { type ParamsSchema, type Problem, Refusal } from '../../model/module.ts';
import { isMap, Secret } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from './attributes.ts';
import { EDIT_PARAMS, type Edit, type Edited } from './edit.ts';
import { type EditModule, editing } from './editing.ts';

const params = {
  type: 'object',
  description:
    'Replaces every match of a pattern in a text file. The pattern is one of Python, over the whole text: ' +
    '^ and $ are starts and ends of lines. It is up to you that a second run finds nothing more to replace.',
  properties: {
    ...EDIT_PARAMS,
    regexp: { type: 'string', description: 'What to look for.', 'x-secret': true },
    replace: {
      type: 'string',
      default: '',
      description: 'What to put there; may hold \\1 or \\g<name>. Empty: the matches go.',
      'x-secret': true,
    },
    after: {
      type: 'string',
      description: 'Only what comes behind a match of this pattern counts.',
    },
    before: {
      type: 'string',
      description: 'Only what comes before a match of this pattern counts.',
    },
    encoding: {
      type: 'string',
      default: 'utf-8',
      description: 'How the file is encoded: utf-8 or latin-1.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['path', 'regexp'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of replace, defaults filled in. */
export type ReplaceParams = FromSchema<typeof params>;

/** Every match of a pattern replaced. */
export const replace: EditModule<ReplaceParams> = editing(
  {
    name: 'replace',
    params,
    example: `- name: The old name is nowhere left
  replace:
    path: /etc/hosts
    regexp: '(\\s+)old\\.host\\.name(\\s+.*)?$'
    replace: '\\1new.host.name\\2'
`,
    problems: (given): readonly Problem[] => [...modeProblems(given), ...patterns(given)],
  },
  (given) => editOf(given),
  // Ansible's replace registers an exit status too.
  () => ({ rc: 0 }),
);

function patterns(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  return ['regexp', 'after', 'before'].flatMap((name) => {
    const pattern = map[name];
    if (typeof pattern !== 'string') return [];
    try {
      pythonRegex(pattern, { multiline: true });
      return [];
    } catch (error) {
      if (!(error instanceof PatternFlaw)) throw error;
      return [{ pointer: `/${name}`, message: `the pattern of ${name} ${error.message}` }];
    }
  });
}

const text = (value: unknown): string => (value instanceof Secret ? value.reveal() : String(value));

const editOf =
  (given: ReplaceParams): Edit =>
  (bytes) => {
    if (bytes === undefined)
      return new Refusal(`Path ${given.path} does not exist !`, { code: 'NOT_ON_HOST' });
    const encoding = /^(latin-?1|iso-?8859-?1)$/i.test(given.encoding) ? 'latin1' : 'utf8';
    const whole = Buffer.from(bytes, 'latin1').toString(encoding);
    try {
      const { text: after, ...said } = replaced(whole, given);
      return { ...said, text: Buffer.from(after, encoding).toString('latin1') };
    } catch (error) {
      if (!(error instanceof PatternFlaw)) throw error;
      return new Refusal(`replace ${error.message}`, { pointer: '/replace' });
    }
  };

function replaced(whole: string, given: ReplaceParams): Edited {
  const section = sectionOf(whole, given);
  if (typeof section === 'string')
    return {
      text: whole,
      msg: `Pattern for before/after params did not match the given file: ${section}`,
    };
  const [from, to] = section;
  const pattern = pythonRegex(text(given.regexp), { multiline: true });
  const inside = replaceAll(whole.slice(from, to), pattern, text(given.replace));
  const after = whole.slice(0, from) + inside.text + whole.slice(to);
  return { text: after, msg: after === whole ? '' : `${inside.count} replacements made` };
}

/** Start and end of what counts, or the pattern that matched nothing. */
function sectionOf(
  whole: string,
  { after, before }: ReplaceParams,
): readonly [number, number] | string {
  if (!after && !before) return [0, whole.length];
  const inside = after && before ? '(?P<subsection>.*?)' : '(?P<subsection>.*)';
  const pattern = `${after ?? ''}${inside}${before ?? ''}`;
  const match = pythonRegex(pattern, { dotAll: true }).exec(whole);
  const span = match?.indices?.groups?.['subsection'];
  return span ?? pattern;
}
