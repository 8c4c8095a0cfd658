import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, Problem } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { Secret, Unknown, type Value } from '../../model/value.ts';

/** Arguments that command and shell share, as JSON Schema. */
export const PROCESS_PARAMS = {
  chdir: { type: 'string', description: 'Directory on the host to run it in.' },
  creates: {
    type: 'string',
    description: 'A file or glob on the host; when it exists, nothing is run.',
  },
  removes: {
    type: 'string',
    description: 'A file or glob on the host; when it does not exist, nothing is run.',
  },
  stdin: {
    type: 'string',
    description: 'What it reads on its standard input.',
    'x-secret': true,
  },
  stdin_add_newline: {
    type: 'boolean',
    default: true,
    description: 'Ends stdin with a newline.',
  },
  strip_empty_ends: {
    type: 'boolean',
    default: true,
    description: 'Takes empty lines off the end of stdout and stderr in the result.',
  },
  reads: {
    type: 'boolean',
    default: false,
    description:
      'It changes nothing on the host: it also runs in check mode and never counts as changed.',
  },
} as const;

/** What PROCESS_PARAMS describes. */
export interface ProcessParams {
  readonly chdir?: string;
  readonly creates?: string;
  readonly removes?: string;
  readonly stdin?: string;
  readonly stdin_add_newline: boolean;
  readonly strip_empty_ends: boolean;
  readonly reads: boolean;
}

/** The text of an argument: for the line to the host alone, because it may have been a secret. */
export const textOf = (value: unknown): string =>
  value instanceof Secret ? value.reveal() : String(value);

const CREATES = 'orch creates';
const REMOVES = 'orch removes';
const CHDIR = 'orch chdir';
const RUN = 'orch run';

/** The guards and the input of a process around `command`, which replaces the shell it runs in. */
export function processScript(command: Shell, given: ProcessParams): Shell {
  const { stdin } = given;
  const input =
    stdin === undefined
      ? command
      : sh`printf %s ${`${textOf(stdin)}${given.stdin_add_newline ? '\n' : ''}`} | (
${command}
)`;
  return lines([
    ...conditions(given),
    raw(`orch_up=; read -r orch_up orch_x </proc/uptime 2>/dev/null || :`),
    sh`printf '%s %s\\n' ${RUN} "$(date '+%F %T.%N')"`,
    sh`(
${input}
)
orch_r=$?`,
    raw(
      `[ -z "$orch_up" ] || { read -r orch_x orch_y </proc/uptime; printf '\\norch took %s %s' "$orch_up" "$orch_x"; }`,
    ),
    raw('exit "$orch_r"'),
  ]);
}

/** Whether a line of standard output is the command's, not one that `processScript` put around it. */
export const saidByProcess = (line: string): boolean => !OWN.test(line);

const OWN = /^orch (run|took|creates|removes|chdir)\b/;

/** What has to hold before it runs; where it does not, the script ends here. */
function conditions({ chdir, creates, removes }: ProcessParams): readonly Shell[] {
  return [
    raw('exists() { for f; do { [ -e "$f" ] || [ -L "$f" ]; } && return 0; done; return 1; }'),
    ...(chdir === undefined
      ? []
      : [
          sh`orch_d=${home(textOf(chdir))}`,
          sh`cd -- "$orch_d" 2>/dev/null || { [ -e "$orch_d" ] && { [ -d "$orch_d" ] && e=13 || e=20; } || e=2; echo ${CHDIR}; echo $e; exit 1; }`,
        ]),
    ...(creates === undefined
      ? []
      : [sh`if exists ${glob(textOf(creates))}; then echo ${CREATES}; exit 0; fi`]),
    ...(removes === undefined
      ? []
      : [sh`exists ${glob(textOf(removes))} || { echo ${REMOVES}; exit 0; }`]),
  ];
}

/**
 * Check mode: whether it would run, where creates or removes decide that; left out: nothing does, and nobody knows
 * what it would do.
 */
export function processForesight(
  given: ProcessParams,
  cmd: Value,
): ReturnType<NonNullable<ActionModule<ProcessParams>['foresees']>> {
  if (given.reads || (given.creates === undefined && given.removes === undefined)) return undefined;
  return {
    script: lines([...conditions(given), sh`echo ${RUN}`]),
    parse(reply) {
      const how = reply.stdout.toString('utf8').trim();
      if (how === CREATES || how === REMOVES) return processResult(reply, cmd, given);
      if (how !== RUN) return { changed: false, unknown: 'not run in check mode', data: {} };
      const later = new Unknown('it is not run in check mode');
      const texts = { stdout: later, stdout_lines: later, stderr: later, stderr_lines: later };
      const msg = 'Command would have run if not in check mode';
      return { changed: true, data: { cmd, rc: 0, changed: true, ...texts, msg } };
    },
  };
}

/** A path in which a leading `~/` means the home of the user that runs the process. */
const home = (path: string): Shell =>
  path === '~' || path.startsWith('~/') ? sh`"$HOME"${path.slice(1)}` : sh`${path}`;

/** A path in which `*`, `?` and `[...]` stay special and everything else is quoted. */
function glob(path: string): Shell {
  const start = path.startsWith('~/') ? sh`"$HOME"` : raw('');
  const rest = path.startsWith('~/') ? path.slice(1) : path;
  const pieces = rest.split(/([*?]|\[[!A-Za-z0-9_.-]+\])/);
  return raw(
    start.text +
      pieces.map((piece, i) => (i % 2 === 1 ? piece : piece && sh`${piece}`.text)).join(''),
  );
}

/** Judges what a process said; `cmd` is what `register` sees as the command. */
export function processResult(reply: Reply, cmd: Value, given: ProcessParams): ActionResult {
  const whole = reply.stdout.toString('utf8');
  const took = TOOK.exec(whole);
  const out = took ? whole.slice(0, took.index) : whole;
  const end = out.indexOf('\n');
  const head = out.slice(0, Math.max(end, 0));
  const how = head.startsWith(RUN) ? RUN : head;
  const none = { start: null, end: null, delta: null };
  const skip = (path: string, why: string): ActionResult => {
    const msg = `Did not run command since '${path}' ${why}`;
    const texts = output(`skipped, since ${path} ${why}`, '', given);
    return {
      changed: false,
      skipped: msg,
      data: { cmd, rc: 0, changed: false, ...texts, ...none, msg },
    };
  };
  if (how === CREATES) return skip(String(given.creates), 'exists');
  if (how === REMOVES) return skip(String(given.removes), 'does not exist');
  if (how === CHDIR) {
    const msg = `Unable to change directory before execution: ${errno(out.slice(end + 1).trim())}: b'${String(given.chdir)}'`;
    const texts = output('', '', given);
    return {
      changed: false,
      failed: msg,
      data: { cmd, rc: null, changed: false, ...texts, ...none, msg },
    };
  }
  const rest = how === RUN ? out.slice(end + 1) : out;
  const texts = output(rest, reply.stderr.toString('utf8'), given);
  const times = timesOf(head.slice(RUN.length + 1), took);
  const data = { cmd, rc: reply.exit, changed: !given.reads, ...texts, ...times, ...cut(reply) };
  if (reply.exit === 0) return { changed: !given.reads, data: { ...data, msg: '' } };
  return {
    changed: !given.reads,
    failed: failure(reply.exit),
    data: { ...data, msg: 'non-zero return code' },
  };
}

const ERRORS: Readonly<Record<string, string>> = {
  2: 'No such file or directory',
  13: 'Permission denied',
  20: 'Not a directory',
};

/** As Python spells an error of the system. */
const errno = (number: string): string => `[Errno ${number}] ${ERRORS[number] ?? ''}`;

/** The last thing the script says: seconds since the machine started, before and after. */
const TOOK = /\norch took (\d+\.\d+) (\d+\.\d+)$/;

/** When it began, ended and how long that took, by the clock of the host and as Python prints it. */
function timesOf(began: string, took: RegExpExecArray | null): Readonly<Record<string, string>> {
  const start = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?/.exec(began);
  if (!start || !took) return {};
  const [year, month, day, hour, minute, second, micros = 0] = start.slice(1).map(Number);
  const at =
    Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) * 1000 + (micros || 0);
  const delta = Math.max(0, Math.round((Number(took[2]) - Number(took[1])) * 1e6));
  return { start: dateText(at), end: dateText(at + delta), delta: deltaText(delta) };
}

const dateText = (micros: number): string =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace('T', ' ')}.${String(micros % 1e6).padStart(6, '0')}`;

function deltaText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${Math.floor(seconds / 3600) % 24}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86_400);
  return `${days === 0 ? '' : days === 1 ? '1 day, ' : `${days} days, `}${clock}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** The sentence for an exit status other than 0. */
export function failure(exit: number): string {
  const why =
    exit === 127 ? ': no such command on the host' : exit === 126 ? ': it cannot be executed' : '';
  return `non-zero return code ${exit}${why}`;
}

/** stdout and stderr as `register` sees them. */
export function output(
  stdout: string,
  stderr: string,
  { strip_empty_ends }: { readonly strip_empty_ends: boolean },
): Readonly<Record<string, Value>> {
  const strip = (text: string): string => (strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text);
  return {
    stdout: strip(stdout),
    stdout_lines: linesOf(strip(stdout)),
    stderr: strip(stderr),
    stderr_lines: linesOf(strip(stderr)),
  };
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** Says that output is missing, where it is. */
export const cut = (reply: Reply): Readonly<Record<string, Value>> =>
  reply.cut === undefined ? {} : { bytes_cut: reply.cut };

/** `command: make creates=x` is Ansible's old spelling; run as it stands it would do something else. */
export function oldSpelling(words: readonly string[], module: string): readonly Problem[] {
  const found = words.find((word) => /^(creates|removes|chdir|executable|stdin)=/.test(word));
  if (found === undefined) return [];
  const [name = '', value = ''] = found.split('=');
  return [
    {
      pointer: '/cmd',
      message: `"${found}" would be given to the command as a word of it`,
      hint: `Write a map: ${module}: { cmd: ..., ${name}: ${value} }.`,
    },
  ];
}
