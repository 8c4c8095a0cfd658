import { breachesOf } from '../engine/breaches.ts';
import { exposureChanges } from '../engine/exposure.ts';
import { ruledBy } from '../engine/ruled.ts';
import { OrchError } from '../lib/errors.ts';
import type { ExposureChange, Exposures } from '../model/exposure.ts';
import type { AnyModule, InspectModule, Inspection } from '../model/module.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';
import { plain, type Tree } from '../model/tree.ts';
import { Unknown, type Value } from '../model/value.ts';
import { firewalldFacts } from '../modules/firewalld/firewalld-facts.ts';

/** Name of the module that tells exposures; no playbook of a user has it. */
export const ASKS = 'orch_firewall_exposure';

/** What the task about a rule is given: which rule, and what its values came to. */
interface Asked {
  readonly rule?: number;
  readonly values?: Readonly<Record<string, Value>>;
}

/** Tells what is reachable now, or where a rule of the policy does not hold. Changes nothing. */
export function exposureModule(rules: readonly PolicyRule[]): AnyModule {
  const { resource, scope } = firewalldFacts;
  const module: InspectModule<Asked, unknown, never, never> = {
    ...firewalldFacts,
    name: ASKS,
    resource: resource as never,
    scope: () => ({ ...scope({ zones: [] }), definitions: true }),
    inspect: (seen, { rule, values }) => {
      const exposures = resource.exposure?.(seen);
      if (!exposures) throw new OrchError('INTERNAL', 'firewalld tells no exposure');
      const asked = rule === undefined ? undefined : rules[rule];
      const told = asked ? answer(asked, values ?? {}, exposures) : reached(exposures);
      return { ...NOTHING, data: told as unknown as Record<string, Value> };
    },
  };
  return module;
}

const NOTHING: Omit<Inspection, 'data'> = { findings: [], notes: [], warnings: [] };

const CLOSED: Exposures = { now: new Map(), later: new Map() };

const reached = (exposures: Exposures): { readonly exposure: readonly ExposureChange[] } => ({
  exposure: exposureChanges(CLOSED, exposures),
});

const KEYS = ['ports', 'onlyFrom', 'from', 'notFrom', 'interfaces'] as const;

function answer(
  rule: PolicyRule,
  values: Readonly<Record<string, Value>>,
  exposures: Exposures,
): { readonly breaches: readonly ExposureChange[]; readonly why?: string } {
  const known = new Map<Tree, Value>();
  for (const key of KEYS) {
    const tree = rule[key];
    if (tree) known.set(tree, values[key] ?? null);
  }
  const ruled = ruledBy(rule, { resolve: (tree) => known.get(tree) ?? null });
  if (ruled instanceof Unknown) return { breaches: [], why: ruled.why };
  return { breaches: breachesOf(ruled, exposures) };
}

/** The task about a rule: names of rules may hold anything. */
export const taskOf = (rule: number): string => `rule ${rule}`;

/** A playbook that asks for exposures, and for each rule on the hosts it is about. JSON is YAML. */
export function exposurePlaybook(
  hosts: readonly string[],
  policy: Policy | undefined,
  isMeant: (rule: PolicyRule, host: string) => boolean,
): string {
  const rules = policy?.rules ?? [];
  const tasks = rules.map((rule, i) => ({
    name: taskOf(i),
    [ASKS]: {
      rule: i,
      values: Object.fromEntries(
        KEYS.flatMap((key) => {
          const tree = rule[key];
          return tree ? [[key, plain(tree)]] : [];
        }),
      ),
    },
    when: `inventory_hostname in ${JSON.stringify(hosts.filter((host) => isMeant(rule, host)))}`,
    ignore_errors: true,
  }));
  const first = { name: 'exposure', [ASKS]: {} };
  // Facts are gathered only where a rule reads them.
  const facts = JSON.stringify(tasks).includes('ansible_');
  return JSON.stringify([
    { name: 'orch firewall exposure', hosts, gather_facts: facts, tasks: [first, ...tasks] },
  ]);
}
