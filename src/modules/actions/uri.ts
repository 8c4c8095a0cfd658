import type { FromSchema } from 'json-schema-to-ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, ParamsSchema } from '../../model/module.ts';
import { type Value, Secret } from '../../model/value.ts';
import { pythonJson } from '../file/source.ts';
import { pathWord } from '../file/tools.ts';
import { URL_PARAMS, curlWith, nameIn, option, requestOptions } from './curl.ts';

const params = {
  type: 'object',
  description: 'Asks a web server from the host, with curl, and judges the answer by its status.',
  properties: {
    ...URL_PARAMS,
    method: {
      type: 'string',
      default: 'GET',
      description: 'The method: GET, POST, PUT, DELETE ...',
    },
    body: {
      description: 'What is sent: a text, or with body_format a map or list.',
      'x-secret': true,
    },
    body_format: {
      enum: ['form-urlencoded', 'json', 'raw'],
      default: 'raw',
      description:
        'How body is written; sets Content-Type unless headers do: for raw that of forms.',
    },
    src: { type: 'string', description: 'A file of the host that is sent, instead of body.' },
    status_code: {
      type: 'array',
      items: { type: 'integer' },
      default: [200],
      description: 'Answers with one of these are success.',
    },
    return_content: {
      type: 'boolean',
      default: false,
      description: 'Tells what the server sent; JSON is always told, as json.',
    },
    dest: {
      type: 'string',
      description: 'A file or folder of the host that takes what the server sent.',
    },
    follow_redirects: {
      enum: ['all', 'none', 'safe', 'urllib2', 'yes', 'no'],
      default: 'safe',
      description: 'Which redirections are followed; safe: those of GET and HEAD.',
    },
    creates: { type: 'string', description: 'When this is on the host, nothing is asked.' },
    removes: { type: 'string', description: 'When this is not on the host, nothing is asked.' },
  },
  required: ['url'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of uri, defaults filled in. */
export type UriParams = FromSchema<typeof params>;

/** A request to a web server, made on the host. */
export const uri: ActionModule<UriParams> = {
  kind: 'action',
  name: 'uri',
  params,
  example: `- uri:
    url: https://127.0.0.1:6443/readyz
    validate_certs: false
    status_code: [200, 401]
  register: ready
`,
  reads: () => false,
  script: (given) => {
    const { creates, removes, dest } = given;
    return lines([
      ...(creates === undefined
        ? []
        : [sh`if [ -e ${pathWord(creates)} ]; then echo exists; exit 0; fi`]),
      ...(removes === undefined
        ? []
        : [sh`if [ ! -e ${pathWord(removes)} ]; then echo missing; exit 0; fi`]),
      curlWith(optionsOf(given)),
      raw('u=$(umask); umask 077; d=$(mktemp -d) || exit 1; trap \'rm -rf "$d"\' EXIT'),
      raw(
        `w=$(orch_curl -D "$d/h" -o "$d/b" -w '%{http_code} %{time_total} %{url_effective}') || exit`,
      ),
      ...(dest === undefined
        ? []
        : [
            sh`p=${pathWord(dest)}; if [ -d "$p" ]; then p=\${p%/}/${nameIn(given.url)}; fi`,
            raw('umask "$u"; [ ! -e "$d/b" ] || cat "$d/b" >"$p" || exit 1'),
          ]),
      raw(
        `[ -e "$d/b" ] || : >"$d/b"; printf 'asked\\n%s\\n%s\\n' "$w" "$p"; cat "$d/h"; printf '\\0'; cat "$d/b"`,
      ),
    ]);
  },
  parse({ stdout, stderr, exit }, given): ActionResult {
    const text = stdout.toString('latin1');
    if (text === 'exists\n') return skipped(`skipped, since '${given.creates ?? ''}' exists`);
    if (text === 'missing\n')
      return skipped(`skipped, since '${given.removes ?? ''}' does not exist`);
    if (exit !== 0 || !text.startsWith('asked\n')) {
      const why = stderr.toString('utf8').trim() || `curl ended with ${exit}`;
      const msg = `Status code was -1 and not ${list(given.status_code)}: Request failed: ${why}`;
      return {
        changed: false,
        failed: msg,
        data: { changed: false, status: -1, url: given.url, msg },
      };
    }
    return answered(stdout, given);
  },
};

function optionsOf(given: UriParams): readonly string[] {
  const { method, follow_redirects: follow, src } = given;
  const verb = method.toUpperCase();
  const follows =
    follow === 'all' ||
    follow === 'yes' ||
    ((follow === 'safe' || follow === 'urllib2') && /^(GET|HEAD)$/.test(verb));
  const body = bodyOf(given);
  const named = Object.keys(given.headers ?? {}).some((name) => /^content-type$/i.test(name));
  const type = {
    json: 'application/json',
    'form-urlencoded': 'application/x-www-form-urlencoded',
    raw: undefined,
  }[given.body_format];
  return [
    ...requestOptions(given, 30),
    verb === 'HEAD' ? 'head' : option('request', verb),
    ...(follows ? ['location'] : []),
    ...(body === undefined ? [] : [option('data-raw', body)]),
    ...(src === undefined ? [] : [option('data-binary', `@${src}`)]),
    ...(named || type === undefined || (body === undefined && src === undefined)
      ? []
      : [option('header', `Content-Type: ${type}`)]),
  ];
}

/** What is sent, as text. Reveals secrets: it goes to the host alone. */
function bodyOf({ body, body_format: format }: UriParams): string | undefined {
  if (body === undefined || body === null) return undefined;
  const value = revealed(body);
  if (typeof value === 'string' && format !== 'json') return value;
  if (format === 'json') return typeof value === 'string' ? value : pythonJson(value);
  if (format === 'form-urlencoded' && typeof value === 'object' && value !== null) {
    const pairs = Array.isArray(value) ? (value as [string, unknown][]) : Object.entries(value);
    return new URLSearchParams(
      pairs.flatMap(([key, one]) =>
        (Array.isArray(one) ? (one as readonly unknown[]) : [one]).map((v): [string, string] => [
          key,
          String(v),
        ]),
      ),
    ).toString();
  }
  return typeof value === 'object' ? pythonJson(value) : JSON.stringify(value);
}

const revealed = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
};

const list = (codes: readonly number[]): string => `[${codes.join(', ')}]`;

const skipped = (msg: string): ActionResult => ({
  changed: false,
  skipped: msg,
  data: { changed: false, stdout: msg, stdout_lines: [msg] },
});

function answered(stdout: Buffer, given: UriParams): ActionResult {
  const cut = stdout.indexOf(0);
  const [, line = '', path = '', ...headerLines] = stdout.toString('latin1', 0, cut).split(/\r?\n/);
  const [code = '', time = '0', ...rest] = line.split(' ');
  const status = Number(code);
  const content = stdout.subarray(cut + 1).toString('utf8');
  const { headers, cookies, reason } = headersOf(headerLines);
  const json = /\bjson\b/.test(headers['content_type'] ?? '') ? parsed(content) : undefined;
  const ok = given.status_code.includes(status);
  const wrote = given.dest !== undefined && ok;
  const data: Record<string, Value> = {
    ...headers,
    changed: wrote,
    status,
    url: rest.join(' '),
    redirected: rest.join(' ') !== given.url,
    elapsed: Math.floor(Number(time)),
    cookies,
    cookies_string: Object.entries(cookies)
      .map((pair) => pair.join('='))
      .join('; '),
    msg:
      status < 300
        ? `OK (${headers['content_length'] ?? 'unknown'} bytes)`
        : `HTTP Error ${status}: ${reason}`,
    ...(given.dest === undefined ? {} : { path: Buffer.from(path, 'latin1').toString('utf8') }),
    ...(json === undefined ? {} : { json }),
    ...(given.return_content || !ok ? { content } : {}),
  };
  if (ok) return { changed: wrote, data };
  const msg = `Status code was ${status} and not ${list(given.status_code)}: HTTP Error ${status}: ${reason}`;
  return { changed: false, failed: msg, data: { ...data, msg } };
}

interface Answer {
  readonly headers: Record<string, string>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** Headers of the last answer, under the names that results have: `content_type`. */
function headersOf(all: readonly string[]): Answer {
  const last = all.findLastIndex((line) => line.startsWith('HTTP/'));
  const headers = new Map<string, string>();
  const cookies: [string, string][] = [];
  for (const line of all.slice(last + 1)) {
    const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    const cookie = /^set-cookie$/i.test(name) ? /^([^=;]+)=([^;]*)/.exec(value) : null;
    if (cookie) cookies.push([cookie[1] ?? '', cookie[2] ?? '']);
    if (name !== '') headers.set(name.toLowerCase().replaceAll('-', '_'), value);
  }
  return {
    headers: Object.fromEntries(headers),
    cookies: Object.fromEntries(cookies),
    reason: all[last]?.split(' ').slice(2).join(' ') ?? '',
  };
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
