import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { IPTABLES_PARAMS } from './params.ts';
import { type ChainAsk, chains, type ChainsFacts, type ChainsState, nameOf } from './resource.ts';
import { ruleWords } from './words.ts';

const params = {
  type: 'object',
  description:
    'A rule, a chain or a policy of the packet filter, by iptables. As in Ansible it is about what runs now: after a reboot it is gone, unless something saves it (iptables-persistent).',
  properties: IPTABLES_PARAMS,
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of iptables, defaults filled in. */
export type IptablesParams = FromSchema<typeof params>;

function askOf(given: IptablesParams): ChainAsk {
  const rule = ruleWords(given);
  const what = given.flush
    ? 'flush'
    : given.policy !== undefined
      ? 'policy'
      : rule.length === 0 && given.chain_management
        ? 'chain'
        : 'rule';
  return {
    what,
    program: given.ip_version === 'ipv6' ? 'ip6tables' : 'iptables',
    table: given.table,
    chain: given.chain ?? '',
    rule: what === 'rule' ? rule : [],
    place: given.action === 'insert' ? (given.rule_num ?? '') : null,
    makes: given.chain_management,
    wait: given.wait === undefined ? [] : [given.wait],
  };
}

/** A rule, a chain or a policy of the packet filter. */
export const iptables: StateModule<IptablesParams, ChainAsk, ChainsState, ChainsFacts> = {
  kind: 'state',
  name: 'iptables',
  params,
  example: `- name: What belongs to a connection gets in
  iptables:
    chain: INPUT
    ctstate: [ESTABLISHED, RELATED]
    jump: ACCEPT
- name: So does the web
  iptables:
    chain: INPUT
    protocol: tcp
    destination_ports: ["80", "443"]
    jump: ACCEPT
    comment: web
`,
  resource: chains,
  scope: askOf,
  problems,
  desired({ state }, given) {
    const ask = askOf(given);
    const name = nameOf(ask);
    const there = given.state === 'present';
    switch (ask.what) {
      case 'flush':
        return { ...state, filled: { ...state.filled, [name]: 0 } };
      case 'policy':
        return { ...state, policies: { ...state.policies, [name]: given.policy ?? null } };
      case 'chain':
        return { ...state, chains: { ...state.chains, [name]: there } };
      case 'rule':
        return { ...state, rules: { ...state.rules, [name]: there } };
    }
  },
  result: (_before, _after, given) => ({
    data: {
      ...{ chain: given.chain ?? null, table: given.table, ip_version: given.ip_version },
      ...{ rule: askOf(given).rule.join(' '), state: given.state, flush: given.flush },
    },
    notes: [],
    warnings: [],
  }),
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const found: Problem[] = [];
  if (given['chain'] === undefined && given['flush'] !== true)
    found.push({ pointer: '', message: 'chain is missing' });
  if (given['flush'] === true && given['policy'] !== undefined)
    found.push({ pointer: '/flush', message: 'flush and policy exclude each other' });
  if (given['jump'] !== undefined && given['goto'] !== undefined)
    found.push({ pointer: '/goto', message: 'jump and goto exclude each other' });
  if (given['rule_num'] !== undefined && given['action'] !== 'insert')
    found.push({ pointer: '/rule_num', message: 'a place is only for action: insert' });
  return found;
}
