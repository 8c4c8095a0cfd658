import type { FromSchema } from 'json-schema-to-ts';
import type { Inspection, InspectModule, ParamsSchema, Problem } from '../../model/module.ts';
import { Unknown } from '../../model/value.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { FACT_NAMES } from './names.ts';
import { factNames, matching } from './filter.ts';
import { hostFacts, type FactsScope } from './resource.ts';
import { subsetsOf, subsetWords } from './subsets.ts';
import type { Facts } from './system.ts';

const params = {
  type: 'object',
  description:
    'Asks a host what it is: names, kernel, distribution, addresses, memory, disks, clock.',
  properties: {
    gather_subset: {
      anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }],
      default: ['all'],
      description:
        'What to ask: `all`, `min`, `hardware`, `network`, `virtual`; with `!` in front, what not to ask.',
    },
    filter: {
      anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }],
      default: [],
      description: 'Only facts whose names match one of these, such as `ansible_eth*`.',
    },
    fact_path: {
      type: 'string',
      default: '/etc/ansible/facts.d',
      description: 'Directory of local facts: `*.fact`, JSON, INI or programs that print them.',
    },
    gather_timeout: {
      type: 'integer',
      default: 10,
      description: 'Accepted for Ansible; one file system that does not answer costs 5 seconds.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of setup. */
export type SetupParams = FromSchema<typeof params>;

type Setup = InspectModule<SetupParams, FactsScope, null, Facts>;

const words = (given: unknown): readonly string[] =>
  (Array.isArray(given) ? (given as readonly unknown[]) : [given]).flatMap((one) =>
    typeof one === 'string' ? one.split(',').map((word) => word.trim()) : [],
  );

function problems(given: unknown): readonly Problem[] {
  const { gather_subset: subset } = given as { gather_subset?: unknown };
  if (subset instanceof Unknown) return [];
  return words(subset).flatMap((word) => {
    const plain = word.replace(/^!/, '');
    if (plain === '' || subsetWords.includes(plain)) return [];
    const close = didYouMean(plain, subsetWords);
    return [{ pointer: '/gather_subset', message: `There is no subset "${plain}".${close}` }];
  });
}

function scope({ gather_subset: subset, fact_path: path }: SetupParams): FactsScope {
  const wanted = words(subset).filter((word) => word !== '');
  // As in Ansible: both left out is nothing at all, for `min` is what is always gathered.
  const bare = wanted.length > 0 && wanted.every((word) => word === '!all' || word === '!min');
  return { subsets: subsetsOf(wanted), path, bare: bare && wanted.includes('!min') };
}

function inspect({ facts }: { readonly facts: Facts }, given: SetupParams): Inspection {
  const shown = matching(facts, words(given.filter));
  return {
    ...{ findings: [], notes: [], warnings: [] },
    data: { ansible_facts: factNames(shown) },
    facts: shown,
  };
}

const shared = {
  kind: 'inspect',
  params,
  problems,
  resource: hostFacts,
  scope,
  gives: ['ansible_facts', ...FACT_NAMES.map((name) => `ansible_${name}`)],
  inspect,
} as const;

/** The facts of a host, as Ansible's setup names them. */
export const setup: Setup = {
  ...shared,
  name: 'setup',
  example: `- name: What is this host?
  setup:
    gather_subset: [network]
    filter: ansible_default_ipv4
`,
};

/** What a play does by itself when something reads facts, as a task. */
export const gatherFacts: Setup = {
  ...shared,
  // Kept, and not told: it would fill journals with all that hosts are, once a play.
  inspect: (seen, given) => ({ ...inspect(seen, given), data: {} }),
  name: 'gather_facts',
  example: `- name: Ask again, the address has changed
  gather_facts:
`,
};
