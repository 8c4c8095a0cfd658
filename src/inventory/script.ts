import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Vault } from '../model/vault.ts';
import { isMap, type Value, type ValueMap } from '../model/value.ts';
import type { Entry, Tree } from '../model/tree.ts';
import { treeOf } from './python-literal.ts';
import type { Statement } from './statement.ts';

/** How a program ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Programs of this machine that make inventories. */
export interface Programs {
  /** Whether a file may be run. */
  executable(path: string): boolean;
  /** Runs it and waits. Throws OrchError when it cannot be started. */
  run(path: string, args: readonly string[]): Ran;
}

/**
 * What an inventory program says: `--list` prints groups as JSON; variables of hosts come from `_meta.hostvars`, or
 * where there is none from `--host NAME`. Throws OrchError INVENTORY_INVALID with what the program wrote.
 */
export function runScript(
  file: string,
  programs: Programs,
  vault: Vault | undefined,
): readonly Statement[] {
  const source = { file, line: 1, column: 1 };
  const listed = answer(file, ['--list'], programs);
  if (!isMap(listed)) throw broken(file, '--list', 'it prints no map of groups', '');
  const reader = new Reader(source, vault);
  for (const [name, group] of Object.entries(listed)) {
    if (name !== '_meta') reader.group(name, group);
  }
  const meta = own(listed, '_meta');
  const all = isMap(meta) ? own(meta, 'hostvars') : undefined;
  for (const name of reader.hosts) {
    const vars =
      all === undefined
        ? answer(file, ['--host', name], programs)
        : isMap(all)
          ? own(all, name)
          : undefined;
    reader.host(name, vars);
  }
  return reader.said;
}

const own = (map: ValueMap, key: string): Value | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

function answer(file: string, args: readonly string[], programs: Programs): Value {
  const { stdout, stderr, exit } = programs.run(file, args);
  const how = args.join(' ');
  if (exit !== 0) throw broken(file, how, `it ended with exit code ${exit}`, stderr);
  if (args[0] === '--host' && stdout.trim() === '') return {};
  try {
    return JSON.parse(stdout) as Value;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw broken(file, how, `what it prints is no JSON (${why})`, stderr);
  }
}

/** Turns the JSON of a program into statements. */
class Reader {
  readonly said: Statement[] = [];
  readonly hosts = new Set<string>();
  readonly #source: Source;
  readonly #vault: Vault | undefined;

  constructor(source: Source, vault: Vault | undefined) {
    this.#source = source;
    this.#vault = vault;
  }

  group(name: string, given: Value): void {
    const source = this.#source;
    this.said.push({ kind: 'group', name, source });
    const data = this.#normal(name, given);
    const hosts = own(data, 'hosts');
    if (hosts !== undefined) {
      if (!Array.isArray(hosts)) throw this.#bad(name, 'hosts', 'a list of names');
      for (const host of hosts as readonly Value[]) {
        if (typeof host !== 'string' || host === '')
          throw this.#bad(name, 'hosts', 'a list of names');
        this.hosts.add(host);
        this.said.push({
          kind: 'hosts',
          group: name,
          written: host,
          names: [host],
          vars: [],
          source,
        });
      }
    }
    const vars = own(data, 'vars');
    if (vars !== undefined) {
      if (!isMap(vars)) throw this.#bad(name, 'vars', 'a map');
      this.said.push({ kind: 'vars', group: name, vars: this.#entries(vars), source });
    }
    const children = own(data, 'children');
    for (const child of Array.isArray(children) ? (children as readonly Value[]) : []) {
      if (typeof child !== 'string') throw this.#bad(name, 'children', 'a list of names');
      this.said.push({ kind: 'child', parent: name, name: child, source });
    }
  }

  host(name: string, vars: Value | undefined): void {
    if (vars === undefined || vars === null) return;
    if (!isMap(vars)) throw this.#bad(name, 'hostvars', 'a map');
    const source = this.#source;
    this.said.push({
      kind: 'hosts',
      written: name,
      names: [name],
      vars: this.#entries(vars),
      source,
    });
  }

  /** The short forms: a list is the hosts; a map of something else is a host of that name with variables. */
  #normal(name: string, given: Value): ValueMap {
    if (!isMap(given)) return { hosts: given };
    const known = ['hosts', 'vars', 'children'].some((key) => Object.hasOwn(given, key));
    return known ? given : { hosts: [name], vars: given };
  }

  #entries(vars: ValueMap): readonly Entry[] {
    return Object.entries(vars).map(([key, value]) => ({
      ...{ key, keySource: this.#source, value: this.#tree(value) },
    }));
  }

  /** JSON as trees; `__ansible_vault` and `__ansible_unsafe` are what Ansible's JSON means by them. */
  #tree(value: Value): Tree {
    const source = this.#source;
    if (Array.isArray(value)) {
      const items = (value as readonly Value[]).map((item) => this.#tree(item));
      return { kind: 'list', items, source };
    }
    if (!isMap(value)) return treeOf(value, source);
    const encrypted = own(value, '__ansible_vault');
    if (typeof encrypted === 'string' && this.#vault) return this.#vault.scalar(encrypted, source);
    const unsafe = own(value, '__ansible_unsafe');
    if (typeof unsafe === 'string') return { kind: 'scalar', value: unsafe, source, literal: true };
    return { kind: 'map', entries: this.#entries(value), source };
  }

  #bad(name: string, part: string, wanted: string): OrchError {
    return new OrchError(
      'INVENTORY_INVALID',
      `The ${part} of "${name}" that ${this.#source.file} prints are not ${wanted}.`,
      { source: this.#source, hint: `See what it prints: ${this.#source.file} --list` },
    );
  }
}

const broken = (file: string, how: string, why: string, stderr: string): OrchError =>
  new OrchError('INVENTORY_INVALID', `The inventory program ${file} ${how} failed: ${why}.`, {
    source: { file, line: 1, column: 1 },
    hint:
      stderr.trim() === ''
        ? `See what it prints: ${file} ${how}`
        : `It wrote: ${stderr.trim().slice(0, 500)}`,
  });
