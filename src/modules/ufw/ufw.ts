import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { effectFor, namesOf } from './rules.ts';
import { ufwFirewall } from './resource.ts';
import type { Asked, RuleWish, UfwFacts, UfwScope, UfwState } from './state.ts';
import { UFW_PARAMS } from './params.ts';

const params = {
  type: 'object',
  description:
    'The firewall ufw: a rule, a default, whether it runs. Rules are compared with what ufw has on disk, so a rule that is there costs nothing. ' +
    'A change that would keep out new SSH connections is refused.',
  properties: UFW_PARAMS,
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of ufw, defaults filled in. */
export type UfwParams = FromSchema<typeof params>;

/** The rule a task is about; nothing when it is about none. */
function askedBy(given: UfwParams): Asked | undefined {
  const { rule } = given;
  if (rule === undefined) return undefined;
  const out = given.direction === 'out' || given.direction === 'outgoing';
  const routed = given.route || given.direction === 'routed';
  const link = given.interface;
  const {
    interface_in: linkIn = out ? undefined : link,
    interface_out: linkOut = out ? link : undefined,
  } = given;
  const wish: RuleWish = {
    ...{ action: rule, log: given.log, route: routed, direction: out && !routed ? 'out' : 'in' },
    ...(linkIn === undefined ? {} : { interfaceIn: linkIn }),
    ...(linkOut === undefined ? {} : { interfaceOut: linkOut }),
    ...{ from: given.from_ip, to: given.to_ip, proto: given.proto },
    ...(given.from_port === undefined ? {} : { fromPort: given.from_port }),
    ...(given.to_port === undefined ? {} : { toPort: given.to_port }),
    ...(given.name === undefined ? {} : { app: given.name }),
    ...(given.comment === undefined ? {} : { comment: given.comment }),
  };
  return { wish, ...(given.insert === undefined ? {} : { insert: given.insert }) };
}

/** The firewall of Ubuntu and Debian. */
export const ufw: StateModule<UfwParams, UfwScope, UfwState, UfwFacts> = {
  kind: 'state',
  name: 'ufw',
  params,
  example: `- name: SSH gets in
  ufw:
    rule: limit
    port: 22
    proto: tcp
- name: Nodes reach each other
  ufw:
    rule: allow
    from_ip: 10.42.0.0/16
- name: Nothing else does
  ufw:
    state: enabled
    policy: deny
`,
  resource: ufwFirewall,
  scope(given) {
    const asked = askedBy(given);
    return asked ? { asked } : {};
  },
  problems,
  desired({ state, facts }, given) {
    const asked = askedBy(given);
    const reset = given.state === 'reset';
    const start: UfwState = reset ? { ...state, enabled: false, rules: {}, resets: 1 } : state;
    return {
      ...start,
      ...(given.state === 'enabled' ? { enabled: true } : {}),
      ...(given.state === 'disabled' ? { enabled: false } : {}),
      // What does not run reads nothing.
      ...(given.state === 'reloaded' && state.enabled ? { reloads: 1 } : {}),
      ...(given.default === undefined ? {} : { [chainOf(given)]: given.default }),
      ...(given.logging === undefined
        ? {}
        : { logging: given.logging === 'on' ? on(state.logging) : given.logging }),
      rules: asked ? withRule(start.rules, asked, facts, given.delete) : start.rules,
    };
  },
  once: ({ state }) => state === 'reset' || state === 'reloaded',
  allowsLockout: ({ allow_lockout }) => allow_lockout,
};

const on = (now: string): string => (now === 'off' ? 'low' : now);

const chainOf = ({ direction }: UfwParams): 'incoming' | 'outgoing' | 'routed' =>
  direction === 'out' || direction === 'outgoing'
    ? 'outgoing'
    : direction === 'routed'
      ? 'routed'
      : 'incoming';

/** A new rule goes behind all others, or before them where it is to be inserted; one that is there keeps its place. */
function withRule(
  rules: UfwState['rules'],
  { wish, insert }: Asked,
  facts: UfwFacts,
  gone: boolean,
): UfwState['rules'] {
  const effect = effectFor(wish);
  const names = namesOf(wish, facts);
  if (gone) {
    const bare = (text: string): string => text.split(' # ')[0] ?? '';
    return Object.fromEntries(
      Object.entries(rules).filter(
        ([name, has]) => !names.includes(name) || bare(has) !== bare(effect),
      ),
    );
  }
  // What is said about a rule is only compared where something is said.
  const kept = (has: string | undefined): string =>
    wish.comment === undefined && has?.split(' # ')[0] === effect ? has : effect;
  const fresh = Object.fromEntries(
    names.filter((name) => !Object.hasOwn(rules, name)).map((name) => [name, effect]),
  );
  const known = Object.fromEntries(
    Object.entries(rules).map(([name, has]) => [name, names.includes(name) ? kept(has) : has]),
  );
  return insert === 1 ? { ...fresh, ...known } : { ...known, ...fresh };
}

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const has = (key: string): boolean => given[key] !== undefined;
  const found: Problem[] = [];
  if (!['state', 'default', 'rule', 'logging'].some(has))
    found.push({
      pointer: '',
      message: 'nothing is asked for: state, default, rule or logging is missing',
    });
  if (has('interface') && (has('interface_in') || has('interface_out')))
    found.push({
      pointer: '/interface',
      message: 'interface excludes interface_in and interface_out',
    });
  if (has('interface') && !has('direction') && given['route'] !== true)
    found.push({
      pointer: '/interface',
      message: 'an interface needs a direction',
      hint: 'Set direction: in or out.',
    });
  if (has('name') && (has('to_port') || has('from_port')))
    found.push({
      pointer: '/name',
      message: 'a profile has its own ports: name excludes to_port and from_port',
    });
  for (const key of ['to_port', 'from_port']) {
    const port = given[key];
    const proto = given['proto'] ?? 'any';
    if (typeof port === 'string' && /[,:]/.test(port) && proto === 'any')
      found.push({
        pointer: `/${key}`,
        message: 'several ports need a protocol',
        hint: 'Set proto: tcp or udp.',
      });
  }
  return found;
}
