import { OrchError, OrchErrors } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Source } from '../lib/source.ts';
import type { Entry } from '../model/tree.ts';
import { literalTree } from './python-literal.ts';
import { expandHosts } from './ranges.ts';
import { shellWords } from './shell-words.ts';
import type { Statement } from './statement.ts';

/** Where in the file reading is. */
interface Section {
  readonly group: string;
  readonly kind: 'hosts' | 'vars' | 'children';
  readonly source: Source;
}

/**
 * Reads an INI inventory: `[group]`, `[group:vars]`, `[group:children]`, host lines with `key=value`. Values are
 * Python literals, else text, as in Ansible. `known`: groups of inventories read before. Throws OrchErrors.
 */
export function parseIniInventory(
  file: string,
  text: string,
  known: { has(name: string): boolean } = new Set(),
): readonly Statement[] {
  const said: Statement[] = [];
  const errors: OrchError[] = [];
  const start = { file, line: 1, column: 1 };
  let section: Section = { group: 'ungrouped', kind: 'hosts', source: start };
  for (const [i, line] of text
    .replace(/^\u{feff}/u, '')
    .split(LINE_END)
    .entries()) {
    const column = line.search(/\S/) + 1;
    const source = { file, line: i + 1, column };
    if (column === 0 || /^[#;]/.test(line.trimStart())) continue;
    try {
      const found = readSection(line, source);
      if (found) {
        section = found;
        if (found.kind === 'vars')
          said.push({ kind: 'vars', group: found.group, vars: [], source });
        else said.push({ kind: 'group', name: found.group, source });
      } else said.push(...readLine(line, source, section));
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      errors.push(error);
    }
  }
  errors.push(...undeclared(said, known));
  if (errors.length > 0) throw new OrchErrors(errors);
  return inOrder(together(said), known);
}

/** Where Python's splitlines ends a line. */
const LINE_END = new RegExp(String.raw`\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]`);
const SECTION_HINT = 'Write [group], [group:vars] or [group:children], without blanks in between.';

function readSection(line: string, source: Source): Section | undefined {
  const text = line.trim();
  const match = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(text);
  if (!match) {
    if (/^\[[^\]]*\]?$|^\[.*\]$|^\[[^\]]*\]\s/.test(text))
      throw invalid(`This is no group: ${text}`, source, SECTION_HINT);
    return undefined;
  }
  const [, group = '', kind = 'hosts'] = match;
  if (kind === 'hosts' || kind === 'vars' || kind === 'children') return { group, kind, source };
  const close = didYouMean(kind, ['vars', 'children']);
  throw invalid(`A group has no part "${kind}".${close}`, source, SECTION_HINT);
}

function readLine(line: string, source: Source, { group, kind }: Section): readonly Statement[] {
  if (kind === 'vars') return [{ kind: 'vars', group, vars: [variableLine(line, source)], source }];
  if (kind === 'hosts') return [hostLine(line, source, group)];
  const match = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.trim());
  if (match) return [{ kind: 'child', parent: group, name: match[1] ?? '', source }];
  const [name = ''] = line.trim().split(/\s/);
  throw invalid(
    'A line of children names one group.',
    source,
    `Put the hosts of ${name} into [${name}].`,
  );
}

function variableLine(line: string, source: Source): Entry {
  const match = /^(\s*)([^=]*?)(\s*=\s*)(.*)$/.exec(line);
  const [, blank = '', key = '', equals = '', raw = ''] = match ?? [];
  if (!match || key === '')
    throw invalid('This is no variable.', source, 'Write name=value in a [group:vars] section.');
  const column = blank.length + key.length + equals.length + 1;
  return variable(key, raw.trim(), source, column);
}

function hostLine(line: string, source: Source, group: string): Statement {
  const words = shellWords(line);
  if ('unclosed' in words) {
    throw invalid(
      'A quote is never closed.',
      { ...source, column: words.unclosed + 1 },
      'Close it; a quote or backslash that is meant as such needs a backslash in front.',
    );
  }
  const [first, ...rest] = words;
  const written = first?.text ?? '';
  const { names, port } = expandHosts(written, source);
  if (written.endsWith(':') || written === '---' || written === '') {
    throw invalid(
      `"${written}" is no host.`,
      source,
      'A name:port has a number behind the colon; a YAML inventory is called .yml.',
    );
  }
  const vars = rest.map(({ text, column }) => {
    const equals = text.indexOf('=');
    if (equals >= 0) {
      const at = { ...source, column };
      return variable(text.slice(0, equals), text.slice(equals + 1), at, column + equals + 1);
    }
    throw invalid(
      `"${text}" is no variable of a host.`,
      { ...source, column },
      'Write one host a line, its variables as name=value behind it; quote values with blanks: name="a b".',
    );
  });
  return {
    kind: 'hosts',
    group,
    written,
    names,
    vars,
    source,
    ...(port === undefined ? {} : { port }),
  };
}

const variable = (key: string, raw: string, source: Source, column: number): Entry => ({
  key,
  keySource: source,
  value: literalTree(raw, { ...source, column }),
});

/** Groups that have children or variables must be there: as a section, or from an inventory before. */
function undeclared(
  said: readonly Statement[],
  known: { has(name: string): boolean },
): readonly OrchError[] {
  const declared = new Set(['all', 'ungrouped']);
  for (const one of said) if (one.kind === 'group') declared.add(one.name);
  const missing = new Map<string, Source>();
  for (const one of said) {
    const name = one.kind === 'child' ? one.name : one.kind === 'vars' ? one.group : undefined;
    if (name === undefined || declared.has(name) || known.has(name) || missing.has(name)) continue;
    missing.set(name, one.source);
  }
  return [...missing].map(([name, source]) =>
    invalid(
      `There is no group "${name}".${didYouMean(name, declared)}`,
      source,
      `Add a section [${name}].`,
    ),
  );
}

/** The variables of one section as one statement: they were given together. */
function together(said: readonly Statement[]): readonly Statement[] {
  const out: Statement[] = [];
  for (const one of said) {
    const last = out.at(-1);
    if (one.kind === 'vars' && last?.kind === 'vars' && last.group === one.group)
      out[out.length - 1] = { ...last, vars: [...last.vars, ...one.vars] };
    else out.push(one);
  }
  return out;
}

/** A child named before its section becomes one when the section comes: that is when Ansible puts it in its place. */
function inOrder(
  said: readonly Statement[],
  known: { has(name: string): boolean },
): readonly Statement[] {
  const there = new Set<string>(['all', 'ungrouped']);
  const waiting = new Map<string, Statement[]>();
  const out: Statement[] = [];
  for (const one of said) {
    if (one.kind === 'child' && !there.has(one.name) && !known.has(one.name)) {
      waiting.set(one.name, [...(waiting.get(one.name) ?? []), one]);
      continue;
    }
    out.push(
      ...(one.kind === 'vars' && !there.has(one.group)
        ? [{ kind: 'group' as const, name: one.group, source: one.source }, one]
        : [one]),
    );
    if (one.kind === 'vars') there.add(one.group);
    if (one.kind !== 'group') continue;
    there.add(one.name);
    out.push(...(waiting.get(one.name) ?? []));
    waiting.delete(one.name);
  }
  return [...out, ...[...waiting.values()].flat()];
}

const invalid = (message: string, source: Source, hint: string): OrchError =>
  new OrchError('INVENTORY_INVALID', message, { source, hint });
