import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, Result, Seen, StateModule } from '../../model/module.ts';
import { Refusal } from '../../model/module.ts';
import { MASK, type Value, isMap } from '../../model/value.ts';
import { FLAGS, isSecretFlag } from './flag-table.ts';
import { flagProblems } from './flag-problems.ts';
import { presetFlags } from './preset.ts';
import { refusalOf } from './refusals.ts';
import { k3sConfig } from './resource.ts';
import {
  configIsNewer,
  type FlagValue,
  type K3sFacts,
  type K3sScope,
  type K3sState,
} from './state.ts';
import { MARKER, baseKey, fromParam, secretKeys, sorted } from './values.ts';
import { viewOf } from './view.ts';
import { warningsOf } from './warnings.ts';

const params = {
  type: 'object',
  description:
    'Flags of K3s in a configuration file of their own, written before or after K3s is installed. They are merged ' +
    'with all other files exactly as K3s does it, and what K3s would skip, crash on or misread is refused. ' +
    'Takes effect when K3s starts; this module does not restart it.',
  properties: {
    role: {
      enum: ['server', 'agent', 'auto'],
      default: 'auto',
      description: 'What the host is. auto: by the unit that is installed.',
    },
    flags: {
      type: 'object',
      default: {},
      additionalProperties: true,
      'x-secret': true,
      description:
        'Flags without dashes, as in the configuration file. null takes a flag out of our file; other keys in it stay.',
    },
    preset: {
      enum: ['segregated', 'shared', 'none'],
      default: 'none',
      description:
        'segregated: flannel-iface, node-ip, node-external-ip, and on servers advertise-address and tls-san, from the ' +
        'addresses of the two interfaces. shared: flannel-iface and node-ip from the internal one.',
    },
    internal_interface: {
      type: 'string',
      description: 'Interface of the network between the nodes; needed by presets.',
    },
    external_interface: {
      type: 'string',
      description: 'Interface towards the outside; needed by preset segregated.',
    },
    file: {
      type: 'string',
      pattern: '^/.*\\.ya?ml$',
      description:
        'The file to write. Left out: 50-orch-network.yaml in the drop-in folder of the configuration file K3s uses.',
    },
    replace: {
      type: 'boolean',
      default: false,
      description:
        'Write lists as `key:`, which discards the values of earlier files, not as `key+:`.',
    },
    allow_unknown: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Flags that orch does not know but your K3s does.',
    },
    force: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Flags whose dangerous change on a living cluster is wanted.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of k3s_flags, defaults filled in. */
export type K3sFlagsParams = Omit<FromSchema<typeof params>, 'flags'> & {
  readonly flags: Readonly<Record<string, Value>>;
};
type Now = Seen<K3sState, K3sFacts>;

/** Flags of K3s in a drop-in file. */
export const k3sFlags: StateModule<K3sFlagsParams, K3sScope, K3sState, K3sFacts> = {
  kind: 'state',
  name: 'k3s_flags',
  params,
  example: `- name: Nodes talk over the internal network
  k3s_flags:
    role: server
    preset: segregated
    internal_interface: eth1
    external_interface: eth0
    flags:
      write-kubeconfig-mode: "0644"
      tls-san: [api.example.com]
`,
  resource: k3sConfig,
  scope: ({ file, flags }) => ({
    ...(file === undefined ? {} : { file }),
    secrets: secretKeys(flags),
  }),
  problems,
  desired,
  result,
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const all = given as Readonly<Record<string, Value>>;
  const allowed = Array.isArray(all['allow_unknown'])
    ? (all['allow_unknown'] as readonly unknown[])
    : [];
  const found = [...flagProblems(all['flags'], all['role'], allowed)];
  const needs =
    all['preset'] === 'segregated'
      ? ['internal_interface', 'external_interface']
      : all['preset'] === 'shared'
        ? ['internal_interface']
        : [];
  for (const name of needs) {
    if (all[name] === undefined)
      found.push({
        pointer: '/preset',
        message: `the preset needs ${name}`,
        code: 'ARGUMENT_MISSING',
      });
  }
  return found;
}

const roleOf = ({ role }: K3sFlagsParams, { units }: K3sFacts): 'server' | 'agent' | undefined =>
  role === 'auto' ? units[0]?.role : role;

/** All flags the task gives: the preset's, then its own, which win; certificate names are joined. */
function given(wanted: K3sFlagsParams, facts: K3sFacts): Readonly<Record<string, Value>> | Refusal {
  const role = roleOf(wanted, facts);
  if (wanted.preset !== 'none' && role === undefined) {
    return new Refusal(
      'whether this host is a server or an agent cannot be seen: K3s is not installed yet',
      { pointer: '/role', hint: 'Set role: server or role: agent.' },
    );
  }
  const { preset, internal_interface, external_interface, flags } = wanted;
  const made = presetFlags(
    {
      preset,
      flags,
      ...(internal_interface === undefined ? {} : { internal_interface }),
      ...(external_interface === undefined ? {} : { external_interface }),
    },
    role ?? 'agent',
    facts,
  );
  if (made instanceof Refusal) return made;
  const names = made['tls-san'];
  const own = flags['tls-san'];
  if (!Array.isArray(names) || own === undefined || own === null) return { ...made, ...flags };
  const joined = [
    ...(names as readonly Value[]),
    ...(Array.isArray(own) ? (own as readonly Value[]) : [own]),
  ];
  return { ...made, ...flags, 'tls-san': joined };
}

function desired(current: Now, wanted: K3sFlagsParams): K3sState | Refusal {
  const { facts, state } = current;
  const flags = given(wanted, facts);
  if (flags instanceof Refusal) return flags;
  const touched = Object.keys(flags).map(baseKey);
  const next = apply(state, flags, wanted.replace);
  const refusal =
    refusalOf({
      facts,
      before: viewOf(facts, state),
      after: viewOf(facts, next),
      touched,
      role: roleOf(wanted, facts),
      segregated: wanted.preset === 'segregated',
      force: wanted.force,
    }) ?? foreignFile(current, next, wanted);
  return refusal ?? next;
}

function apply(
  state: K3sState,
  flags: Readonly<Record<string, Value>>,
  replace: boolean,
): K3sState {
  const next: Record<string, FlagValue> = { ...state.flags };
  for (const [key, value] of Object.entries(flags)) {
    const name = baseKey(key);
    for (const k of Object.keys(next)) if (baseKey(k) === name) Reflect.deleteProperty(next, k);
    if (value === null) continue;
    const made = fromParam(name, value);
    const appends = Array.isArray(made) && (key.endsWith('+') || !replace);
    next[appends ? `${name}+` : name] = made;
  }
  if (Object.keys(next).length === 0 && state.mode === null) return state;
  return { flags: sorted(next), mode: '0600', owner: 'root:root' };
}

/** Writing our form of a file that somebody else wrote would lose its comments. */
function foreignFile(
  { state, facts }: Now,
  next: K3sState,
  wanted: K3sFlagsParams,
): Refusal | undefined {
  if (facts.text === null || facts.text.reveal().startsWith(MARKER)) return undefined;
  if (wanted.force.includes('file') || JSON.stringify(state) === JSON.stringify(next))
    return undefined;
  return new Refusal(`${facts.file} was not written by orch: its comments would be lost`, {
    pointer: '/file',
    hint: 'Name another file of the drop-in folder, or set force: [file].',
  });
}

function result(before: K3sState, after: Now, wanted: K3sFlagsParams): Result {
  const { facts, state } = after;
  const { merged } = viewOf(facts, state);
  const role = roleOf(wanted, facts);
  const isChanged = JSON.stringify(before.flags) !== JSON.stringify(state.flags);
  const isStale = facts.startedAt !== null && (isChanged || configIsNewer(facts));
  const notes: string[] = [];
  if (isStale) notes.push('takes effect when K3s restarts: it runs since before the newest change');
  else if (!facts.installed) notes.push('K3s is not installed: it reads this when it first starts');
  const external = merged.get('node-external-ip')?.values[0];
  if (role === 'server' && external !== undefined && !merged.has('advertise-address'))
    notes.push(`advertise-address would be ${external} (it follows node-external-ip)`);
  return {
    data: {
      file: facts.file,
      role: role ?? 'unknown',
      restart_needed: isStale,
      flags: Object.fromEntries([...merged].map(([key, m]) => [key, shown(key, m.values, wanted)])),
    },
    notes,
    warnings: warningsOf(facts, state),
  };
}

function shown(key: string, values: readonly string[], wanted: K3sFlagsParams): Value {
  if (isSecretFlag(key) || secretKeys(wanted.flags).includes(key)) return MASK;
  const type = FLAGS.get(key)?.type;
  return type === 'list' || type === 'addresses' ? values : (values.at(-1) ?? '');
}
