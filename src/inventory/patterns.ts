import { OrchError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Source } from '../lib/source.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import { isWild, orderTerms, splitPattern, splitSubscript, termRegex } from './terms.ts';

/** What may be said besides the pattern. */
export interface Selection {
  /** As --limit: a pattern of its own; `@FILE` in it stands for the lines of that file. */
  readonly limit?: string | undefined;
  /** Text of a file that the limit names. */
  readonly read?: (file: string) => string;
  /** Where the pattern was written. */
  readonly source?: Source | undefined;
  /** Terms that match nothing, and a pattern that leaves no host, are fine. */
  readonly allowEmpty?: boolean;
}

/**
 * The hosts a pattern of Ansible names, each once, in the order of its terms and of groups: `a:b` `a,b` `a:&b` `a:!b`,
 * globs, `~regex`, `group[0]`, `group[1:3]`, `group[-1]`, `all`, `*`. `localhost` needs no inventory. Throws
 * PATTERN_NO_MATCH for a term that matches nothing (an empty group is something), and for a limit that leaves nothing.
 * Empty when nothing is left of the pattern.
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string | readonly string[],
  { limit, read, source, allowEmpty = false }: Selection = {},
): readonly Host[] {
  const parts = typeof pattern === 'string' ? [pattern] : pattern;
  const asked = { text: parts.join(','), source, what: 'pattern', allowEmpty } as const;
  const chosen = evaluate(inventory, parts.flatMap(splitPattern), asked);
  if (limit === undefined) return chosen;
  const terms = splitPattern(limit).flatMap((term) =>
    term.startsWith('@') ? fromFile(term.slice(1), read) : [term],
  );
  const of = { text: limit, source: undefined, what: 'limit', allowEmpty } as const;
  const limited = new Set(evaluate(inventory, terms, of).map(({ name }) => name));
  return chosen.filter(({ name }) => limited.has(name));
}

interface Asked {
  readonly text: string;
  readonly source: Source | undefined;
  readonly what: 'pattern' | 'limit';
  readonly allowEmpty: boolean;
}

function fromFile(file: string, read: Selection['read']): readonly string[] {
  const text = read?.(file) ?? '';
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap(splitPattern);
}

function evaluate(inventory: Inventory, terms: readonly string[], asked: Asked): readonly Host[] {
  const missing: string[] = [];
  const found = new Map<string, Host>();
  for (const term of orderTerms(terms)) {
    const kind = /^[&!]/.exec(term)?.[0];
    const plain = kind === undefined ? term : term.slice(1);
    const exact = kind === undefined ? inventory.hosts.get(term) : undefined;
    const those = exact ? [exact] : match(inventory, plain);
    if (!those) missing.push(plain);
    else if (kind === undefined) for (const host of those) found.set(host.name, host);
    else {
      const names = new Set(those.map(({ name }) => name));
      for (const name of [...found.keys()])
        if (names.has(name) === (kind === '!')) found.delete(name);
    }
    // Of nothing, nothing is left.
    if (!those && kind === '&') found.clear();
  }
  const [first] = missing;
  if (!asked.allowEmpty && first !== undefined) throw noMatch(inventory, first, asked);
  // As in Ansible, a play whose pattern leaves no host has nothing to do; a limit that does is a mistake.
  if (found.size > 0 || asked.allowEmpty || asked.what === 'pattern') return [...found.values()];
  throw new OrchError('PATTERN_NO_MATCH', `The ${asked.what} "${asked.text}" leaves no host.`, {
    source: asked.source,
    hint: `The inventory (${inventory.files.join(', ')}) has ${inventory.hosts.size === 1 ? '1 host' : `${inventory.hosts.size} hosts`}; see \`orch inventory --graph\`.`,
  });
}

/** The hosts of one term; nothing when no host and no group is meant. */
function match(inventory: Inventory, term: string): readonly Host[] | undefined {
  const { base, from, to } = splitSubscript(term);
  const all = enumerate(inventory, base);
  if (!all || from === undefined) return all;
  // As in Ansible, the last one of a range belongs to it, and `[0:0]` is the first.
  if (to !== undefined && to !== 0) return all.slice(from, to === -1 ? undefined : to + 1);
  const one = all.at(from);
  // A position that is not there matches nothing; of an empty group none is there, and that is fine.
  return one ? [one] : all.length === 0 ? [] : undefined;
}

function enumerate(inventory: Inventory, term: string): readonly Host[] | undefined {
  const { hosts, groups } = inventory;
  const wild = isWild(term);
  const found = new Map<string, Host>();
  const put = (host: Host | undefined): unknown => host && found.set(host.name, host);
  const regex = wild ? regexOf(term) : undefined;
  let matched = false;
  const named = groups.get(term);
  const inside = regex
    ? [...groups.values()].filter(({ name }) => regex.test(name))
    : named
      ? [named]
      : [];
  for (const group of inside) {
    matched = true;
    for (const name of group.hosts) put(hosts.get(name));
  }
  if (regex) {
    for (const host of hosts.values()) if (regex.test(host.name)) put(host);
  } else if (!matched) put(hosts.get(term));
  if (found.size === 0) put(inventory.implicit(term));
  return found.size > 0 || matched || term === 'all' ? [...found.values()] : undefined;
}

function regexOf(term: string): RegExp {
  try {
    return termRegex(term);
  } catch (cause) {
    throw new OrchError('PATTERN_NO_MATCH', `"${term}" is no regular expression.`, {
      hint: 'Check its brackets; as in Ansible a pattern is split at colons, so use commas beside an expression.',
      cause,
    });
  }
}

function noMatch(inventory: Inventory, term: string, { text, source, what }: Asked): OrchError {
  if (inventory.files.length === 0) {
    return new OrchError('INVENTORY_NOT_FOUND', 'no inventory was named', {
      hint: 'Name one: -i FILE, or put one into inventories/.',
    });
  }
  const known = [
    ...inventory.groups.keys(),
    ...(inventory.hosts.size > 2000 ? [] : inventory.hosts.keys()),
  ];
  const close = nearest(term, known);
  const of = text === term ? '' : ` of the ${what} "${text}"`;
  const groups = [...inventory.groups.keys()].filter((name) => name !== 'ungrouped');
  const subject = of === '' ? `The ${what} "${term}"` : `"${term}"${of}`;
  return new OrchError(
    'PATTERN_NO_MATCH',
    `${subject} matches no host and no group.${close === undefined ? '' : ` Did you mean "${close}"?`}`,
    {
      source,
      hint: `Groups of the inventory: ${groups.slice(0, 12).join(', ')}${groups.length > 12 ? ', ...' : ''}; see \`orch inventory --graph\`.`,
    },
  );
}
