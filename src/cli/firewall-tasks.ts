import type { Value } from '../model/value.ts';

type Settings = Readonly<Record<string, Value>>;

/** What `firewalld_facts` told of a host. */
export interface SeenFirewall {
  readonly running: boolean;
  readonly version: string;
  readonly default_zone: string;
  readonly zones: Readonly<
    Record<string, { readonly runtime: Settings | null; readonly permanent: Settings | null }>
  >;
  readonly oddities: readonly string[];
}

/** Arguments of firewalld_zone in the order they are written. */
const WRITTEN = [
  ...['target', 'interfaces', 'sources', 'services', 'ports', 'protocols', 'rich_rules'],
  ...['forward', 'masquerade', 'icmp_block_inversion'],
] as const;

/** Settings that no module manages: told in a comment, never dropped in silence. */
const UNMANAGED = ['source_ports', 'forward_ports', 'icmp_blocks'] as const;

/** A playbook of one host whose tasks are the zones as they were seen: run there, it changes nothing. */
export function firewallTasks(
  host: string,
  seen: SeenFirewall,
  options: { readonly exclusive: boolean },
): string {
  const zones = Object.entries(seen.zones);
  const tasks = zones.flatMap(([name, zone]) => tasksOf(name, zone, seen, options.exclusive));
  const comments = [
    `firewalld ${seen.version}${seen.running ? '' : ', not running: what comes after a start'}, as seen on ${host}.`,
    ...seen.oddities.map((oddity) => `Besides the zones: ${oddity}`),
  ];
  return [
    ...comments.map((text) => `# ${oneComment(text)}`),
    `- name: ${quoted(`Zones of ${host}`)}`,
    `  hosts: ${quoted(host)}`,
    '  become: true',
    '  gather_facts: false',
    ...(tasks.length > 0 ? ['  tasks:', tasks.join('\n')] : ['  tasks: []']),
    '',
  ].join('\n');
}

function tasksOf(
  name: string,
  { runtime, permanent }: SeenFirewall['zones'][string],
  seen: SeenFirewall,
  exclusive: boolean,
): readonly string[] {
  const isDefault = seen.default_zone === name;
  const task = (says: string, settings: Settings, persist?: string): string =>
    taskText(says, name, settings, {
      isDefault: isDefault && persist === undefined,
      exclusive,
      persist,
    });
  const one = permanent ?? runtime;
  if (!one) return [];
  if (!seen.running) return permanent ? [task(`Zone ${name}`, permanent)] : [];
  if (runtime && permanent && same(runtime, permanent)) return [task(`Zone ${name}`, permanent)];
  return [
    ...(permanent ? [task(`Zone ${name}, after a reload or reboot`, permanent, 'permanent')] : []),
    ...(runtime ? [task(`Zone ${name}, as it runs`, runtime, 'runtime')] : []),
    ...(isDefault
      ? [taskText(`Zone ${name} is the default`, name, {}, { isDefault, exclusive: false })]
      : []),
  ];
}

const same = (a: Settings, b: Settings): boolean =>
  WRITTEN.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));

function taskText(
  says: string,
  zone: string,
  settings: Settings,
  more: {
    readonly isDefault: boolean;
    readonly exclusive: boolean;
    readonly persist?: string | undefined;
  },
): string {
  const lost = UNMANAGED.flatMap((key) => {
    const value = settings[key];
    return Array.isArray(value) && value.length > 0
      ? [
          `    # Not managed by orch, ${key.replace('_', ' ')}: ${oneComment(value.map(String).join(', '))}`,
        ]
      : [];
  });
  // A target is the zone's in both configurations: the task for the permanent one names it.
  const rows = WRITTEN.filter((key) => key !== 'target' || more.persist !== 'runtime').flatMap(
    (key) => rowOf(key, settings[key], more.exclusive),
  );
  return [
    ...lost,
    `    - name: ${quoted(says)}`,
    '      firewalld_zone:',
    `        zone: ${quoted(zone)}`,
    ...rows.map((row) => `        ${row}`),
    ...(more.isDefault ? ['        default: true'] : []),
    ...(more.exclusive ? ['        exclusive: true'] : []),
    ...(more.persist === undefined ? [] : [`        persist: ${more.persist}`]),
  ].join('\n');
}

/** An argument as YAML; nothing where it says nothing. An empty list means something only where lists are complete. */
function rowOf(key: string, value: Value | undefined, exclusive: boolean): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [`${key}: ${scalar(value as string | boolean)}`];
  const items = value as readonly string[];
  if (items.length === 0) return exclusive ? [`${key}: []`] : [];
  const flow = `${key}: [${items.map(scalar).join(', ')}]`;
  if (flow.length <= 110) return [flow];
  return [`${key}:`, ...items.map((item) => `  - ${scalar(item)}`)];
}

/** What YAML takes for the same text without quotes. */
const PLAIN = /^[A-Za-z0-9/][A-Za-z0-9._/-]*$/;
const NOT_TEXT =
  /^(?:true|false|yes|no|on|off|y|n|null|nan|inf|[-+0-9._]*(?:e[-+]?\d+)?|0[xo][0-9a-f]+)$/i;

const scalar = (value: string | boolean): string =>
  typeof value === 'boolean' ? String(value) : quoted(value);

/** Text of a host as YAML: never a template, whatever it holds. */
function quoted(text: string): string {
  if (PLAIN.test(text) && !NOT_TEXT.test(text)) return text;
  const json = JSON.stringify(text);
  return /\{[{%#]/.test(text) ? `!unsafe ${json}` : json;
}

const oneComment = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
