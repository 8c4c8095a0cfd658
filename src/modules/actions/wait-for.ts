import type { FromSchema } from 'json-schema-to-ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema, Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { pathWord } from '../file/tools.ts';

const seconds = (preset: number, description: string) =>
  ({ type: 'integer', minimum: 0, default: preset, description }) as const;

const params = {
  type: 'object',
  description:
    'Waits on the host until a port is open or closed, or a file is there, gone, or holds a text. A port is tried ' +
    'with bash or nc: one of them has to be on the host.',
  properties: {
    host: { type: 'string', default: '127.0.0.1', description: 'Whose port, as the host sees it.' },
    port: { type: 'integer', minimum: 1, maximum: 65535, description: 'The port.' },
    path: { type: 'string', description: 'The file.' },
    search_regex: {
      type: 'string',
      description: 'A line of the file must hold a match: an extended regular expression.',
    },
    state: {
      enum: ['absent', 'drained', 'present', 'started', 'stopped'],
      default: 'started',
      description:
        'started or present: open, there; stopped or absent: closed, gone; drained: nobody is connected any more.',
    },
    delay: seconds(0, 'Seconds before it looks first.'),
    timeout: seconds(300, 'Seconds after which it fails.'),
    sleep: { type: 'integer', minimum: 1, default: 1, description: 'Seconds between looks.' },
    connect_timeout: seconds(5, 'Seconds for one try of a port.'),
    msg: { type: 'string', description: 'What it says when it fails.' },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of wait_for, defaults filled in. */
export type WaitForParams = FromSchema<typeof params>;

/** Waiting for a port or a file. */
export const waitFor: ActionModule<WaitForParams> = {
  kind: 'action',
  name: 'wait_for',
  params,
  example: `- wait_for: {port: 6443, timeout: 120}
- wait_for: {path: /var/lib/rancher/k3s/server/node-token}
`,
  problems(given): readonly Problem[] {
    const map = isMap(given) ? given : {};
    const found: Problem[] = [];
    if (map['port'] !== undefined && map['path'] !== undefined)
      found.push({
        pointer: '/path',
        message: 'port and path parameter can not both be passed to wait_for',
      });
    if (map['search_regex'] !== undefined && map['path'] === undefined)
      found.push({
        pointer: '/search_regex',
        message: 'search_regex needs path: what a port says is not read',
      });
    if (map['state'] === 'drained' && map['port'] === undefined)
      found.push({
        pointer: '/state',
        message: 'state=drained should only be used for checking a port',
      });
    return found;
  },
  reads: () => true,
  script: (given) =>
    lines([
      raw('b=$(date +%s)'),
      ...(given.delay > 0 ? [sh`sleep ${given.delay}`] : []),
      probeOf(given),
      sh`e=$((b+${given.timeout}))`,
      raw('while :; do'),
      raw('  if orch_there; then echo "$(($(date +%s)-b))"; exit 0; fi'),
      raw('  [ "$(date +%s)" -lt "$e" ] || { echo "$(($(date +%s)-b))"; exit 68; }'),
      sh`  sleep ${given.sleep}`,
      raw('done'),
    ]),
  parse({ stdout, stderr, exit }, given) {
    const elapsed = Number(stdout.toString('utf8').trim() || 0);
    if (exit === 0) {
      const { port = null, path = null, search_regex = null, state } = given;
      return {
        changed: false,
        data: {
          changed: false,
          elapsed,
          port,
          path,
          search_regex,
          state,
          match_groups: [],
          match_groupdict: {},
        },
      };
    }
    const failed =
      exit === 67
        ? 'the host has neither bash nor nc: a port cannot be tried'
        : exit === 68
          ? (given.msg ?? sentence(given))
          : stderr.toString('utf8').trim() || 'waiting failed';
    return { changed: false, failed, data: { changed: false, elapsed, msg: failed } };
  },
};

function sentence({ host, port, path, state, search_regex: search }: WaitForParams): string {
  const gone = state === 'stopped' || state === 'absent';
  if (port !== undefined) {
    if (state === 'drained') return `Timeout when waiting for ${host}:${port} to drain`;
    return `Timeout when waiting for ${host}:${port}${gone ? ' to stop.' : ''}`;
  }
  if (path === undefined) return 'Timeout';
  if (gone) return `Timeout when waiting for ${path} to be absent.`;
  return search === undefined
    ? `Timeout when waiting for file ${path}`
    : `Timeout when waiting for search string ${search} in ${path}`;
}

/** `orch_there` succeeds once what is waited for has come. */
function probeOf(given: WaitForParams): Shell {
  const { host, port, path, search_regex: search, state, connect_timeout: patience } = given;
  const gone = state === 'stopped' || state === 'absent';
  if (path !== undefined) {
    const word = pathWord(path);
    const there =
      search === undefined ? sh`[ -e ${word} ]` : sh`grep -Eq -e ${search} ${word} 2>/dev/null`;
    return sh`orch_there() { ${gone ? raw('! ') : raw('')}${there}; }`;
  }
  // Nothing to wait for: time passes.
  if (port === undefined) return sh`sleep ${given.timeout}; orch_there() { :; }`;
  if (state === 'drained') {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return sh`orch_there() { ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -Eq ${`^ *[0-9]+: [0-9A-F]+:${hex} [0-9A-F:]+ (01|02|03|04|05|08|09|0B) `}; }`;
  }
  const tries = Math.max(1, patience);
  return lines([
    sh`orch_port() {
  if command -v bash >/dev/null 2>&1; then timeout ${tries} bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${host} ${port} 2>/dev/null
  elif command -v nc >/dev/null 2>&1; then nc -z -w ${tries} ${host} ${port} >/dev/null 2>&1
  else exit 67; fi
}`,
    raw(gone ? 'orch_there() { ! orch_port; }' : 'orch_there() { orch_port; }'),
  ]);
}
