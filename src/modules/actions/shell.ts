import type { FromSchema } from 'json-schema-to-ts';
import { type Shell, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema, Problem } from '../../model/module.ts';
import { Secret, isMap } from '../../model/value.ts';
import { disturbanceIn } from './disruption.ts';
import { threatIn } from './threat.ts';
import {
  PROCESS_PARAMS,
  oldSpelling,
  processForesight,
  processResult,
  processScript,
  saidByProcess,
  textOf,
} from './process.ts';

const isSecret = (text: unknown): boolean => text instanceof Secret;

const params = {
  type: 'object',
  description:
    'Runs a command line in a shell on the host: pipes, redirections, variables and globs work. ' +
    'Quote values with the filter `quote`. Cannot be foreseen: in check mode it runs only with reads: true.',
  properties: {
    cmd: {
      type: 'string',
      minLength: 1,
      description: 'The command line, as the shell reads it.',
      'x-secret': true,
    },
    executable: {
      type: 'string',
      default: '/bin/sh',
      description: 'The shell; must understand -c.',
    },
    ...PROCESS_PARAMS,
  },
  required: ['cmd'],
  additionalProperties: false,
  'x-free-form': 'cmd',
} as const satisfies ParamsSchema;

/** Arguments of shell, defaults filled in. */
export type ShellParams = FromSchema<typeof params>;

/** Runs a command line in a shell. */
export const shell: ActionModule<ShellParams> = {
  kind: 'action',
  name: 'shell',
  params,
  example: `- name: Count what listens
  shell:
    cmd: ss -lnt | tail -n +2 | wc -l
    reads: true
  register: listeners
`,
  problems,
  script: (given) => processScript(started(given), given),
  parse: (reply, given) => processResult(reply, given.cmd, given),
  says: saidByProcess,
  reads: ({ reads }) => reads,
  threatens: ({ cmd }) => (isSecret(cmd) ? undefined : threatIn(textOf(cmd))),
  disrupts: ({ cmd }) => (isSecret(cmd) ? undefined : disturbanceIn(textOf(cmd))),
  foresees: (given) => processForesight(given, given.cmd),
};

/** A command line for a shell. One that a secret went into is no argument: those can be read by everybody on the host. */
export function started({ cmd, executable }: Pick<ShellParams, 'cmd' | 'executable'>): Shell {
  const given: unknown = cmd;
  if (!(given instanceof Secret)) return sh`exec ${textOf(executable)} -c ${textOf(cmd)}`;
  const text = given.reveal();
  let end = 'orch end';
  while (text.includes(end)) end += '.';
  return raw(`exec ${sh`${textOf(executable)}`.text} /dev/fd/9 9<<'${end}'\n${text}\n${end}`);
}

function problems(given: unknown): readonly Problem[] {
  const cmd = isMap(given) ? (given as { cmd?: unknown }).cmd : undefined;
  return typeof cmd === 'string' ? oldSpelling(cmd.split(/\s+/).slice(1), 'shell') : [];
}
