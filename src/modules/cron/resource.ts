import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Probe, Resource, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { type Owned, ownedIn, putBack, sections, shown } from '../system/text-file.ts';

/** A table of jobs: of a user, or a file in /etc/cron.d. */
export interface TableState {
  /** null where there is none. */
  readonly text: string | null;
  readonly table: TableScope;
  /** Whose a file is that is made anew. Not compared. */
  readonly how?: Owned;
}

/** What informs about a table. */
export interface TableFacts {
  /** The host has the user. */
  readonly known: boolean;
  /** Whose the file is, where it is a file and there. */
  readonly owned?: Owned;
}

/** Whose table it is. */
export interface TableScope {
  readonly user: string;
  /** Left out: the table of the user. */
  readonly file?: string;
}

/** One table of jobs. Tables of users are read and written by crontab, which knows where they are and tells cron. */
export const cronTable: Resource<TableScope, TableState, TableFacts> = {
  name: 'cron_table',
  key: (scope) => `cron_table:${scope.file ?? ` ${scope.user}`}`,
  observe: ([scope]) => observe(scope ?? { user: 'root' }),
  plan: ({ state, facts: { owned } }, desired) => ({
    guard: guard(state),
    steps: [
      {
        name: desired.table.file ?? `crontab of ${desired.table.user}`,
        do: write(desired),
        inverse: write({ ...state, ...(owned ? { how: owned } : {}) }),
        stage: 'persistent',
        disruption: 'none',
      },
    ],
  }),
  recall: {
    depth: 1,
    state: ({ state, facts: { owned } }) => ({ ...state, ...(owned ? { how: owned } : {}) }),
  },
  footprints: ({ file }) => ({
    reads: [
      'account:/',
      'package:/',
      ...(file === undefined ? ['file:/var/spool/cron'] : [`file:${file}`]),
    ],
    writes: [file === undefined ? 'file:/var/spool/cron' : `file:${file}`],
  }),
};

/** Who logged in need not be root to see to a table of its own. */
const OPTION = raw('o=; [ "$(id -un)" = "$u" ] || o="-u $u"');

const read = ({ user, file }: TableScope): Shell =>
  file === undefined
    ? lines([sh`u=${user}`, OPTION, raw('crontab $o -l 2>/dev/null')])
    : sh`cat -- ${file} 2>/dev/null`;

function observe(scope: TableScope): Probe<TableState, TableFacts> {
  return {
    script: lines([
      ...(scope.file === undefined
        ? [
            raw('command -v crontab >/dev/null 2>&1 || exit 127'),
            sh`id -u -- ${scope.user} >/dev/null 2>&1 || { echo '=unknown'; echo '=end'; exit 0; }`,
          ]
        : [
            sh`[ ! -f ${scope.file} ] || { echo ${`=about ${scope.file}`}; stat -c ' %a %u:%g' -- ${scope.file}; [ ! -L ${scope.file} ] || echo " $(readlink -- ${scope.file})"; }`,
          ]),
      // The x keeps newlines at the end, which the shell would take off.
      sh`if t=$(${read(scope)} && echo x); then echo '=text'; printf '%s' "\${t%x}" | while IFS= read -r l || { [ -n "$l" ] && printf '+%s\n' "$l" && false; }; do printf ' %s\n' "$l"; done; fi`,
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, scope),
  };
}

function parse({ stdout, stderr, exit }: Reply, table: TableScope): Seen<TableState, TableFacts> {
  if (exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no crontab', {
      hint: 'Install cron (Debian, SUSE) or cronie (Red Hat) on the host.',
    });
  }
  const found = sections(stdout.toString('utf8'));
  const rows = found.get('text');
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its jobs', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const owned = table.file === undefined ? undefined : ownedIn(found)[table.file];
  return {
    state: { text: rows === undefined ? null : shown(rows), table },
    facts: { known: !found.has('unknown'), ...(owned ? { owned } : {}) },
  };
}

const guard = ({ text, table }: TableState): Shell =>
  text === null
    ? sh`! t=$(${read(table)}) || exit 75`
    : sh`[ "$(${read(table)} && echo x)" = ${`${text}x`} ] || exit 75`;

function write({ text, table, how }: TableState): Shell {
  const { user, file } = table;
  if (file !== undefined) return putBack(file, text, how);
  const change = text === null ? raw('crontab $o -r') : sh`printf %s ${text} | crontab $o -`;
  return lines([sh`u=${user}`, OPTION, change]);
}
