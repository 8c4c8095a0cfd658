import type { FromSchema } from 'json-schema-to-ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema, Problem } from '../../model/module.ts';
import type { Nearby } from '../../model/nearby.ts';
import { isMap } from '../../model/value.ts';
import { broughtOf, contentOf } from '../file/content.ts';
import type { Content } from '../file/state.ts';
import { bytesInto } from '../file/write.ts';
import {
  PROCESS_PARAMS,
  processForesight,
  processResult,
  processScript,
  saidByProcess,
  textOf,
} from './process.ts';

const params = {
  type: 'object',
  description:
    'Runs a script of this machine on the host: it is sent, run and taken away again. src is looked for below files/ ' +
    'of the role, beside the task file and beside the playbook. What stands behind its name is for the shell.',
  properties: {
    cmd: {
      type: 'string',
      minLength: 1,
      description: 'The script and its arguments.',
      'x-secret': true,
    },
    executable: {
      type: 'string',
      description: 'The program that runs it. Left out: the one its first line names.',
    },
    chdir: PROCESS_PARAMS.chdir,
    creates: PROCESS_PARAMS.creates,
    removes: PROCESS_PARAMS.removes,
    decrypt: {
      type: 'boolean',
      default: true,
      description: 'A script that is encrypted with a vault is sent decrypted.',
    },
  },
  required: ['cmd'],
  additionalProperties: false,
  'x-free-form': 'cmd',
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of script, defaults filled in; its text beside them. */
export type ScriptParams = FromSchema<typeof params> & { readonly bytes?: string };

const FIXED = { stdin_add_newline: true, strip_empty_ends: false, reads: false } as const;

/** A script of this machine, run on the host. */
export const script: ActionModule<ScriptParams> = {
  kind: 'action',
  name: 'script',
  params,
  example: `- script: make-database.sh --name "app data"
  args: {creates: /var/lib/app/db}
`,
  problems: (given): readonly Problem[] => {
    const cmd = isMap(given) ? given['cmd'] : undefined;
    return typeof cmd === 'string' && cmd.trim() === ''
      ? [{ pointer: '/cmd', message: 'script names no file' }]
      : [];
  },
  prepare(given, near: Nearby) {
    const path = near.find('files', parts(given).name);
    const bytes = near.read(path, !given.decrypt);
    return { ...given, bytes: bytes.toString('base64') };
  },
  says: saidByProcess,
  reads: () => false,
  foresees: (given) => processForesight({ ...given, ...FIXED }, textOf(given.cmd)),
  brings: (given) => broughtOf(contentOfScript(given)),
  script: (given) => processScript(run(given), { ...given, ...FIXED }),
  parse(reply, given) {
    const { data, ...rest } = processResult(reply, textOf(given.cmd), { ...given, ...FIXED });
    if (rest.skipped !== undefined)
      return { ...rest, data: { skipped: true, changed: false, msg: rest.skipped } };
    const { cmd: _, start: __, end: ___, delta: ____, ...shown } = data;
    return { ...rest, data: shown };
  },
};

const contentOfScript = ({ bytes = '' }: ScriptParams): Content =>
  contentOf(Buffer.from(bytes, 'base64'));

/** The name of the script, and the rest as the user wrote it. */
function parts({ cmd }: ScriptParams): { readonly name: string; readonly rest: string } {
  const text = textOf(cmd).trim();
  const [whole = '', double, single, bare] =
    /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s\\]|\\.)+))/.exec(text) ?? [];
  const name = single ?? (double ?? bare ?? '').replace(/\\(.)/g, '$1');
  return { name, rest: text.slice(whole.length) };
}

function run(given: ScriptParams): Shell {
  const { rest } = parts(given);
  const call =
    given.executable === undefined ? raw('"$t"') : sh`${raw(textOf(given.executable))} "$t"`;
  return lines([
    raw('t=${TMPDIR:-/tmp}/.orch.$$.script; u=$(umask); umask 077'),
    raw('( set -C; : >"$t" ) || exit 1'),
    raw(`trap 'rm -f "$t"' EXIT; trap 'exit 1' HUP INT TERM`),
    bytesInto(contentOfScript(given)),
    raw('chmod 700 "$t"; umask "$u"'),
    raw(`${call.text}${rest}`),
  ]);
}
