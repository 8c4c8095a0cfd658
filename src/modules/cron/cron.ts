import type { FromSchema } from 'json-schema-to-ts';
import { type ParamsSchema, type Problem, Refusal, type StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { cronTable, type TableFacts, type TableScope, type TableState } from './resource.ts';
import { namesIn, withJob, withoutJob, withoutVariable, withVariable } from './table.ts';

const when = (what: string) =>
  ({
    type: ['string', 'integer'],
    pattern: '^[A-Za-z0-9*,/-]+$',
    'x-says': 'a time of cron',
    default: '*',
    description: `${what}: a number, *, */5, 1-5, or several with commas between.`,
  }) as const;

const params = {
  type: 'object',
  description:
    'A job that cron runs, known by its name; jobs that Ansible made are found again. Or a variable of its table.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[^\\n]+$',
      'x-says': 'one line',
      description: 'What the job is called; with env, the name of the variable.',
    },
    job: {
      type: 'string',
      pattern: '^[^\\n]+$',
      'x-says': 'one line',
      description:
        'The command; with env, the value. A % must be written \\% as cron wants it. Needed unless state: absent.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    minute: when('Minute'),
    hour: when('Hour'),
    day: when('Day of the month'),
    month: when('Month'),
    weekday: when('Day of the week, 0 is Sunday'),
    special_time: {
      enum: ['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'annually'],
      description: 'Instead of minute to weekday.',
    },
    disabled: { type: 'boolean', default: false, description: 'There, but as a comment.' },
    user: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
      'x-says': 'the name of a user',
      default: 'root',
      description: 'Whose table it is in; with cron_file, whom it runs as.',
    },
    cron_file: {
      type: 'string',
      pattern: '^(/etc/cron\\.d/)?[A-Za-z0-9_-]+$',
      'x-says': 'the name of a file in /etc/cron.d, without dots',
      description: 'A file in /etc/cron.d instead of the table of the user.',
    },
    env: { type: 'boolean', default: false, description: 'A variable for all jobs of the table.' },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of cron, defaults filled in. */
export type CronParams = FromSchema<typeof params>;

/** A job that cron runs. */
export const cron: StateModule<CronParams, TableScope, TableState, TableFacts> = {
  kind: 'state',
  name: 'cron',
  params,
  example: `- name: etcd is saved each night
  cron:
    name: save etcd
    hour: 3
    minute: 17
    job: /usr/local/bin/k3s etcd-snapshot save
`,
  resource: cronTable,
  scope: ({ user, cron_file: file }) => ({
    user: file === undefined ? user : '',
    ...(file === undefined ? {} : { file: file.startsWith('/') ? file : `/etc/cron.d/${file}` }),
  }),
  problems,
  desired({ state, facts }, wanted) {
    const { name, env, job = '' } = wanted;
    if (!facts.known) {
      // Its table went with the user.
      if (wanted.state === 'absent') return state;
      return new Refusal(`the host has no user ${wanted.user}`, {
        code: 'NOT_ON_HOST',
        pointer: '/user',
        hint: 'Make it first, with the module user.',
      });
    }
    if (wanted.state === 'absent') {
      const text = env ? withoutVariable(state.text, name) : withoutJob(state.text, name);
      // cron takes an empty file in cron.d for one; a file that orch made goes with its last job.
      return { ...state, text: text === '' && state.text !== '' ? null : text };
    }
    if (env) return { ...state, text: withVariable(state.text, name, job) };
    const { minute, hour, day, month, weekday, special_time: special, disabled } = wanted;
    const time =
      special === undefined ? [minute, hour, day, month, weekday].join(' ') : `@${special}`;
    const line = {
      name,
      when: time,
      job,
      disabled,
      ...(wanted.cron_file === undefined ? {} : { user: wanted.user }),
    };
    return { ...state, text: withJob(state.text, line) };
  },
  result: (_before, { state }, { cron_file: file }) => ({
    data: { ...namesIn(state.text), ...(file === undefined ? {} : { cron_file: file }) },
    notes: [],
    warnings: [],
  }),
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const found: Problem[] = [];
  if ((given['state'] === undefined || given['state'] === 'present') && !('job' in given))
    found.push({ pointer: '', message: 'job is missing', hint: 'Give job, or set state: absent.' });
  const both = ['minute', 'hour', 'day', 'month', 'weekday'].filter(
    (key) => key in given && given[key] !== '*',
  );
  if ('special_time' in given && both.length > 0)
    found.push({
      pointer: '/special_time',
      message: `special_time and ${both.join(', ')} exclude each other`,
    });
  if (
    given['env'] === true &&
    typeof given['name'] === 'string' &&
    !/^[A-Za-z_]\w*$/.test(given['name'])
  )
    found.push({ pointer: '/name', message: `"${given['name']}" is no name for a variable` });
  return found;
}
