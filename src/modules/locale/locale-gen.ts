import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import { type ParamsSchema, Refusal, type Resource, type StateModule } from '../../model/module.ts';
import { sections, SHOW, shown, unchanged, writeFile } from '../system/text-file.ts';

const params = {
  type: 'object',
  description: 'A locale of Debian or Ubuntu: its line in /etc/locale.gen, and whether it is made.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.@-]+$',
      'x-says': 'the name of a locale',
      description: 'Its name as in /etc/locale.gen, such as de_DE.UTF-8.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of locale_gen, defaults filled in. */
export type LocaleGenParams = FromSchema<typeof params>;

/** Locales as they are made, and the file that says which are. */
export interface LocalesState {
  readonly text: string;
  readonly made: Readonly<Record<string, boolean>>;
}

/** `de_DE.UTF-8` is `de_DE.utf8` where it is listed. */
const normal = (name: string): string =>
  name.replace(
    /\.([^@]*)/,
    (_, charset: string) => `.${charset.replaceAll('-', '').toLowerCase()}`,
  );

const FILE = '/etc/locale.gen';

const resource: Resource<string, LocalesState, null> = {
  name: 'locales',
  key: () => 'locales',
  observe: (names) => ({
    script: lines([
      SHOW,
      sh`[ -e ${FILE} ] && command -v locale-gen >/dev/null 2>&1 || exit 127
echo '=file'; show ${FILE}; echo '=made'; locale -a 2>/dev/null | while read -r l; do echo " $l"; done; echo '=end'`,
    ]),
    parse({ stdout, stderr, exit }) {
      if (exit === 127)
        throw new OrchError('TOOL_MISSING', `the host has no locale-gen with ${FILE}`, {
          hint: 'Install the package locales first. RHEL has glibc-langpack-... packages instead.',
        });
      const found = sections(stdout.toString('utf8'));
      if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its locales', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const made = new Set((found.get('made') ?? []).map((row) => normal(row.trim())));
      return {
        state: {
          text: shown(found.get('file') ?? []),
          made: Object.fromEntries(names.map((name) => [name, made.has(normal(name))])),
        },
        facts: null,
      };
    },
  }),
  plan: ({ state }, desired) => ({
    guard: unchanged(FILE, state.text),
    steps: [
      {
        name: 'locales',
        do: lines([raw('set -e'), writeFile(FILE, desired.text), raw('locale-gen >/dev/null')]),
        inverse: lines([writeFile(FILE, state.text), raw('locale-gen >/dev/null')]),
        stage: 'persistent',
        disruption: 'none',
        patience: 600,
      },
    ],
  }),
  footprints: () => ({
    reads: [`file:${FILE}`, 'package:/'],
    writes: [`file:${FILE}`, 'file:/usr/lib/locale'],
  }),
};

/** The line of a locale, commented out or not. */
const isLineOf = (name: string, row: string): boolean => {
  const [, first = ''] = /^\s*#?\s*(\S+)\s+\S+\s*$/.exec(row) ?? [];
  return first === name;
};

/** A locale of the host. */
export const localeGen: StateModule<LocaleGenParams, string, LocalesState, null> = {
  kind: 'state',
  name: 'locale_gen',
  params,
  example: `- name: Reports are in German
  locale_gen:
    name: de_DE.UTF-8
`,
  resource,
  scope: ({ name }) => name,
  result: (_before, _after, { name }) => ({ data: { name, msg: 'OK' }, notes: [], warnings: [] }),
  desired({ state }, { name, state: wanted }) {
    const rows = state.text.split('\n');
    const present = wanted === 'present';
    if (!rows.some((row) => isLineOf(name, row))) {
      if (!present) return { ...state, made: { ...state.made, [name]: false } };
      return new Refusal(`${FILE} knows no locale ${name}`, {
        code: 'NOT_ON_HOST',
        pointer: '/name',
        hint: 'Write it as the file does: de_DE.UTF-8, not de_DE.utf8.',
      });
    }
    const text = rows
      .map((row) => {
        if (!isLineOf(name, row)) return row;
        const bare = row.replace(/^\s*#?\s*/, '');
        return present ? bare : `# ${bare}`;
      })
      .join('\n');
    const same = rows.some((row) => isLineOf(name, row) && row.startsWith('#') !== present);
    return {
      text: same ? state.text : text,
      made: { ...state.made, [name]: present },
    };
  },
};
