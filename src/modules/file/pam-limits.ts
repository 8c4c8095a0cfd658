import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { type Edit, type EditParams, asBytes } from './edit.ts';
import { type EditModule, editingAt } from './editing.ts';
import { linesOf } from './lines.ts';

const params = {
  type: 'object',
  description:
    'A limit for a user or group: a line of /etc/security/limits.conf or a file beside it.',
  properties: {
    domain: {
      type: 'string',
      pattern: '^[^\\s#]+$',
      'x-says': 'a user, @group or *',
      description: 'Who it is for: a user, @group, * or a range of numbers.',
    },
    limit_type: { enum: ['soft', 'hard', '-'], description: 'Which limit; - is both.' },
    limit_item: {
      enum: [
        ...['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as'],
        ...['maxlogins', 'maxsyslogins', 'priority', 'locks', 'sigpending', 'msgqueue', 'nice'],
        ...['rtprio', 'chroot'],
      ],
      description: 'What is limited.',
    },
    value: {
      type: 'string',
      pattern: '^(unlimited|infinity|-?\\d+)$',
      'x-says': 'a number, unlimited or infinity',
      description: 'How much: a number, unlimited or infinity.',
    },
    use_max: {
      type: 'boolean',
      default: false,
      description: 'A larger value that is there stays.',
    },
    use_min: {
      type: 'boolean',
      default: false,
      description: 'A smaller value that is there stays.',
    },
    comment: {
      type: 'string',
      pattern: '^[^\\n]*$',
      'x-says': 'one line',
      default: '',
      description: 'Said behind the value.',
    },
    dest: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      default: '/etc/security/limits.conf',
      description: 'The file; one of its own in /etc/security/limits.d is easier to find again.',
    },
    backup: {
      type: 'boolean',
      default: false,
      description: 'Keeps the old file beside the new one, with the time in its name.',
    },
  },
  required: ['domain', 'limit_type', 'limit_item', 'value'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of pam_limits, defaults filled in. */
export type PamLimitsParams = FromSchema<typeof params>;

/** A limit for a user or group. */
export const pamLimits: EditModule<PamLimitsParams> = editingAt(
  {
    name: 'pam_limits',
    params,
    example: `- name: The database may open many files
  pam_limits:
    domain: postgres
    limit_type: "-"
    limit_item: nofile
    value: 65536
    dest: /etc/security/limits.d/postgres.conf
`,
    problems,
  },
  ({ dest, backup }): EditParams => ({ path: dest, backup, create: true }),
  (given) => editOf(given),
);

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const found: Problem[] = [];
  if (map['use_max'] === true && map['use_min'] === true)
    found.push({
      pointer: '/use_max',
      message: 'use_max and use_min exclude each other',
    });
  const { limit_item: item, value } = map;
  const number = typeof value === 'string' ? Number(value) : NaN;
  const nice = item === 'nice' || item === 'priority';
  if (typeof value === 'string' && (nice ? !(number >= -20 && number <= 19) : number < -1))
    found.push({
      pointer: '/value',
      message: nice
        ? `${item} is a number from -20 to 19`
        : 'a limit is not negative; -1 is no limit',
    });
  return found;
}

const endless = (value: string): boolean => ['unlimited', 'infinity', '-1'].includes(value);

/** The value that a line comes to, of what it has and what is wanted. */
function meant(now: string, { value, use_max, use_min, limit_item }: PamLimitsParams): string {
  const limits = limit_item !== 'nice' && limit_item !== 'priority';
  const [a, b] = [now, value].map((one) => (limits && endless(one) ? Infinity : Number(one)));
  if (a === undefined || b === undefined || (!use_max && !use_min)) return value;
  return use_max === b > a || a === b ? (a === b ? now : value) : now;
}

const editOf =
  (given: PamLimitsParams): Edit =>
  (text) => {
    const key = [given.domain, given.limit_type, given.limit_item].map(asBytes).join(' ');
    const line = (value: string, comment: string): string =>
      `${key.replaceAll(' ', '\t')}\t${value}${comment === '' ? '' : `\t#${comment}`}\n`;
    const before = linesOf(text ?? '');
    let msg: string | undefined;
    const rows = before.map((row) => {
      const [said = '', ...comment] = row.trimEnd().split('#');
      const words = said.trim().split(/\s+/);
      const now = words[3];
      if (row.startsWith('#') || words.length !== 4 || now === undefined) return row;
      if (words.slice(0, 3).join(' ') !== key) return row;
      const value = meant(now, given);
      msg = value === now ? row : line(value, asBytes(given.comment) || comment.join('#'));
      return msg;
    });
    if (msg !== undefined) return { text: rows.join(''), msg };
    const body = rows.join('');
    const added = line(given.value, asBytes(given.comment));
    return {
      text: `${body === '' || body.endsWith('\n') ? body : `${body}\n`}${added}`,
      msg: added,
    };
  };
