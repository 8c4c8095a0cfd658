import { Float, MASK, type Value } from '../model/value.ts';
import type { Group, Inventory } from '../model/inventory.ts';
import type { Given, Layer } from '../model/scope.ts';
import { plain } from '../model/tree.ts';

/** Variables as they were written, by name. */
export type Vars = Readonly<Record<string, unknown>>;

/** The variables of some layers as written, strongest last word, sorted; encrypted ones masked. */
export function varsOf(layers: readonly Layer[]): Vars {
  const vars = new Map<string, unknown>();
  for (const layer of [...layers].reverse()) {
    for (const [name, given] of layer.vars) vars.set(name, asWritten(given));
  }
  return sorted(Object.fromEntries(vars));
}

const sorted = (vars: Vars): Vars =>
  Object.fromEntries(Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A variable as it was written: templates are text, a secret is masked. */
export function asWritten(given: Given): Value {
  if ('value' in given) return given.value;
  if ('lazy' in given) return given.lazy();
  return plain(given.tree, (leaf) => {
    if (leaf.secret) return MASK;
    return leaf.float && typeof leaf.value === 'number' ? new Float(leaf.value) : leaf.value;
  });
}

/** What of an inventory is shown. */
export interface Shown {
  readonly inventory: Inventory;
  /** Hosts that --limit leaves. */
  readonly chosen: ReadonlySet<string>;
  /** The variables of a host, by name. */
  readonly varsOfHost: (name: string) => Vars;
  /** With `--export`: variables stay with the groups they belong to. */
  readonly export: boolean;
  /** With `--vars`. */
  readonly withVars: boolean;
}

const ownHosts = ({ chosen }: Shown, { own }: Group): readonly string[] =>
  own.filter((host) => chosen.has(host));

const groupVars = ({ layers, priority }: Group): Vars =>
  sorted({
    ...varsOf(layers),
    ...(priority === 1 ? {} : { ansible_group_priority: priority }),
  });

/** The inventory in the form inventory programs print, as `ansible-inventory --list`. */
export function listed(shown: Shown): unknown {
  const { inventory, chosen } = shown;
  const out: Record<string, unknown> = {};
  const seen = new Set<string>();
  const add = (group: Group): void => {
    const hosts = group.name === 'all' ? [] : ownHosts(shown, group);
    const vars = shown.export ? groupVars(group) : {};
    for (const name of group.children) {
      const child = inventory.groups.get(name);
      if (!child || seen.has(name)) continue;
      seen.add(name);
      add(child);
    }
    if (hosts.length + group.children.length + Object.keys(vars).length === 0) return;
    out[group.name] = {
      ...(group.children.length > 0 ? { children: group.children } : {}),
      ...(hosts.length > 0 ? { hosts } : {}),
      ...(Object.keys(vars).length > 0 ? { vars } : {}),
    };
  };
  const all = inventory.groups.get('all');
  if (all) add(all);
  const hostvars = (all?.hosts ?? [])
    .filter((name) => chosen.has(name))
    .map((name) => [name, shown.varsOfHost(name)] as const)
    .filter(([, vars]) => Object.keys(vars).length > 0);
  const groups = Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1));
  return { _meta: { hostvars: Object.fromEntries(hostvars) }, ...Object.fromEntries(groups) };
}

/** The inventory as a YAML inventory would say it, as `ansible-inventory --list --yaml`; each host's variables once. */
export function nested(shown: Shown): unknown {
  const { inventory } = shown;
  const told = new Set<string>();
  const make = (group: Group): Readonly<Record<string, unknown>> => {
    const children = Object.fromEntries(
      group.children.flatMap((name) => {
        const child = inventory.groups.get(name);
        return child ? [[name, make(child)]] : [];
      }),
    );
    const names = group.name === 'all' ? [] : ownHosts(shown, group);
    const hosts = Object.fromEntries(
      names.map((name) => {
        const vars = told.has(name) ? {} : shown.varsOfHost(name);
        told.add(name);
        return [name, vars];
      }),
    );
    const vars = shown.export ? groupVars(group) : {};
    const parts = Object.entries({ children, hosts, vars });
    return Object.fromEntries(parts.filter(([, part]) => Object.keys(part).length > 0));
  };
  const all = inventory.groups.get('all');
  return all ? { all: make(all) } : {};
}

/** Groups and hosts as a tree, as `ansible-inventory --graph`. */
export function graph(shown: Shown, start: Group): string {
  const lines: string[] = [];
  const add = (text: string, depth: number): unknown =>
    lines.push(depth > 0 ? `${'  |'.repeat(depth)}--${text}` : text);
  const vars = (given: Vars, depth: number): void => {
    if (!shown.withVars) return;
    for (const [name, value] of Object.entries(given))
      add(`{${name} = ${pythonText(value)}}`, depth);
  };
  const group = (one: Group, depth: number): void => {
    add(`@${one.name}:`, depth);
    for (const name of one.children) {
      const child = shown.inventory.groups.get(name);
      if (child) group(child, depth + 1);
    }
    for (const host of one.name === 'all' ? [] : ownHosts(shown, one)) {
      add(host, depth + 1);
      vars(shown.varsOfHost(host), depth + 2);
    }
    vars(groupVars(one), depth + 1);
  };
  group(start, 0);
  return `${lines.join('\n')}\n`;
}

/** A value as Python prints it: what the tree of ansible-inventory shows. */
function pythonText(value: unknown, inner = false): string {
  if (typeof value === 'string') return inner ? pythonQuoted(value) : value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((item) => pythonText(item, true)).join(', ')}]`;
  if (value instanceof Float) return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${pythonQuoted(key)}: ${pythonText(item, true)}`,
  );
  return `{${pairs.join(', ')}}`;
}

function pythonQuoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}
