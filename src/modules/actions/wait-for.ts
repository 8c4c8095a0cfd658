import type { FromSchema } from 'json-schema-to-ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema, Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { isThere } from './wait-for-probe.ts';
import { attributesOf, groupsOf } from './wait-for-reply.ts';

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
      description:
        'The file, or what the port says, must hold a match: a regular expression of Python.',
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
    if (map['search_regex'] !== undefined && map['path'] === undefined && map['port'] === undefined)
      found.push({ pointer: '/search_regex', message: 'search_regex needs path or port' });
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
      isThere(given),
      sh`e=$((b+${given.timeout}))`,
      raw('while :; do'),
      raw('  if orch_there; then echo "$(($(date +%s)-b))"; orch_told; exit 0; fi'),
      raw('  [ "$(date +%s)" -lt "$e" ] || { echo "$(($(date +%s)-b))"; exit 68; }'),
      sh`  sleep ${given.sleep}`,
      raw('done'),
    ]),
  parse({ stdout, stderr, exit }, given) {
    const [first = '', second = '', ...seen] = stdout.toString('utf8').split('\n');
    const elapsed = Number(first.trim() || 0);
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
          ...groupsOf(given.search_regex, seen.join('\n')),
          ...attributesOf(second),
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
    if (search !== undefined && !gone)
      return `Timeout when waiting for search string ${search} in ${host}:${port}`;
    return `Timeout when waiting for ${host}:${port}${gone ? ' to stop.' : ''}`;
  }
  if (path === undefined) return 'Timeout';
  if (gone) return `Timeout when waiting for ${path} to be absent.`;
  return search === undefined
    ? `Timeout when waiting for file ${path}`
    : `Timeout when waiting for search string ${search} in ${path}`;
}
