import { oncePer } from '../../lib/once.ts';
import { readPortItems } from './port-items.ts';
import type { Port } from './ports.ts';
import { asSource } from './sources.ts';
import type { Config, ListEdit } from './zone-edit.ts';
import { aliasPersist, configsOf } from './zone-edit.ts';
import type { NamedZone, ZoneParams } from './zone-params.ts';
import { asRich } from './zone-rich.ts';

/** The lists of a zone that firewalld_zone manages, by argument name. */
export const LIST_KEYS = [
  'interfaces',
  'sources',
  'services',
  'ports',
  'protocols',
  'rich_rules',
] as const;
/** The name of such a list. */
export type ListKey = (typeof LIST_KEYS)[number];
type TextKey = Exclude<ListKey, 'ports'>;

/** ansible.posix's argument for one entry of a list. */
export const SINGULAR = {
  interfaces: 'interface',
  sources: 'source',
  services: 'service',
  ports: 'port',
  protocols: 'protocol',
  rich_rules: 'rich_rule',
} as const satisfies Record<ListKey, keyof ZoneParams>;

/** The arguments of firewalld_zone with aliases resolved and entries in their one spelling. */
export interface ZoneIntent {
  readonly zone: string;
  readonly deletes: boolean;
  readonly lists: Readonly<Record<TextKey, ListEdit>>;
  readonly ports: {
    readonly add: readonly Port[];
    readonly remove: readonly Port[];
    readonly exclusive: boolean;
  };
  /** Lists the task gives, for notes. */
  readonly given: readonly ListKey[];
  readonly target: 'default' | 'ACCEPT' | 'DROP' | '%%REJECT%%' | undefined;
  readonly masquerade: boolean | undefined;
  readonly forward: boolean | undefined;
  readonly icmpBlockInversion: boolean | undefined;
  readonly configs: readonly Config[];
  readonly mayWriteOffline: boolean;
  readonly warnings: readonly string[];
}

/** Reads the arguments; entries that `zoneProblems` complains of are left as they are. */
export const zoneIntent: (params: NamedZone) => ZoneIntent = oncePer((params) => {
  const removing = params.state === 'disabled';
  const given = LIST_KEYS.filter(
    (key) => params[key] !== undefined || params[SINGULAR[key]] !== undefined,
  );
  const exclusive = (key: ListKey): boolean =>
    !removing &&
    given.includes(key) &&
    (Array.isArray(params.exclusive) ? params.exclusive.includes(key) : params.exclusive);
  const edit = (key: TextKey, spell: (text: string) => string): ListEdit => {
    const named = textsOf(params, key).map(spell);
    const remove = (params.remove?.[key] ?? []).map(spell);
    if (removing) return { remove: [...named, ...remove] };
    return { add: named, remove, only: exclusive(key) ? named : undefined };
  };
  const same = (text: string): string => text;
  const switched = (on: boolean | undefined): boolean | undefined =>
    removing && on !== undefined ? !on : on;
  const named = readPortItems(portsOf(params), '/ports');
  const removed = readPortItems(params.remove?.ports ?? [], '/remove/ports');
  return {
    zone: params.zone,
    deletes: params.state === 'absent',
    lists: {
      interfaces: edit('interfaces', same),
      sources: edit('sources', asSource),
      services: edit('services', same),
      protocols: edit('protocols', same),
      rich_rules: edit('rich_rules', asRich),
    },
    ports: {
      add: removing ? [] : named.ports,
      remove: removing ? [...named.ports, ...removed.ports] : removed.ports,
      exclusive: exclusive('ports'),
    },
    given: removing ? [] : given,
    target: targetOf(params, removing),
    masquerade: switched(params.masquerade),
    forward: switched(params.forward),
    icmpBlockInversion: switched(params.icmp_block_inversion),
    configs: configsOf(aliasPersist(params.permanent, params.immediate) ?? params.persist),
    mayWriteOffline: params.offline !== 'never' && params.offline !== false,
    warnings: [...named.warnings, ...removed.warnings],
  };
});

function targetOf({ target }: ZoneParams, removing: boolean): ZoneIntent['target'] {
  if (removing && target !== undefined) return 'default';
  return target === 'REJECT' ? '%%REJECT%%' : target;
}

const textsOf = (params: ZoneParams, key: TextKey): readonly string[] => {
  const one = params[SINGULAR[key]];
  return [...(params[key] ?? []), ...(one === undefined ? [] : [one])];
};

const portsOf = (params: ZoneParams): readonly unknown[] => [
  ...(params.ports ?? []),
  ...(params.port === undefined ? [] : [params.port]),
];
