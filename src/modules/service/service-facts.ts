import { OrchError } from '../../lib/errors.ts';
import { raw } from '../../lib/shell.ts';
import type { InspectModule, ParamsSchema, Resource } from '../../model/module.ts';
import { sections } from '../system/text-file.ts';

const params = {
  type: 'object',
  description:
    'Tells which services the host has, as the fact and variable `services`: state, status and source under each name.',
  properties: {},
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** A service as Ansible tells it. */
interface Told {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly source: string;
}

type Services = Record<string, Told>;

/** Names that stand for another unit are asked about by one process for all of them. */
const SCRIPT = `export LC_ALL=C
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
  echo '=units'; systemctl list-units --no-pager --no-legend --plain --full --type service --all
  f=$(systemctl list-unit-files --no-pager --no-legend --full --type service --all)
  echo '=files'; printf '%s\\n' "$f"
  set -- $(printf '%s\\n' "$f" | while read -r n s more; do [ "$s" != alias ] || echo "$n"; done)
  echo '=aliases'
  [ $# = 0 ] || systemctl show --no-pager --property=ActiveState -- "$@" | while read -r l; do
    case $l in ActiveState=*) echo "$1 \${l#*=}"; shift ;; esac; done
elif command -v rc-status >/dev/null 2>&1; then
  echo '=openrc'; rc-status -a -s -r 2>/dev/null
elif command -v service >/dev/null 2>&1; then
  echo '=sysv'; service --status-all 2>/dev/null
fi
echo '=end'`;

const all: Resource<null, null, Services> = {
  name: 'all_services',
  key: () => 'all_services',
  observe: () => ({
    script: raw(SCRIPT),
    parse({ stdout, stderr, exit }) {
      const told = sections(stdout.toString('utf8'));
      if (exit !== 0 || !told.has('end')) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its services', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const rows = (name: string): readonly (readonly string[])[] =>
        (told.get(name) ?? []).map((row) => row.trim().split(/\s+/));
      return {
        state: null,
        facts: {
          ...bySystemd(rows('units'), rows('files'), rows('aliases')),
          ...byOpenrc(told.get('openrc') ?? []),
          ...bySysv(rows('sysv')),
        },
      };
    },
  }),
  plan: () => ({ steps: [] }),
  footprints: () => ({ reads: ['unit:/', 'package:/'], writes: [] }),
};

const BAD = ['not-found', 'masked', 'failed'];

type Rows = readonly (readonly string[])[];

/** What units are there, then what files say of them: a file tells the status unless the unit is broken. */
function bySystemd(units: Rows, files: Rows, aliases: Rows): Services {
  const found: Services = {};
  for (const [name = '', load = '', active = '', sub = ''] of units) {
    if (!name.includes('.service')) continue;
    const status = BAD.find((bad) => [load, active, sub].includes(bad)) ?? active;
    const state = sub === 'running' ? 'running' : 'stopped';
    found[name] = { name, state, status, source: 'systemd' };
  }
  const actives = new Map(aliases.map(([name = '', state = '']) => [name, state]));
  for (const [name = '', status = ''] of files) {
    if (!name.includes('.service') || status === '') continue;
    const known = Object.hasOwn(found, name) ? found[name] : undefined;
    // Asked for its state, a template is none, and what is not loaded is inactive.
    const state = actives.get(name) ?? (name.includes('@.') ? 'unknown' : 'inactive');
    if (!known) found[name] = { name, state, status, source: 'systemd' };
    else if (!BAD.includes(known.status)) found[name] = { ...known, status };
  }
  return found;
}

const byOpenrc = (lines: readonly string[]): Services =>
  Object.fromEntries(
    lines.flatMap((line) => {
      const [, name = '', state = ''] = /^\s*(\S+)\s+\[\s*(\w+)/.exec(line) ?? [];
      const running = state === 'started' ? 'running' : state;
      return name === '' ? [] : [[name, { name, state: running, status: state, source: 'openrc' }]];
    }),
  );

const bySysv = (rows: Rows): Services =>
  Object.fromEntries(
    rows.flatMap(([open, sign, close, name = '']) => {
      if (open !== '[' || close !== ']' || name === '') return [];
      const state = sign === '+' ? 'running' : 'stopped';
      return [[name, { name, state, status: 'unknown', source: 'sysv' }]];
    }),
  );

/** Which services the host has. */
export const serviceFacts: InspectModule<unknown, null, null, Services> = {
  kind: 'inspect',
  name: 'service_facts',
  params,
  example: `- service_facts:
- name: firewalld runs
  debug:
    msg: It does.
  when: services['firewalld.service'].state | default('') == 'running'
`,
  resource: all,
  scope: () => null,
  gives: ['ansible_facts', 'services'],
  inspect: ({ facts }) => ({
    ...{ findings: [], notes: [], warnings: [], data: {} },
    named: { services: Object.fromEntries(Object.entries(facts).map(([k, v]) => [k, { ...v }])) },
  }),
};
