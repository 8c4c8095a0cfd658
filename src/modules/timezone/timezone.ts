import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import { type ParamsSchema, Refusal, type Resource, type StateModule } from '../../model/module.ts';
import { putBack, sections, SHOW, shown } from '../system/text-file.ts';

const params = {
  type: 'object',
  description: 'The time zone of the host.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$',
      'x-says': 'the name of a time zone',
      description: 'Its name, such as Europe/Berlin or UTC.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of timezone. */
export type TimezoneParams = FromSchema<typeof params>;

/** The zone that /etc/localtime leads to; "" where it leads nowhere known. */
export interface ZoneState {
  readonly zone: string;
  /** Text of /etc/timezone, which only Debian has; null where there is none. */
  readonly file: string | null;
}

/** Which of the zones asked for the host knows, and where /etc/localtime leads. */
export interface ZoneFacts {
  readonly known: readonly string[];
  readonly target: string;
}

const ZONES = '/usr/share/zoneinfo';

const resource: Resource<string, ZoneState, ZoneFacts> = {
  name: 'timezone',
  key: () => 'timezone',
  observe: (names) => ({
    script: lines([
      SHOW,
      raw(
        "echo '=target'; [ ! -L /etc/localtime ] || echo \" $(readlink /etc/localtime)\"\n[ ! -e /etc/timezone ] || { echo '=file'; show /etc/timezone; }\necho '=known'",
      ),
      sh`for z in ${[...new Set(names)]}; do [ ! -f ${raw(ZONES)}/"$z" ] || echo " $z"; done; echo '=end'`,
    ]),
    parse({ stdout, stderr, exit }) {
      const found = sections(stdout.toString('utf8'));
      const file = found.get('file');
      if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its time zone', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const target = found.get('target')?.[0]?.slice(1) ?? '';
      return {
        state: {
          zone: /\/zoneinfo\/(.+)$/.exec(target)?.[1] ?? '',
          file: file === undefined ? null : shown(file),
        },
        facts: { known: (found.get('known') ?? []).map((row) => row.slice(1)), target },
      };
    },
  }),
  recall: {
    depth: 1,
    lost: ([what], before) =>
      what === 'zone' && before === '' ? 'there was no zone that has a name' : undefined,
  },
  plan({ state, facts }, desired) {
    const link = (target: string): Shell =>
      target === '' ? sh`rm -f /etc/localtime` : sh`ln -sfn ${target} /etc/localtime`;
    return {
      steps: [
        {
          name: `time zone ${desired.zone}`,
          do: lines([
            sh`set -e`,
            link(`${ZONES}/${desired.zone}`),
            putBack('/etc/timezone', desired.file),
          ]),
          inverse: lines([link(facts.target), putBack('/etc/timezone', state.file)]),
          stage: 'persistent',
          disruption: 'none',
        },
      ],
    };
  },
  footprints: () => ({
    reads: ['file:/etc/localtime', 'file:/etc/timezone', 'package:/'],
    writes: ['file:/etc/localtime', 'file:/etc/timezone'],
  }),
};

/** The time zone of the host. */
export const timezone: StateModule<TimezoneParams, string, ZoneState, ZoneFacts> = {
  kind: 'state',
  name: 'timezone',
  params,
  example: `- name: Logs of all nodes tell the same time
  timezone:
    name: UTC
`,
  resource,
  scope: ({ name }) => name,
  desired({ state, facts }, { name }) {
    if (!facts.known.includes(name)) {
      return new Refusal(`the host knows no time zone ${name}`, {
        code: 'NOT_ON_HOST',
        pointer: '/name',
        hint: 'Check its name with `timedatectl list-timezones`; the package tzdata has them.',
      });
    }
    return { zone: name, file: state.file === null ? null : `${name}\n` };
  },
};
