import { type Shell, raw, sh } from '../../lib/shell.ts';
import { Secret } from '../../model/value.ts';

/** Arguments about how a URL is asked for, as JSON Schema: shared by uri and get_url. */
export const URL_PARAMS = {
  url: { type: 'string', minLength: 1, description: 'The address: http, https or ftp.' },
  url_username: {
    type: 'string',
    description: 'Name for the login.',
    'x-aliases': ['username', 'user'],
  },
  url_password: {
    type: 'string',
    description: 'Password for the login.',
    'x-secret': true,
    'x-aliases': ['password'],
  },
  force_basic_auth: {
    type: 'boolean',
    default: false,
    description: 'Accepted: the login is always sent at once.',
  },
  headers: { type: 'object', description: 'Headers of the request, by name.', 'x-secret': true },
  validate_certs: { type: 'boolean', default: true, description: 'Certificates are checked.' },
  client_cert: {
    type: 'string',
    description: 'Certificate to log in with, a PEM file of the host.',
  },
  client_key: { type: 'string', description: 'Its key, when that is in another file.' },
  ca_path: {
    type: 'string',
    description: 'Certificates that are trusted, a PEM file of the host.',
  },
  http_agent: { type: 'string', default: 'ansible-httpget', description: 'What it calls itself.' },
  use_proxy: {
    type: 'boolean',
    default: true,
    description: 'Proxies of the environment are used.',
  },
  timeout: { type: 'integer', minimum: 1, description: 'Seconds for the whole request.' },
} as const;

/** What URL_PARAMS describes. */
export interface UrlParams {
  readonly url: string;
  readonly url_username?: string;
  readonly url_password?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly validate_certs: boolean;
  readonly client_cert?: string;
  readonly client_key?: string;
  readonly ca_path?: string;
  readonly http_agent: string;
  readonly use_proxy: boolean;
  readonly timeout?: number;
}

const plain = (value: unknown): string =>
  value instanceof Secret
    ? value.reveal()
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** One line of a curl configuration; what it says is in no list of processes. */
export const option = (name: string, value?: unknown): string =>
  value === undefined
    ? name
    : `${name} = "${plain(value)
        .replace(/["\\]/g, '\\$&')
        .replace(/\n/g, '\\n')
        .replace(/\r/g, '\\r')
        .replace(/\t/g, '\\t')}"`;

/** The options of a request. */
export function requestOptions(given: UrlParams, otherwise: number): readonly string[] {
  const { url_username: user, url_password: password, headers = {} } = given;
  return [
    option('url', given.url),
    'silent',
    'show-error',
    option('max-time', String(given.timeout ?? otherwise)),
    option('user-agent', given.http_agent),
    ...(user === undefined ? [] : [option('user', `${plain(user)}:${plain(password ?? '')}`)]),
    ...Object.entries(headers).map(([name, value]) => option('header', `${name}: ${plain(value)}`)),
    ...(given.validate_certs ? [] : ['insecure']),
    ...(given.client_cert === undefined ? [] : [option('cert', given.client_cert)]),
    ...(given.client_key === undefined ? [] : [option('key', given.client_key)]),
    ...(given.ca_path === undefined ? [] : [option('cacert', given.ca_path)]),
    ...(given.use_proxy ? [] : [option('noproxy', '*')]),
  ];
}

/** `orch_curl` asks with a configuration; exits 67 where there is no curl. */
export const curlWith = (options: readonly string[]): Shell => sh`${NEEDS}
orch_curl() { printf %s ${options.join('\n')} | curl -q -K - "$@"; }`;

const NEEDS = raw(
  'command -v curl >/dev/null 2>&1 || { echo "the host has no curl" >&2; exit 67; }',
);

/** The name a file of a URL has in a folder. */
export function nameIn(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/^[a-z]+:\/\/[^/]*/i, '');
  return path.slice(path.lastIndexOf('/') + 1) || 'index.html';
}
