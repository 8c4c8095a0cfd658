import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { InspectModule, ParamsSchema, Resource } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { sections } from '../system/text-file.ts';

const params = {
  type: 'object',
  description:
    'Tells which packages the host has, as the fact and variable `packages`: a list of installed versions under each name.',
  properties: {
    manager: {
      type: 'array',
      items: { enum: ['auto', 'apt', 'rpm', 'pacman', 'apk'] },
      default: ['auto'],
      description: 'Which managers are asked, one after the other; auto: all that orch knows.',
    },
    strategy: {
      enum: ['first', 'all'],
      default: 'first',
      description: 'first: the first manager there is. all: each of them.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of package_facts, defaults filled in. */
export type PackageFactsParams = FromSchema<typeof params>;

/** How each manager tells all it has: a line each, fields with tabs between. */
const TELL = {
  apt: {
    program: 'dpkg-query',
    script: `dpkg-query -W -f '\${db:Status-Status}\\t\${Package}\\t\${Version}\\t\${Architecture}\\t\${Section}\\n'`,
    read: ([status, name = '', version = '', arch = '', category = '']) =>
      status === 'installed' ? { name, version, arch, category, source: 'apt' } : undefined,
  },
  rpm: {
    program: 'rpm',
    script: `rpm -qa --qf '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n'`,
    read: ([name = '', version = '', release = '', epoch = '', arch = '']) => ({
      ...{ name, version, release, arch: arch === '(none)' ? null : arch, source: 'rpm' },
      epoch: epoch === '(none)' ? null : Number(epoch),
    }),
  },
  pacman: {
    program: 'pacman',
    script: `pacman -Q | while read -r n v; do printf '%s\\t%s\\n' "$n" "$v"; done`,
    read: ([name = '', version = '']) => ({ name, version, source: 'pacman' }),
  },
  apk: {
    program: 'apk',
    script: `apk info -v 2>/dev/null | while read -r l; do v=\${l%-*}; n=\${v%-*}; printf '%s\\t%s\\n' "$n" "\${l#"$n"-}"; done`,
    read: ([name = '', version = '']) => ({ name, version, source: 'apk' }),
  },
} satisfies Record<
  string,
  {
    readonly program: string;
    readonly script: string;
    read(fields: readonly string[]): Readonly<Record<string, Value>> | undefined;
  }
>;

type Teller = keyof typeof TELL;
const TELLERS = Object.keys(TELL) as readonly Teller[];

/** Whom to ask, and whether one is enough. */
interface Asked {
  readonly tellers: readonly Teller[];
  readonly all: boolean;
}

/** Packages by name; nothing when no manager was found. */
interface Told {
  readonly packages?: Readonly<Record<string, readonly Value[]>>;
}

const installed: Resource<Asked, null, Told> = {
  name: 'installed_packages',
  key: ({ tellers, all }) => `installed_packages:${String(all)}:${tellers.join(',')}`,
  observe: ([scope = { tellers: TELLERS, all: false }]) => ({
    script: lines([
      raw('export LC_ALL=C; found='),
      ...scope.tellers.map(
        (one) =>
          sh`[ -n "$found" ] || ! command -v ${TELL[one].program} >/dev/null 2>&1 || { echo ${`=${one}`}; ${raw(TELL[one].script)}; ${raw(scope.all ? ':' : 'found=1')}; }`,
      ),
      raw("echo '=end'"),
    ]),
    parse({ stdout, stderr, exit }) {
      const told = sections(stdout.toString('utf8'));
      if (exit !== 0 || !told.has('end')) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its packages', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const found = TELLERS.filter((one) => told.has(one));
      if (found.length === 0) return { state: null, facts: {} };
      const packages = new Map<string, Value[]>();
      for (const one of found) {
        for (const row of told.get(one) ?? []) {
          const read = TELL[one].read(row.split('\t'));
          if (!read || read.name === '') continue;
          packages.set(read.name, [...(packages.get(read.name) ?? []), read]);
        }
      }
      return { state: null, facts: { packages: Object.fromEntries(packages) } };
    },
  }),
  plan: () => ({ steps: [] }),
  footprints: () => ({ reads: ['package:/'], writes: [] }),
};

/** Which packages the host has. */
export const packageFacts: InspectModule<PackageFactsParams, Asked, null, Told> = {
  kind: 'inspect',
  name: 'package_facts',
  params,
  example: `- package_facts:
- name: ufw is there
  debug:
    msg: "{{ packages.ufw[0].version }}"
  when: "'ufw' in packages"
`,
  resource: installed,
  scope: ({ manager, strategy }) => ({
    tellers: TELLERS.filter((one) => manager.includes('auto') || manager.includes(one)),
    all: strategy === 'all',
  }),
  gives: ['ansible_facts', 'packages'],
  inspect({ facts: { packages } }, { manager }) {
    if (packages) return { ...QUIET, data: {}, named: { packages } };
    return {
      ...QUIET,
      data: {},
      findings: [
        {
          message: `the host has none of the managers asked for: ${manager.join(', ')}`,
          cure: 'orch reads the packages of apt, rpm, pacman and apk.',
        },
      ],
    };
  },
};

const QUIET = { findings: [], notes: [], warnings: [] };
