import { OrchError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { redactor } from '../lib/redact.ts';
import type { Source } from '../lib/source.ts';
import { oneLine } from '../lib/visible.ts';
import { selectHosts } from '../inventory/patterns.ts';
import { shortName } from '../inventory/ranking.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { HiddenNames } from '../model/hidden.ts';
import type { Playbook } from '../model/play.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import { hasTemplate } from '../model/tree.ts';
import type { Value } from '../model/value.ts';
import { createEvaluator } from '../template/evaluator.ts';
import { cover } from '../template/hidden.ts';
import { playLayers, type Told } from './explain-layers.ts';
import type { ExplainFlags } from './flags.ts';
import { asWritten } from './inventory-text.ts';
import type { Io } from './io.ts';
import { noteSecrets } from './secrets.ts';
import { loadBooks, loadInventoryFor, withImported } from './wiring.ts';
import { openWorld } from './world.ts';

/** One place that gives a variable a value. */
interface Row {
  readonly layer: string;
  readonly source: Source | undefined;
  readonly written: string;
  readonly value: string | undefined;
  /** It is the value that counts, everywhere in the play. */
  readonly wins: boolean;
  /** It counts in one task or block only. */
  readonly within: string | undefined;
}

/** Tells where a variable of a host comes from: every layer that has it, strongest first, and what it comes to. */
export async function explain(
  name: string,
  playbooks: readonly string[],
  flags: ExplainFlags,
  io: Io,
): Promise<number> {
  const world = await openWorld(flags);
  const books = playbooks.length > 0 ? await loadBooks(playbooks, world) : [];
  const { limit, ...rest } = flags;
  const found = loadInventoryFor(rest, world, withImported(playbooks, books));
  const hosts = selectHosts(found.inventory, limit ?? 'all', { read: world.files.read });
  const clean = redactor(world.secrets);
  const told = hosts.map((host) => {
    const layers = layersOf(host, found.extraVars, books);
    noteSecrets(
      layers.map(({ layer }) => layer),
      world.secrets,
      world.hidden,
    );
    return {
      host: host.name,
      rows: rowsOf(name, host, layers, { ...found, hidden: world.hidden }),
    };
  });
  const rows = told.flatMap((one) => one.rows);
  if (rows.length === 0) throw unknown(name, hosts, found.extraVars, books);
  if (flags.json) io.out(`${JSON.stringify(clean(told), null, 2)}\n`);
  else for (const one of told) io.out(clean(text(name, one.host, one.rows)));
  return 0;
}

const layersOf = (host: Host, extra: Layer, books: readonly Playbook[]): readonly Told[] => {
  const { above, below } = playLayers(books);
  return [{ layer: extra }, ...above, ...host.layers.map(ofHost), ...below];
};

/** Where playbooks are in several folders, files beside one count in its own plays. */
const ofHost = (layer: Layer): Told =>
  layer.beside === undefined ? { layer } : { layer, within: `plays of ${layer.beside}/` };

function rowsOf(
  name: string,
  host: Host,
  layers: readonly Told[],
  { inventory, hidden: names }: { readonly inventory: Inventory; readonly hidden: HiddenNames },
): readonly Row[] {
  const everywhere = layers.filter(({ within }) => within === undefined);
  const hiding = { names, note: () => undefined };
  const scope = createEvaluator({ hiding }).scope([
    magic(host, inventory),
    ...everywhere.map(({ layer }) => layer),
  ]);
  let won = false;
  return layers.flatMap(({ layer, within }) => {
    const given = layer.vars.get(name);
    if (!given) return [];
    const wins = !won && within === undefined;
    won ||= wins;
    const source = 'tree' in given ? given.tree.source : undefined;
    const hidden = names.get(name);
    const masked = (value: Value): string =>
      json(hidden ? cover(value, hidden, () => undefined) : value);
    const shown = { written: masked(asWritten(given)), value: resolved(given, scope, masked) };
    return [{ layer: layer.name, source, ...shown, wins, within }];
  });
}

function magic(host: Host, inventory: Inventory): Layer {
  const vars = new Map<string, Given>([
    ['inventory_hostname', { value: host.name }],
    ['inventory_hostname_short', { value: shortName(host.name) }],
    ['group_names', { value: host.groups }],
    [
      'groups',
      {
        lazy: () =>
          Object.fromEntries([...inventory.groups].map(([key, group]) => [key, group.hosts])),
      },
    ],
  ]);
  return { name: 'set by orch', vars };
}

/** What a template comes to; nothing for a value that holds none. */
function resolved(given: Given, scope: Scope, shown: (value: Value) => string): string | undefined {
  if (!('tree' in given) || !hasTemplate(given.tree)) return undefined;
  try {
    return shown(scope.resolve(given.tree));
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    return `cannot be evaluated here: ${error.message}`;
  }
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && 'why' in item ? 'unknown' : item,
  );

function text(name: string, host: string, rows: readonly Row[]): string {
  if (rows.length === 0) return `${name} on ${host}: nothing has it\n`;
  const lines = rows.map(({ layer, source, written, value, wins, within }) => {
    const at = source ? ` ${source.file}:${source.line}:${source.column}` : '';
    const only = within === undefined ? '' : ` (only in ${within})`;
    const result = value === undefined ? '' : ` → ${value}`;
    return `${wins ? '=>' : '  '} ${layer}${only}${at}\n     ${oneLine(written + result)}`;
  });
  return `${name} on ${host}:\n${lines.join('\n')}\n`;
}

function unknown(
  name: string,
  hosts: readonly Host[],
  extra: Layer,
  books: readonly Playbook[],
): OrchError {
  const [host] = hosts;
  const names = new Set(
    (host ? layersOf(host, extra, books) : []).flatMap(({ layer }) => [...layer.vars.keys()]),
  );
  const close = nearest(name, names);
  return new OrchError(
    'VARIABLE_UNDEFINED',
    `Nothing gives a variable "${name}".${close === undefined ? '' : ` Did you mean "${close}"?`}`,
    { hint: 'register, set_fact and facts are known only while a playbook runs.' },
  );
}
