import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { PatternFlaw, pythonRegex } from '../../lib/python-regex.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema, Problem } from '../../model/module.ts';
import { type Value, isMap } from '../../model/value.ts';
import { pathWord } from '../file/tools.ts';
import { matching } from './find-match.ts';
import { STAT_FIELDS, orchStat, statValues } from './stat-fields.ts';

const words = (description: string) =>
  ({ type: 'array', items: { type: 'string' }, description }) as const;

const params = {
  type: 'object',
  description: 'Finds files of the host by name, kind, age, size and content.',
  properties: {
    paths: { ...words('Folders to look in.'), 'x-aliases': ['name', 'path'] },
    patterns: {
      ...words('Names that count: globs, or patterns of Python with use_regex. Left out: all.'),
      default: [],
      'x-aliases': ['pattern'],
    },
    excludes: { ...words('Names that do not count.'), 'x-aliases': ['exclude'] },
    contains: {
      type: 'string',
      description:
        'A line of the file must begin with a match of this; an extended regular expression.',
    },
    file_type: {
      enum: ['any', 'directory', 'file', 'link'],
      default: 'file',
      description: 'What counts.',
    },
    age: {
      type: 'string',
      pattern: '^-?[0-9]+[smhdwSMHDW]?$',
      'x-says': 'an age such as 2d or -1h',
      description: 'At least so old; with a minus at most: 30s, 5m, 2h, 1d, 1w.',
    },
    age_stamp: { enum: ['atime', 'ctime', 'mtime'], default: 'mtime', description: 'Which time.' },
    size: {
      type: 'string',
      pattern: '^-?[0-9]+[bkmgtBKMGT]?$',
      'x-says': 'a size such as 10m or -1k',
      description: 'At least so large; with a minus at most: 10k, 1m.',
    },
    recurse: { type: 'boolean', default: false, description: 'Folders below count too.' },
    depth: { type: 'integer', description: 'How far below, with recurse.' },
    hidden: {
      type: 'boolean',
      default: false,
      description: 'Names with a dot in front count too.',
    },
    follow: { type: 'boolean', default: false, description: 'Links to folders are followed.' },
    get_checksum: { type: 'boolean', default: false, description: 'Tells the SHA-1 of files.' },
    use_regex: { type: 'boolean', default: false, description: 'patterns are those of Python.' },
  },
  required: ['paths'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of find, defaults filled in. */
export type FindParams = FromSchema<typeof params>;

/** Files of the host that fit. */
export const find: ActionModule<FindParams> = {
  kind: 'action',
  name: 'find',
  params,
  example: `- find: {paths: /var/log, patterns: "*.log", age: 30d, recurse: true}
  register: old
- file: {path: "{{ item.path }}", state: absent}
  loop: "{{ old.files }}"
`,
  problems(given): readonly Problem[] {
    const { patterns, use_regex: regex } = isMap(given) ? given : {};
    if (regex !== true || !Array.isArray(patterns)) return [];
    return (patterns as readonly unknown[]).flatMap((pattern, i) => {
      try {
        if (typeof pattern === 'string') pythonRegex(pattern);
        return [];
      } catch (error) {
        if (!(error instanceof PatternFlaw)) throw error;
        return [{ pointer: `/patterns/${i}`, message: `the pattern ${error.message}` }];
      }
    });
  },
  looksAt: ({ paths }) => paths.map((path) => `file:${path}`),
  reads: () => true,
  script: (given) =>
    lines([
      raw(`LC_ALL=C; export LC_ALL; printf '%s\\0' "$(date +%s)"`),
      ...given.paths.map((path) => search(path, given)),
    ]),
  parse({ stdout, stderr, exit }, given) {
    const [now = '', ...records] = stdout.toString('utf8').split('\0');
    if (exit !== 0 || !/^\d+$/.test(now))
      throw new OrchError('REPLY_UNREADABLE', 'what the host found makes no sense', {
        stderr: stderr.toString('utf8').slice(0, 2000),
      });
    const files: Value[] = [];
    const skipped: Record<string, string> = {};
    let examined = 0;
    for (let i = 0; i + 1 < records.length; i += 4) {
      const [root = '', line = '', path = '', more = ''] = records.slice(i, i + 4);
      if (line === '') {
        skipped[path] = `'${path}' is not a directory`;
        continue;
      }
      examined += 1;
      const fields = line.split(' ');
      if (fields.length !== STAT_FIELDS) continue;
      const values = statValues(fields);
      const [sum = '', holds = ''] = more.split(' ');
      if (!matching({ path, root, values, holds: holds === 'y', now: Number(now) }, given))
        continue;
      const { blocks: _, block_size: __, ...shown } = values;
      files.push({ path, ...shown, ...(sum === '-' ? {} : { checksum: sum }) });
    }
    const missed = Object.keys(skipped).length > 0;
    const msg = missed
      ? 'Not all paths examined, check warnings for details'
      : 'All paths examined';
    return {
      changed: false,
      data: { changed: false, files, matched: files.length, examined, skipped_paths: skipped, msg },
    };
  },
};

/** For every path below a folder four records: the folder, the fields, the path, hash and whether it holds the text. */
function search(root: string, given: FindParams): Shell {
  const depth = !given.recurse ? 1 : given.depth;
  const sum = given.get_checksum ? 'h=$(sha1sum <"$f" 2>/dev/null); h=${h%% *}; h=${h:--};' : '';
  const holds =
    given.contains === undefined
      ? 'c=y'
      : sh`c=n; [ ! -f "$f" ] || ! grep -Eq -e ${`^(${given.contains})`} "$f" 2>/dev/null || c=y`
          .text;
  const each = `${orchStat(false).text}
for f; do s=$(orch_stat "$f") || continue; h=-; if [ -f "$f" ] && [ ! -L "$f" ]; then :; ${sum} fi
${holds}
printf '%s\\0%s\\0%s\\0%s %s\\0' "$0" "$s" "$f" "$h" "$c"; done`;
  const word = pathWord(root);
  return lines([
    sh`r=${word}; r=\${r%/}; r=\${r:-/}`,
    raw(`if [ ! -d "$r" ]; then printf '%s\\0\\0%s\\0\\0' "$r" "$r"; else`),
    sh`find ${raw(given.follow ? '-L ' : '-H ')}"$r"/ -mindepth 1 ${raw(depth === undefined ? '' : `-maxdepth ${depth} `)}-exec sh -c ${each} "$r" {} + 2>/dev/null || :`,
    raw('fi'),
  ]);
}
