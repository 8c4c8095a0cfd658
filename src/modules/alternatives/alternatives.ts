import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Resource,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { sections } from '../system/text-file.ts';

const path = { type: 'string', pattern: '^/[^\\n]*$', 'x-says': 'an absolute path' } as const;

const params = {
  type: 'object',
  description: 'Which of several programs a generic name leads to, by update-alternatives.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9+_.-]*$',
      'x-says': 'a generic name',
      description: 'The generic name, such as editor.',
    },
    path: { ...path, description: 'The program it should lead to. Needed unless state: auto.' },
    link: {
      ...path,
      description: 'Where the name is: /usr/bin/editor. Needed for a path that is no choice yet.',
    },
    priority: {
      type: 'integer',
      default: 50,
      description: 'Of a path that is no choice yet: the highest one is taken where nobody chose.',
    },
    state: {
      enum: ['present', 'selected', 'absent', 'auto'],
      default: 'selected',
      description:
        'present: the path is a choice. selected: it is chosen. auto: the one of highest priority is. absent: it is no choice.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of alternatives, defaults filled in. */
export type AlternativesParams = FromSchema<typeof params>;

/** A generic name and its choices. */
export interface ChoiceState {
  /** null: there is no such name. */
  readonly value: string | null;
  readonly auto: boolean;
  /** Priorities by path. */
  readonly choices: Readonly<Record<string, number>>;
}

/** Where the name is. */
export interface ChoiceFacts {
  readonly name: string;
  readonly link: string;
}

/** What a task is about. */
export interface ChoiceScope {
  readonly name: string;
  readonly link?: string;
}

const call = (words: readonly (string | number)[]): Shell =>
  sh`LC_ALL=C update-alternatives ${words} >/dev/null`;

const resource: Resource<ChoiceScope, ChoiceState, ChoiceFacts> = {
  name: 'alternatives',
  key: ({ name }) => `alternatives:${name}`,
  observe: (scopes) => {
    const name = scopes[0]?.name ?? '';
    return {
      script: lines([
        raw('PATH=$PATH:/usr/sbin; command -v update-alternatives >/dev/null 2>&1 || exit 127'),
        sh`echo '=told'; LC_ALL=C update-alternatives --display ${name} 2>/dev/null | while IFS= read -r l; do printf ' %s\\n' "$l"; done; echo '=end'`,
      ]),
      parse({ stdout, stderr, exit }) {
        if (exit === 127)
          throw new OrchError('TOOL_MISSING', 'the host has no update-alternatives', {
            hint: 'It is part of dpkg, or of the package chkconfig or alternatives.',
          });
        const found = sections(stdout.toString('utf8'));
        if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
          throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its alternatives', {
            stderr: stderr.toString('utf8').slice(0, 2000),
          });
        }
        const rows = (found.get('told') ?? []).map((row) => row.slice(1));
        const of = (pattern: RegExp): string | undefined =>
          rows.map((row) => pattern.exec(row)?.[1]).find((one) => one !== undefined);
        const choices = rows.flatMap((row): [string, number][] => {
          const [, where = '', priority = ''] = /^(\/.*?) - .*?priority (-?\d+)/.exec(row) ?? [];
          return where === '' ? [] : [[where, Number(priority)]];
        });
        return {
          state: {
            value: of(/^\s*link currently points to (\/.*)$/) ?? null,
            auto: rows.some((row) => / - (?:auto mode|status is auto)/.test(row)),
            choices: Object.fromEntries(choices),
          },
          facts: {
            name,
            link:
              scopes.find(({ link }) => link !== undefined)?.link ??
              of(/^\s*link \S+ is (\/.*)$/) ??
              '',
          },
        };
      },
    };
  },
  plan({ state, facts: { name, link } }, desired) {
    const steps = Object.entries(desired.choices)
      .filter(([where, priority]) => state.choices[where] !== priority)
      .map(([where, priority]) => ({
        name: `${where} is a choice for ${name}`,
        do: call(['--install', link, name, where, priority]),
        inverse: call(['--remove', name, where]),
        stage: 'persistent' as const,
        disruption: 'none' as const,
      }));
    const chosen = desired.value !== state.value || desired.auto !== state.auto;
    const back =
      state.value === null
        ? undefined
        : state.auto
          ? call(['--auto', name])
          : call(['--set', name, state.value]);
    const choice = {
      name: `${name} leads to ${desired.value ?? 'nothing'}`,
      do: desired.auto ? call(['--auto', name]) : call(['--set', name, desired.value ?? '']),
      ...(back ? { inverse: back } : {}),
      stage: 'persistent' as const,
      disruption: 'none' as const,
    };
    const gone = Object.keys(state.choices)
      .filter((where) => !Object.hasOwn(desired.choices, where))
      .map((where) => ({
        name: `${where} is no choice for ${name}`,
        do: call(['--remove', name, where]),
        inverse: call(['--install', link, name, where, state.choices[where] ?? 50]),
        stage: 'persistent' as const,
        disruption: 'none' as const,
      }));
    return {
      steps: [...steps, ...(chosen && desired.value !== null ? [choice] : []), ...gone],
    };
  },
  footprints: ({ name }) => ({
    reads: [`alternatives:/${name}`, 'package:/'],
    writes: [`alternatives:/${name}`, 'file:/etc/alternatives', 'file:/usr/bin'],
  }),
};

/** The choice of highest priority; of equal ones the first. */
const best = (choices: ChoiceState['choices']): string | null =>
  Object.entries(choices).reduce<readonly [string | null, number]>(
    (top, [where, priority]) => (priority > top[1] ? [where, priority] : top),
    [null, -Infinity],
  )[0];

/** Which program a generic name leads to. */
export const alternatives: StateModule<AlternativesParams, ChoiceScope, ChoiceState, ChoiceFacts> =
  {
    kind: 'state',
    name: 'alternatives',
    params,
    example: `- name: vim is the editor
  alternatives:
    name: editor
    path: /usr/bin/vim.basic
`,
    resource,
    scope: ({ name, link }) => ({ name, ...(link === undefined ? {} : { link }) }),
    problems(given): readonly Problem[] {
      if (!isMap(given) || given['state'] === 'auto' || given['path'] !== undefined) return [];
      return [{ pointer: '', message: 'path is missing' }];
    },
    desired({ state, facts }, { name, path: where = '', priority, state: wanted }) {
      if (wanted === 'auto') {
        if (state.value === null) return noName(name);
        return { ...state, auto: true, value: best(state.choices) };
      }
      if (wanted === 'absent') {
        const choices = Object.fromEntries(
          Object.entries(state.choices).filter(([one]) => one !== where),
        );
        const moves = state.value === where;
        return {
          choices,
          value: moves ? best(choices) : state.value,
          auto: moves ? Object.keys(choices).length > 0 : state.auto,
        };
      }
      const known = Object.hasOwn(state.choices, where);
      if (!known && facts.link === '')
        return new Refusal(`${where} is no choice for ${name} on this host`, {
          code: 'NOT_ON_HOST',
          pointer: '/path',
          hint: 'Give link too, to make it one.',
        });
      const choices = known ? state.choices : { ...state.choices, [where]: priority };
      if (wanted === 'selected')
        return { choices, value: where, auto: state.value === where && state.auto && known };
      const auto = state.value === null || state.auto;
      return { choices, auto, value: auto ? best(choices) : state.value };
    },
  };

const noName = (name: string): Refusal =>
  new Refusal(`the host has no alternatives for ${name}`, {
    code: 'NOT_ON_HOST',
    pointer: '/name',
  });
