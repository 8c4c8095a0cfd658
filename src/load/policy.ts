import { addressesOfWord } from '../lib/address-set.ts';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { portsOfWord } from '../lib/port-set.ts';
import type { Files } from '../model/files.ts';
import type { PolicyRule } from '../model/policy.ts';
import { entry, isTemplate, type MapTree, plain, sourceAt, type Tree } from '../model/tree.ts';
import { validators } from './generated/validators.js';
import { problemsOf } from './problems.ts';
import { parseYaml } from './yaml.ts';

/** The rules of a policy file. Throws OrchErrors with all that is wrong with it. */
export function loadPolicy(file: string, files: Files): readonly PolicyRule[] {
  const tree = parseYaml(file, files.read(file), files.vault);
  if (!tree) return [];
  if (tree.kind !== 'list')
    throw new OrchErrors([
      invalid('A policy is a list of rules.', tree, '', 'Begin each rule with `- name: ...`.'),
    ]);
  const errors: OrchError[] = [];
  const rules = tree.items.map((item) => ruleOf(item, errors));
  if (errors.length > 0) throw new OrchErrors(errors);
  return rules;
}

const DOES = ['reachable_only_from', 'reachable_from', 'not_reachable_from'] as const;

function ruleOf(tree: Tree, errors: OrchError[]): PolicyRule {
  const validator = validators['policy_rule'];
  if (validator?.(plain(tree)) === false) {
    const wording = { thing: 'key', whole: 'a rule' };
    for (const { message, pointer, hint, key } of problemsOf(validator.errors ?? [], wording))
      errors.push(invalid(message, tree, pointer, hint, key));
  } else if (!DOES.some((key) => entry(tree, key)))
    errors.push(
      invalid(
        'A rule says who reaches the ports.',
        tree,
        '',
        'Add reachable_only_from, reachable_from or not_reachable_from.',
      ),
    );
  else {
    misread(tree, 'ports', portsOfWord, 'names no port', errors);
    for (const key of DOES)
      misread(tree, key, addressesOfWord, 'is no address and no network', errors);
  }
  return made(tree as MapTree);
}

/** Words without templates are judged at once. */
function misread(
  tree: Tree,
  key: string,
  read: (word: string) => unknown,
  says: string,
  errors: OrchError[],
): void {
  const value = entry(tree, key)?.value;
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  for (const item of items) {
    if (item.kind !== 'scalar' || isTemplate(item) || typeof item.value !== 'string') continue;
    if (read(item.value) !== undefined) continue;
    const hint =
      key === 'ports'
        ? 'Write 22/tcp, 2379-2380/tcp, udp, gre or all.'
        : 'Write 10.0.0.5, 10.0.0.0/24, 2001:db8::/64, any, or a variable: "{{ node_subnets }}".';
    errors.push(invalid(`${JSON.stringify(item.value)} ${says}.`, item, '', hint));
  }
}

function made(tree: MapTree): PolicyRule {
  const get = (key: string): Tree | undefined => entry(tree, key)?.value;
  const [name, hosts, severity] = ['name', 'hosts', 'severity'].map((key) => {
    const value = get(key);
    return value && (plain(value) as string | readonly string[]);
  });
  const [only, from, not] = DOES.map(get);
  const interfaces = get('interfaces');
  return {
    name: typeof name === 'string' ? name : '',
    source: tree.source,
    hosts: hosts ?? 'all',
    hostsSource: get('hosts')?.source ?? tree.source,
    ports: get('ports') ?? tree,
    ...(only ? { onlyFrom: only } : {}),
    ...(from ? { from } : {}),
    ...(not ? { notFrom: not } : {}),
    ...(interfaces ? { interfaces } : {}),
    severity: severity === 'warn' ? 'warn' : 'error',
  };
}

const invalid = (
  message: string,
  tree: Tree,
  pointer: string,
  hint?: string,
  key?: boolean,
): OrchError =>
  new OrchError('POLICY_INVALID', message, { source: sourceAt(tree, pointer, key === true), hint });
