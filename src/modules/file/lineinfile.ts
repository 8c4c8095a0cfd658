import type { FromSchema } from 'json-schema-to-ts';
import { PatternFlaw, expandReplacement, pythonRegex } from '../../lib/python-regex.ts';
import { type ParamsSchema, type Problem, Refusal } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from './attributes.ts';
import { EDIT_PARAMS, PRESENCE_PARAMS, type Edit, type Edited, asBytes } from './edit.ts';
import { type EditModule, editing } from './editing.ts';
import { bare, linesOf, searcher } from './lines.ts';
import { editDiff } from './result.ts';

const params = {
  type: 'object',
  description:
    'Sees to it that a line is in a text file, or is not. Several tasks on one file are one write. ' +
    'Patterns are those of Python and are searched line by line.',
  properties: {
    ...EDIT_PARAMS,
    ...PRESENCE_PARAMS,
    regexp: {
      type: 'string',
      description:
        'With state=present the last line that matches is replaced by line; with absent all that match go.',
      'x-aliases': ['regex'],
    },
    search_string: {
      type: 'string',
      description: 'Like regexp, but the text itself is searched, not a pattern.',
    },
    line: {
      type: 'string',
      description: 'The line. Needed with state=present.',
      'x-secret': true,
      'x-aliases': ['value'],
    },
    backrefs: {
      type: 'boolean',
      default: false,
      description:
        'line may hold \\1 or \\g<name> of regexp; when regexp matches nothing, nothing is done.',
    },
    insertafter: {
      type: 'string',
      description:
        'A new line goes behind the last line that matches this; EOF is the end of the file, BOF its beginning.',
    },
    insertbefore: {
      type: 'string',
      description: 'A new line goes before the last line that matches this; BOF is the beginning.',
    },
    firstmatch: {
      type: 'boolean',
      default: false,
      description: 'The first line that matches counts, not the last.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['path'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of lineinfile, defaults filled in. */
export type LineinfileParams = FromSchema<typeof params>;

/** A line that is in a file, or is not. */
export const lineinfile: EditModule<LineinfileParams> = editing(
  {
    name: 'lineinfile',
    params,
    example: `- name: Nobody logs in as root with a password
  lineinfile:
    path: /etc/ssh/sshd_config
    regexp: '^#?PermitRootLogin'
    line: PermitRootLogin prohibit-password
    validate: /usr/sbin/sshd -t -f %s
- lineinfile: {path: /etc/hosts, line: "10.0.0.10 api.example.com", insertafter: "^127"}
`,
    problems,
  },
  (given) => editOf(given),
  ({ path }, data) => ({
    backup: data['backup_file'] ?? '',
    diff: editDiff(path, data['diff']),
  }),
);

const EXCLUSIVE = [
  ['insertbefore', 'insertafter'],
  ['regexp', 'search_string'],
  ['backrefs', 'search_string'],
] as const;

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const has = (name: string): boolean => map[name] !== undefined && map[name] !== false;
  const found: Problem[] = [...modeProblems(given), ...patternProblems(map)];
  for (const [a, b] of EXCLUSIVE) {
    if (has(a) && has(b))
      found.push({ pointer: `/${b}`, message: `parameters are mutually exclusive: ${a}|${b}` });
  }
  const missing = (message: string): Problem => ({
    pointer: '',
    message,
    code: 'ARGUMENT_MISSING',
  });
  if (map['state'] === 'absent') {
    if (!has('regexp') && !has('search_string') && !has('line'))
      found.push(missing('one of line, search_string, or regexp is required with state=absent'));
  } else if (map['state'] === 'present') {
    if (!has('line')) found.push(missing('line is required with state=present'));
    if (map['backrefs'] === true && !has('regexp'))
      found.push(missing('regexp is required with backrefs=true'));
  }
  return found;
}

const NAMES = ['regexp', 'insertafter', 'insertbefore'] as const;

/** Patterns that Python would not take. */
export function patternProblems(
  map: Readonly<Record<string, unknown>>,
  names: readonly string[] = NAMES,
): readonly Problem[] {
  return names.flatMap((name) => {
    const pattern = map[name];
    if (typeof pattern !== 'string') return [];
    try {
      pythonRegex(pattern, { over: 'bytes' });
      return [];
    } catch (error) {
      if (!(error instanceof PatternFlaw)) throw error;
      return [{ pointer: `/${name}`, message: `the pattern of ${name} ${error.message}` }];
    }
  });
}

const editOf =
  (given: LineinfileParams): Edit =>
  (text) => {
    if (given.state === 'absent') return text === undefined ? GONE : without(text, given);
    if (text === undefined && !given.create)
      return new Refusal(`Destination ${given.path} does not exist !`, {
        code: 'NOT_ON_HOST',
        hint: 'create: true makes it.',
      });
    try {
      return present(linesOf(text ?? ''), given);
    } catch (error) {
      if (!(error instanceof PatternFlaw)) throw error;
      return new Refusal(`line ${error.message}`, { pointer: '/line' });
    }
  };

const GONE: Edited = { text: '', msg: 'file not present', gone: true };

function without(text: string, { regexp, search_string, line }: LineinfileParams): Edited {
  const matches = matcher(regexp, search_string) ?? ((one) => bare(one) === asBytes(line));
  const lines = linesOf(text);
  const kept = lines.filter((one) => !matches(one));
  const found = lines.length - kept.length;
  return { text: kept.join(''), msg: found > 0 ? `${found} line(s) removed` : '', data: { found } };
}

type Match = (line: string) => RegExpExecArray | true | undefined;

function matcher(regexp: string | undefined, search: string | undefined): Match | undefined {
  if (regexp !== undefined) return searcher(asBytes(regexp));
  if (search === undefined) return undefined;
  const wanted = asBytes(search);
  return (line) => line.includes(wanted) || undefined;
}

/** Where the line goes: `at` is the line it replaces, `after` where it is put in; -1 for nowhere. */
interface Spot {
  readonly at: number;
  readonly put: number;
  readonly match: RegExpExecArray | true | undefined;
}

function spotOf(lines: readonly string[], given: LineinfileParams): Spot {
  const { firstmatch } = given;
  const matches = matcher(given.regexp, given.search_string);
  const hits = matches ? lines.map((line) => matches(line)) : [];
  const at = firstmatch ? hits.findIndex(Boolean) : hits.findLastIndex(Boolean);
  if (at >= 0) return { at, put: -1, match: hits[at] };
  const { after, before } = insertion(given);
  const wanted = asBytes(given.line);
  const pattern = after ?? before;
  const inserts =
    pattern === undefined || pattern === 'BOF' || pattern === 'EOF'
      ? undefined
      : searcher(asBytes(pattern));
  let same = -1;
  let put = -1;
  for (const [i, line] of lines.entries()) {
    if (bare(line) === wanted) same = i;
    else if (inserts?.(line)) {
      put = after === undefined ? i : i + 1;
      if (firstmatch) break;
    }
  }
  return { at: same, put, match: undefined };
}

/** `EOF` where nothing is said. */
function insertion({ insertafter, insertbefore }: LineinfileParams): {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
} {
  return insertafter === undefined && insertbefore === undefined
    ? { after: 'EOF' }
    : { after: insertafter, before: insertbefore };
}

const ADDED = 'line added';

function present(lines: readonly string[], given: LineinfileParams): Edited {
  const { at, put, match } = spotOf(lines, given);
  const line = asBytes(given.line);
  const text = lines.join('');
  const same: Edited = { text, msg: '' };
  if (at >= 0) {
    const expanded =
      given.backrefs && typeof match === 'object'
        ? expandReplacement(line, match, match.groups)
        : line;
    const fresh = expanded.endsWith('\n') ? expanded : `${expanded}\n`;
    if (lines[at] === fresh) return same;
    return { text: lines.toSpliced(at, 1, fresh).join(''), msg: 'line replaced' };
  }
  if (given.backrefs) return same;
  const { after, before } = insertion(given);
  if (before === 'BOF' || after === 'BOF') return { text: `${line}\n${text}`, msg: ADDED };
  if (after === 'EOF' || put < 0) return { text: `${ended(text)}${line}\n`, msg: ADDED };
  return insertedAt(lines, put, line, after !== undefined) ?? same;
}

/** Puts the line in, unless it stands there already. */
function insertedAt(
  lines: readonly string[],
  put: number,
  line: string,
  isAfter: boolean,
): Edited | undefined {
  const beside = isAfter ? (put === lines.length ? lines[put - 1] : lines[put]) : undefined;
  if (beside !== undefined && bare(beside) === line) return undefined;
  // Ansible 2.14 glues a line that goes to the very end to a last line without an end.
  const above = lines.slice(0, put).join('');
  const text = `${isAfter ? ended(above) : above}${line}\n${lines.slice(put).join('')}`;
  return { text, msg: ADDED };
}

const ended = (text: string): string => (text === '' || /[\n\r]$/.test(text) ? text : `${text}\n`);
