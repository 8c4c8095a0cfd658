import type { FromSchema } from 'json-schema-to-ts';
import { quote, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, ParamsSchema, Problem } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { Secret, type Value, isMap } from '../../model/value.ts';
import {
  PROCESS_PARAMS,
  oldSpelling,
  output,
  processForesight,
  processResult,
  processScript,
  saidByProcess,
  textOf,
} from './process.ts';
import { expandedWords } from './expand-words.ts';
import { disturbanceOf } from './disruption.ts';
import { threatOf } from './threat.ts';
import { splitWords } from './words.ts';

const params = {
  type: 'object',
  description:
    'Runs a program on the host, without a shell: no pipes, no redirections, no globs in its words. Variables of the ' +
    'environment ($HOME) and a leading ~ are put in, in quotes as well. ' +
    'Cannot be foreseen: it runs when its turn comes, and in check mode only with reads: true.',
  properties: {
    cmd: {
      type: 'string',
      description: 'The command line; quotes and backslashes group words.',
      'x-secret': true,
    },
    argv: {
      type: 'array',
      items: { type: ['string', 'number', 'boolean'] },
      minItems: 1,
      'x-secret': true,
      description: 'The program and its words as a list, instead of cmd.',
    },
    expand_argument_vars: {
      type: 'boolean',
      default: true,
      description: 'Puts variables of the environment and homes into the words.',
    },
    ...PROCESS_PARAMS,
  },
  additionalProperties: false,
  'x-free-form': 'cmd',
} as const satisfies ParamsSchema;

/** Arguments of command, defaults filled in. */
export type CommandParams = FromSchema<typeof params>;

/** Runs a program without a shell. */
export const command: ActionModule<CommandParams> = {
  kind: 'action',
  name: 'command',
  params,
  example: `- name: What the kernel is called
  command: uname -r
  args: { reads: true }
  register: kernel
- name: Make the database, once
  command:
    argv: [/usr/bin/make_database.sh, --name, app data]
    creates: /var/lib/app/db
`,
  problems,
  script: (given) => {
    const words = wordsOf(given);
    return processScript(
      sh`exec ${given.expand_argument_vars ? expandedWords(words) : words}`,
      given,
    );
  },
  parse: (reply, given) => notStarted(reply, given) ?? processResult(reply, shown(given), given),
  says: saidByProcess,
  reads: ({ reads }) => reads,
  threatens: (given) => (isSecret(given) ? undefined : threatOf(wordsOf(given))),
  disrupts: (given) => (isSecret(given) ? undefined : disturbanceOf(wordsOf(given))),
  foresees: (given) => processForesight(given, shown(given)),
};

/** A program that is not there, or may not be run, as Python says it: nothing was done. */
function notStarted(reply: Reply, given: CommandParams): ActionResult | undefined {
  const why =
    /^\S*sh: (?:(?:line )?\d+: )?exec: (?:(?:line )?\d+: )?(.*?): (not found|.*[Pp]ermission denied)\s*$/.exec(
      reply.stderr.toString('utf8'),
    );
  if (!why || (reply.exit !== 127 && reply.exit !== 126)) return undefined;
  const rc = why[2] === 'not found' ? 2 : 13;
  const [word = ''] = wordsOf(given);
  const msg = `[Errno ${rc}] ${rc === 2 ? 'No such file or directory' : 'Permission denied'}: b'${word}'`;
  const failed = `${msg}${rc === 2 ? ': no such command on the host' : ': it cannot be executed'}`;
  const texts = output('', '', given);
  return {
    changed: false,
    failed,
    data: { cmd: spelt(given), rc, changed: false, ...texts, msg },
  };
}

function problems(given: unknown): readonly Problem[] {
  const { cmd, argv } = (isMap(given) ? given : {}) as Record<string, unknown>;
  if (cmd === undefined && argv === undefined) {
    return [
      {
        pointer: '',
        message: 'command has nothing to run',
        hint: 'Give cmd or argv.',
        code: 'ARGUMENT_MISSING',
      },
    ];
  }
  if (cmd !== undefined && argv !== undefined) {
    return [{ pointer: '/argv', message: 'command takes cmd or argv, not both' }];
  }
  if (typeof cmd !== 'string') return [];
  const split = splitWords(cmd);
  if ('wrong' in split) return [{ pointer: '/cmd', message: `the command line ${split.wrong}` }];
  if (split.words.length === 0) return [{ pointer: '/cmd', message: 'the command line is empty' }];
  return oldSpelling(split.words, 'command');
}

function wordsOf({ cmd, argv }: CommandParams): readonly string[] {
  if (argv) return argv.map((one) => (typeof one === 'boolean' ? wordOf(one) : textOf(one)));
  const split = splitWords(textOf(cmd));
  return 'words' in split ? split.words : [textOf(cmd)];
}

/** A boolean as Ansible gives it to a program. */
const wordOf = (value: boolean): string => (value ? 'True' : 'False');

const isSecret = ({ cmd, argv = [] }: CommandParams): boolean =>
  [cmd, ...argv].some((one: unknown) => one instanceof Secret);

function shown(given: CommandParams): Value {
  const cmd = given.cmd as Value | undefined;
  return cmd instanceof Secret ? cmd : wordsOrSecrets(given);
}

/** The words of a list are texts, as the program gets them. */
const wordsOrSecrets = (given: CommandParams): readonly Value[] =>
  given.argv?.map((word: unknown) =>
    word instanceof Secret ? word : typeof word === 'boolean' ? wordOf(word) : String(word),
  ) ?? wordsOf(given);

/** The command on one line. */
function spelt(given: CommandParams): Value {
  const cmd = shown(given);
  return Array.isArray(cmd) && cmd.every((word) => typeof word === 'string')
    ? cmd.map(quote).join(' ')
    : cmd;
}
