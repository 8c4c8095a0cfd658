import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

import { matchesList } from './known-hosts.ts';
import { type Pair, readOptions, type SshOptions } from './ssh-options.ts';

/** The blocks of ssh's configuration files, in reading order. */
export interface SshConfig {
  readonly blocks: readonly Block[];
  /** What only ssh itself can decide, by place: `~/.ssh/config:3: Match exec ...`; then `ssh -G` is asked. */
  readonly beyond: readonly string[];
  readonly files: readonly string[];
  readonly home: string;
}

interface Block {
  /** Which host names it is for. */
  readonly applies: (name: string) => boolean;
  readonly pairs: readonly Pair[];
}

/** What is known of a host before its configuration is read. */
export interface Given {
  readonly user?: string | undefined;
  readonly port?: string | undefined;
}

const MAX_DEPTH = 16;

/** Reads configuration files, following `Include`. Files that are not there, or not ours to read, are empty. */
export function readSshConfig(files: readonly string[], home: string): SshConfig {
  const beyond: string[] = [];
  const blocks: Block[] = [];
  for (const file of files) readInto(file, { home, blocks, beyond, within: () => true }, 0);
  return { blocks, beyond, files, home };
}

/**
 * What the configuration says for a host as it was named, as `ssh -G` answers; the first value of each option wins.
 * `ssh -G` itself is asked where a configuration needs more than names: Match exec or user, canonical names, tokens.
 */
export function sshOptionsFor(config: SshConfig, name: string, given: Given = {}): SshOptions {
  const asked = config.beyond.length > 0 ? askSsh(config, name, given) : undefined;
  if (asked) return asked;
  const pairs = config.blocks.flatMap((block) => (block.applies(name) ? block.pairs : []));
  const { options } = readOptions(pairs);
  const hostName = options.hostName?.replace(/%([%h])/g, (_, token) =>
    token === 'h' ? name : '%',
  );
  return hostName === undefined ? options : { ...options, hostName };
}

/** The answer of the system's ssh; nothing when there is no such program. */
function askSsh({ files, home }: SshConfig, name: string, given: Given): SshOptions | undefined {
  const own = home === userInfo().homedir ? [] : ['-F', files[0] ?? 'none'];
  const user = given.user === undefined ? [] : ['-l', given.user];
  const port = given.port === undefined ? [] : ['-p', given.port];
  try {
    const text = execFileSync('ssh', ['-G', ...own, ...user, ...port, '--', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
    const pairs = text.split('\n').map((line): Pair => {
      const at = line.indexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return readOptions(pairs.filter(([key]) => key !== '')).options;
  } catch {
    return undefined;
  }
}

interface Reading {
  readonly home: string;
  readonly blocks: Block[];
  readonly beyond: string[];
  /** An Include inside a Host block counts only for its hosts. */
  readonly within: (name: string) => boolean;
}

/** Whether a line asks for what only ssh can answer. */
const askedOfSsh = (name: string, value: string): boolean =>
  name === 'canonicalizehostname'
    ? !/^(no|false)$/i.test(value)
    : (name === 'hostname' && /%[^h%]/.test(value)) ||
      (['identityfile', 'userknownhostsfile', 'identityagent'].includes(name) &&
        /%[^%dhnpru]|\$\{/.test(value));

function readInto(file: string, reading: Reading, depth: number): void {
  const text = orEmpty(() => readFileSync(file, 'utf8'), '');
  let applies = reading.within;
  for (const [i, line] of text.split('\n').entries()) {
    const [, key = '', value = ''] =
      /^\s*([A-Za-z0-9]+)\s*(?:=|\s)\s*(.*?)\s*$/.exec(uncommented(line)) ?? [];
    const name = key.toLowerCase();
    if (name === 'host' || name === 'match') {
      const test = name === 'host' ? hostTest(value) : matchTest(value);
      if (!test) reading.beyond.push(`${file}:${i + 1}: Match ${value}`);
      applies = (host) => reading.within(host) && (test?.(host) ?? false);
    } else if (name === 'include' && depth < MAX_DEPTH) {
      for (const part of included(value, reading.home)) {
        readInto(part, { ...reading, within: applies }, depth + 1);
      }
    } else if (name !== '') {
      if (askedOfSsh(name, value)) reading.beyond.push(`${file}:${i + 1}: ${key} ${value}`);
      reading.blocks.push({ applies, pairs: [[key, unquotedWhole(value)]] });
    }
  }
}

/** A line without what follows a ` #` outside quotes. */
const uncommented = (line: string): string =>
  line.trimStart().startsWith('#') ? '' : line.replace(/^((?:[^"#]|"[^"]*"|\S#)*?)\s#[^"]*$/, '$1');

/** `"value"` for options of one word; lists of files keep their quotes. */
const unquotedWhole = (value: string): string =>
  /^"[^"]*"$/.test(value) && !value.includes(' ') ? value.slice(1, -1) : value;

const words = (text: string): readonly string[] =>
  (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

const hostTest = (value: string) => {
  const patterns = words(value);
  return (name: string): boolean => matchesList(patterns, name);
};

function matchTest(value: string): ((name: string) => boolean) | undefined {
  const [kind = '', patterns, ...more] = words(value.replace('=', ' '));
  if (/^all$/i.test(kind) && patterns === undefined) return () => true;
  // `Match host` looks at the HostName that is known so far: only ssh can say.
  if (!/^originalhost$/i.test(kind) || patterns === undefined || more.length > 0) return undefined;
  return (name) => matchesList(patterns.split(','), name);
}

/** Files an Include names: relative to ~/.ssh, `*` and `?` in the last part. */
function included(value: string, home: string): readonly string[] {
  const found: string[] = [];
  for (const word of words(value)) {
    const expanded = word.replace(/^~(?=\/)/, home);
    const path = isAbsolute(expanded) ? expanded : join(home, '.ssh', expanded);
    if (!/[*?]/.test(path)) found.push(path);
    else {
      const names = orEmpty(() => readdirSync(dirname(path)), []);
      const hits = names.filter((name) => matchesList([basename(path)], name)).sort();
      found.push(...hits.map((name) => join(dirname(path), name)));
    }
  }
  return found;
}

function orEmpty<T>(read: () => T, empty: T): T {
  try {
    return read();
  } catch {
    return empty;
  }
}
