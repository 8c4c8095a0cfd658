import { createHash, getHashes } from 'node:crypto';
import { encodingOf } from '../bytes.ts';
import { failure, wrongType } from '../faults.ts';
import { json, pretty } from '../json.ts';
import { readJson } from '../json-read.ts';
import type { Filter, Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, numberOf, type Val } from '../values.ts';
import { yaml } from '../yaml.ts';
import { limitText } from '../faults.ts';
import type { Given } from '../runtime.ts';

/** Names of Python's hashes that OpenSSL calls otherwise. */
const OTHERWISE: Readonly<Record<string, string>> = {
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
};

function hash(value: Val, wanted: string): string {
  const algorithm = Object.hasOwn(OTHERWISE, wanted)
    ? (OTHERWISE[wanted] ?? wanted)
    : wanted.replaceAll('_', '-');
  if (!getHashes().includes(algorithm)) {
    throw failure(`There is no hash "${wanted}".`, 'Use sha256, sha512, sha1 or md5.');
  }
  return createHash(algorithm).update(text(value)).digest('hex');
}

const hashed = (algorithm: string): Filter => ({ params: [], run: (v) => hash(v, algorithm) });

function fromJson(value: Val): Val {
  if (!isText(value)) throw wrongType('The filter "from_json"', 'text', value);
  return readJson(text(value));
}

const encode: Filter = {
  params: ['encoding'],
  run: (value, given) =>
    Buffer.from(text(value), encodingOf(given.text('encoding', 'utf-8'))).toString('base64'),
};

const decode: Filter = {
  params: ['encoding'],
  run: (value, given) => {
    const letters = text(value).replace(/[^A-Za-z0-9+/=]/g, '');
    const bare = letters.replace(/=+$/, '');
    if (bare.length % 4 === 1 || letters.length % 4 !== 0) {
      throw failure('The text is not proper base64.', 'Was it cut?');
    }
    return Buffer.from(bare, 'base64').toString(encodingOf(given.text('encoding', 'utf-8')));
  },
};

/** The options that all the writers share; unknown ones are refused. */
function options(given: Given, names: readonly string[]): (name: string) => Val | undefined {
  const stray = [...given.extra.keys()].find((name) => !names.includes(name));
  if (stray !== undefined)
    throw failure(`The filter has no argument "${stray}".`, `Its arguments: ${names.join(', ')}.`);
  return (name) => given.extra.get(name);
}

const JSON_OPTIONS = [
  'indent',
  'sort_keys',
  'ensure_ascii',
  'separators',
  'vault_to_text',
  'preprocess_unsafe',
];

function writeJson(value: Val, given: Given, nice: boolean): string {
  const option = options(given, JSON_OPTIONS);
  const indent = numberOf(option('indent')) ?? (nice ? 4 : undefined);
  const separators = option('separators');
  const [comma, colon] = Array.isArray(separators)
    ? separators.map((part) => text(part as Val))
    : [indent === undefined ? ', ' : ',', ': '];
  const sortKeys = option('sort_keys') ?? nice;
  const ascii = option('ensure_ascii') !== false;
  return json(value, {
    indent,
    comma: comma ?? ', ',
    colon: colon ?? ': ',
    sortKeys: sortKeys === true,
    ascii,
  });
}

const YAML_OPTIONS = [
  'indent',
  'sort_keys',
  'width',
  'allow_unicode',
  'default_flow_style',
  'explicit_start',
];

function writeYaml(value: Val, given: Given, nice: boolean): string {
  const option = options(given, YAML_OPTIONS);
  const flow = option('default_flow_style') ?? (nice ? false : null);
  const width = numberOf(option('width')) ?? 80;
  return yaml(value, {
    indent: numberOf(option('indent')) ?? (nice ? 4 : 2),
    width: width === Infinity ? Number.MAX_SAFE_INTEGER : width,
    sortKeys: option('sort_keys') !== false,
    flow: flow === true ? 'all' : flow === false ? 'none' : 'leaves',
    explicitStart: option('explicit_start') === true,
    ascii: option('allow_unicode') === false,
  });
}

function documents(value: Val, runtime: Runtime): readonly Val[] {
  const parse = runtime.ports.yaml;
  if (!parse) throw failure('YAML cannot be read here.');
  limitText(text(value).length);
  return parse(text(value));
}

/** Filters to and from JSON, YAML, base64 and hashes. */
export const ENCODINGS: Readonly<Record<string, Filter>> = {
  b64encode: encode,
  b64decode: decode,
  hash: {
    params: ['hashtype'],
    run: (value, given) => hash(value, given.text('hashtype', 'sha1')),
  },
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  checksum: hashed('sha1'),
  from_json: { params: [], run: fromJson },
  to_json: { params: [], rest: true, run: (value, given) => writeJson(value, given, false) },
  to_nice_json: { params: [], rest: true, run: (value, given) => writeJson(value, given, true) },
  tojson: {
    params: ['indent'],
    run: (value, given) => {
      const indent = given.has('indent') ? given.integer('indent') : undefined;
      const comma = indent === undefined ? ', ' : ',';
      const written = json(value, { indent, comma, colon: ': ', sortKeys: true, ascii: true });
      return written.replace(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
    },
  },
  to_yaml: { params: [], rest: true, run: (value, given) => writeYaml(value, given, false) },
  to_nice_yaml: { params: [], rest: true, run: (value, given) => writeYaml(value, given, true) },
  from_yaml: {
    params: [],
    run: (value, _given, runtime) =>
      isText(value) ? (documents(value, runtime)[0] ?? null) : value,
  },
  from_yaml_all: {
    params: [],
    run: (value, _given, runtime) => (isText(value) ? documents(value, runtime) : value),
  },
  pprint: { params: [], run: (value) => pretty(value) },
};
