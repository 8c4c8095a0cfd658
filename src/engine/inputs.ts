import { isTemplate } from '../model/tree.ts';
import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Input, Play } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { Float, MASK, Secret, Unknown, type Value, isLazy, isMap } from '../model/value.ts';
import { showSource } from '../lib/source.ts';
import { show } from './show.ts';

/** A host, and its variables as the play sees them. */
interface Seen {
  readonly host: string;
  readonly scope: Scope;
}

/** A problem that several hosts may share. */
interface Problem {
  readonly code: 'INPUT_MISSING' | 'INPUT_INVALID';
  readonly before: string;
  readonly after: string;
  readonly hint: string;
}

/** What is wrong with the inputs of a play, each thing once with its hosts; asked before any host is contacted. */
export function inputProblems(play: Play, hosts: readonly Seen[]): readonly OrchError[] {
  return play.inputs.flatMap((input) => {
    const errors: OrchError[] = [];
    const shared = new Map<string, { readonly problem: Problem; readonly hosts: string[] }>();
    for (const { host, scope } of hosts) {
      const found = problem(input, scope);
      if (!found) continue;
      if (found instanceof OrchError) {
        if (!errors.some((error) => error.message === found.message)) errors.push(found);
        continue;
      }
      const key = JSON.stringify(found);
      const same = shared.get(key) ?? { problem: found, hosts: [] };
      same.hosts.push(host);
      shared.set(key, same);
    }
    return [...errors, ...[...shared.values()].map((one) => told(input, one.problem, one.hosts))];
  });
}

const told = (
  input: Input,
  { code, before, after, hint }: Problem,
  hosts: readonly string[],
): OrchError =>
  new OrchError(code, `${before} ${list(hosts)}${after}`, { source: input.source, hint });

const SHOWN = 5;

function list(hosts: readonly string[]): string {
  if (hosts.length === 1) return `host ${hosts[0] ?? ''}`;
  const more = hosts.length > SHOWN ? ` and ${hosts.length - SHOWN} more` : '';
  return `hosts ${hosts.slice(0, SHOWN).join(', ')}${more}`;
}

function problem(input: Input, scope: Scope): Problem | OrchError | undefined {
  const value = valueOf(input, scope);
  if (value instanceof OrchError) return value;
  const { name, description } = input;
  if (value === undefined) {
    const hint = `Set ${name} in the inventory, or pass -e ${name}=VALUE.`;
    const about = description === '' ? '' : ` (${description})`;
    const before = `input ${name}${about} is not set for`;
    return { code: 'INPUT_MISSING', before, after: '', hint };
  }
  if (value instanceof Unknown) return undefined;
  const wrong = mismatch(input, computed(input, scope, value));
  if (wrong === undefined) return undefined;
  const shown = input.secret ? MASK : show(value);
  const close = didYouMean(shown, (input.choices ?? []).map(String));
  const after = ` must be ${wrong}, is ${shown}${setAt(input, scope)}.${close}`;
  return {
    code: 'INPUT_INVALID',
    before: `input ${name} of`,
    after,
    hint:
      description === '' ? 'See `orch doc PLAYBOOK` for its inputs.' : `${name}: ${description}`,
  };
}

function valueOf(input: Input, scope: Scope): Value | undefined | OrchError {
  try {
    return scope.get(input.name);
  } catch (error) {
    if (error instanceof OrchError) return error.at(input.source);
    throw error;
  }
}

/** What a template computed is text; a number in it is as good as one. */
function computed({ name, type }: Pick<Input, 'name' | 'type'>, scope: Scope, value: Value): Value {
  if (value instanceof Secret) return computed({ name, type }, scope, value.reveal());
  if ((type !== 'integer' && type !== 'number') || typeof value !== 'string') return value;
  const given = scope.layers.map(({ vars }) => vars.get(name)).find((found) => found);
  const template = given !== undefined && 'tree' in given && isTemplate(given.tree);
  return template && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function setAt(input: Input, scope: Scope): string {
  const given = scope.layers
    .map((layer) => ({ layer, given: layer.vars.get(input.name) }))
    .find((l) => l.given);
  if (!given?.given) return '';
  if (!('tree' in given.given)) return ` (set by ${given.layer.name})`;
  const { source } = given.given.tree;
  return source.file === '-e' ? ' (set with -e)' : ` (set at ${showSource(source)})`;
}

function mismatch({ type, choices }: Input, value: Value): string | undefined {
  if (!IS[type](value)) return ARTICLE[type];
  if (choices && !choices.some((choice) => choice === value)) {
    return `one of ${choices.join(', ')}`;
  }
  return undefined;
}

const text = (value: Value): boolean => typeof value === 'string' || value instanceof Secret;

const IS: Readonly<Record<Input['type'], (value: Value) => boolean>> = {
  string: text,
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  number: (value) => typeof value === 'number' || value instanceof Float,
  boolean: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  map: (value) => isMap(value) || isLazy(value),
};

const ARTICLE: Readonly<Record<Input['type'], string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
};
