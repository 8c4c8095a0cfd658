import { redact, SHORTEST } from '../lib/redact.ts';
import type { Outcome } from '../model/event.ts';
import type { HiddenNames } from '../model/hidden.ts';
import type { Given, Layer } from '../model/scope.ts';
import { isTemplate, plain, type Tree } from '../model/tree.ts';
import { Secret, type Value, isMap } from '../model/value.ts';
import { cover } from '../template/hidden.ts';

/** Variables of connections that are passwords, whoever wrote them down in the clear. */
const PASSWORDS = /^ansible_(ssh_|become_|sudo_)?pass(word)?$/;

/** What is known to be secret in this process so far, for what is said outside of any run: errors, and reports of crashes. */
let known: ReadonlySet<string> = new Set();

/** Makes a set, which may grow, the one that `masked` looks at. */
export const holdSecret = (secrets: ReadonlySet<string>): void => void (known = secrets);

/** A text without any secret that this process came across. */
export const masked = (text: string): string => (known.size === 0 ? text : redact(text, known));

/**
 * Adds every secret of some layers to the set that output is cleaned of: encrypted values, passwords, and what `hidden`
 * names.
 */
export function noteSecrets(
  layers: Iterable<Layer>,
  secrets: Set<string>,
  hidden: HiddenNames,
): void {
  for (const { vars } of new Set(layers)) {
    for (const [name, given] of vars) {
      if ('tree' in given) noteTree(given.tree, PASSWORDS.test(name), secrets);
      else if ('value' in given) noteValue(given.value, PASSWORDS.test(name), secrets);
      const whole = hidden.get(name);
      if (whole) cover(writtenIn(given), whole, (text) => secrets.add(text));
    }
  }
}

/** Adds what a task gives to variables that `hidden` names, by set_fact, include_vars or add_host, before it is told. */
export function noteGivenBy(
  { data, items = [] }: Pick<Outcome, 'data' | 'items'>,
  secrets: Set<string>,
  hidden: HiddenNames,
): void {
  const host = data?.['add_host'];
  const maps = [data?.['ansible_facts'], isMap(host) ? host['host_vars'] : undefined];
  for (const map of maps)
    for (const [name, whole] of isMap(map) ? hidden : [])
      if (isMap(map) && Object.hasOwn(map, name))
        cover(map[name] ?? null, whole, (text) => secrets.add(text));
  for (const { outcome } of items) noteGivenBy(outcome, secrets, hidden);
}

/** What a variable is given, without what only an evaluation could tell. */
function writtenIn(given: Given): Value {
  if ('value' in given) return given.value;
  if ('lazy' in given) return null;
  return plain(given.tree, (leaf) => (isTemplate(leaf) || leaf.secret ? null : leaf.value));
}

function noteTree(tree: Tree, isPassword: boolean, secrets: Set<string>): void {
  if (tree.kind === 'list') for (const item of tree.items) noteTree(item, isPassword, secrets);
  else if (tree.kind === 'map') {
    for (const { key, value } of tree.entries)
      noteTree(value, isPassword || PASSWORDS.test(key), secrets);
  } else if (tree.secret && tree.literal) return; // the vault notes it when it is opened
  else if (tree.secret || (isPassword && !isTemplate(tree))) noteValue(tree.value, true, secrets);
}

/** Adds a text that was made from secrets, unless one that stands in it as it was hides it already. */
export function noteMade(text: string, secrets: Set<string>): void {
  if (!holdsSecret(text, secrets)) secrets.add(text);
}

/** Whether a secret that is no ordinary word stands in a text. */
export function holdsSecret(text: string, secrets: ReadonlySet<string>): boolean {
  for (const secret of secrets)
    if (secret.length >= SHORTEST && text.includes(secret.trimEnd())) return true;
  return false;
}

/** Adds the text of a secret value; of any value when it is known to be a password. */
export function noteValue(
  value: Value | undefined,
  isPassword: boolean,
  secrets: Set<string>,
): void {
  if (value instanceof Secret) secrets.add(value.reveal());
  else if (isPassword && (typeof value === 'string' || typeof value === 'number'))
    secrets.add(String(value));
  else if (Array.isArray(value))
    for (const item of value as readonly Value[]) noteValue(item, isPassword, secrets);
  else if (isMap(value))
    for (const [key, item] of Object.entries(value))
      noteValue(item, isPassword || PASSWORDS.test(key), secrets);
}
