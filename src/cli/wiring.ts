import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { nodeFiles } from '../load/node-files.ts';
import type { LoadOptions } from '../load/loading.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { validateParams } from '../load/validate-params.ts';
import { parseYaml } from '../load/yaml.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { Registry, Validate } from '../model/module.ts';
import type { Play, Playbook } from '../model/play.ts';
import type { Policy } from '../model/policy.ts';
import type { Layer } from '../model/scope.ts';
import { selectHosts, type Selection } from '../inventory/patterns.ts';
import type { Files } from '../model/files.ts';
import { hasTemplate, plain, type Tree } from '../model/tree.ts';
import { openWorld, programs, type World } from './world.ts';
import { loadInventory } from '../inventory/inventory.ts';
import { createEvaluator } from '../template/evaluator.ts';
import { playLayers } from './explain-layers.ts';
import { extraVars } from './extra-vars.ts';
import { playTemplateErrors, taskTemplateErrors } from './check-templates.ts';
import type { InventoryFlags, RunFlags } from './flags.ts';
import { patternParts } from '../engine/play-scope.ts';
import { lists } from './listing.ts';
import { defaultInventory } from './default-inventory.ts';
import { openPolicy, policyFiles } from './policy.ts';
import { noteSecrets } from './secrets.ts';
import { rolesPath } from './roles-path.ts';

/** All files of a run, read and checked. */
export interface Project extends World {
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  readonly extraVars: Layer;
  readonly policy?: Policy | undefined;
  readonly registry: Registry;
  /** Its plays are about different hosts, and none is the end of another. */
  readonly apart?: boolean;
  /** Checks arguments, where other modules than those that come with orch are used. */
  readonly validate?: Validate;
  /** Hosts of a pattern, --limit applied. Throws PATTERN_NO_MATCH. */
  select(pattern: string | readonly string[], inventory?: Inventory): readonly Host[];
  /** Hosts of a play; none where its pattern still holds a template. */
  hostsOf(play: Play): readonly Host[];
}

/** The modules of this version. */
export const modules = async (): Promise<Registry> =>
  (await import('../modules/registry.ts')).registry;

/** Playbooks, read and checked. Throws OrchErrors with all that is wrong with all of them. */
export async function loadBooks(
  files: readonly string[],
  given: Partial<LoadOptions> = {},
): Promise<readonly Playbook[]> {
  const options = loadOptions(await modules(), given);
  const books: Playbook[] = [];
  const errors: OrchError[] = [];
  let firstPlay = 0;
  for (const file of files) {
    const found = await errorsOf(() => {
      const book = loadPlaybook(file, { ...options, firstPlay });
      firstPlay += book.plays.length;
      books.push(book);
      errors.push(...playTemplateErrors(book));
    });
    errors.push(...found);
  }
  if (errors.length > 0) throw new OrchErrors(errors);
  return books;
}

/** What the inventory flags stand for. */
export interface Found {
  readonly inventory: Inventory;
  /** Names of the hosts --limit leaves. */
  readonly chosen: ReadonlySet<string>;
  readonly extraVars: Layer;
  readonly policy?: Policy | undefined;
  /** Files the policy is of. */
  readonly policyFiles: readonly string[];
}

/** What loading is given, for playbooks and for what they include. */
export const loadOptions = (
  registry: Registry,
  { files, extraVars, follow, listing, hidden }: Partial<LoadOptions>,
): LoadOptions => ({
  files: files ?? nodeFiles,
  registry,
  validate: validateParams,
  review: taskTemplateErrors,
  evaluator: createEvaluator(),
  rolesPath: rolesPath(process.env, homedir()),
  ...(extraVars ? { extraVars } : {}),
  ...(follow ? { follow } : {}),
  ...(hidden ? { hidden } : {}),
  ...(listing ? { listing } : {}),
});

/** The inventory the flags name, the hosts --limit leaves, and the variables of -e. */
export function loadInventoryFor(
  flags: InventoryFlags,
  { files }: Pick<World, 'files'>,
  playbooks: readonly string[] = [],
): Found {
  const extra = givenVars(flags, files);
  const sources = flags.inventory.length > 0 ? flags.inventory : defaultInventory(files);
  const inventory = loadInventory(sources, {
    ...{ files, programs, extraVars: extra, evaluator: createEvaluator() },
    playbookDirs: [...new Set(playbooks.map((file) => dirname(file)))],
    allowEmpty: flags.allowEmpty === true || sources.length === 0,
  });
  // With no inventory at all there is still this machine, which a play may name.
  const chosen =
    sources.length === 0 && flags.limit === undefined
      ? []
      : selectHosts(inventory, 'all', limitOf(flags, files));
  const rules = policyFiles(flags, sources, files);
  return {
    inventory,
    chosen: new Set(chosen.map(({ name }) => name)),
    extraVars: extra,
    policy: openPolicy(rules, inventory, files),
    policyFiles: rules,
  };
}

/** Playbooks, and those that they import. */
export const withImported = (
  playbooks: readonly string[],
  books: readonly Playbook[],
): readonly string[] => [
  ...playbooks,
  ...books.flatMap(({ plays }) => plays.map(({ source }) => source.file)),
];

/** What --limit leaves of the hosts of a pattern. */
export const limitOf = ({ limit, allowEmpty }: InventoryFlags, { read }: Files): Selection => ({
  ...{ limit, read },
  allowEmpty: allowEmpty === true,
});

/** The variables of -e. Throws OrchError USAGE, or what reading a file throws. */
export function givenVars(flags: Pick<InventoryFlags, 'extraVars'>, files: Files): Layer {
  const yaml = (file: string, text: string): Tree | undefined => parseYaml(file, text, files.vault);
  return extraVars(flags.extraVars, { yaml, read: files.read });
}

/** Reads everything a run needs; all errors of all files are thrown together. */
export async function loadProject(
  playbooks: readonly string[],
  flags: RunFlags,
  opened?: World,
): Promise<Project> {
  const world = opened ?? (await openWorld(flags));
  let books: readonly Playbook[] = [];
  let found: Found | undefined;
  const errors = [
    ...(await errorsOf(async () => {
      const extra = givenVars(flags, world.files);
      const listing = lists(flags) && flags.syntaxCheck !== true;
      const { files, hidden } = world;
      books = await loadBooks(playbooks, { files, hidden, extraVars: extra, listing });
    })),
    ...(await errorsOf(
      () => (found = loadInventoryFor(flags, world, withImported(playbooks, books))),
    )),
  ];
  if (found) noteGiven(found, books, world);
  if (errors.length > 0 || !found) throw new OrchErrors(once(errors));
  const { inventory, extraVars: extra, policy } = found;
  const select = (pattern: string | readonly string[], among = inventory): readonly Host[] =>
    selectHosts(among, pattern, limitOf(flags, world.files));
  return {
    ...world,
    playbooks: books,
    inventory,
    extraVars: extra,
    policy,
    registry: await modules(),
    select,
    // An empty pattern would name all hosts; what is still a template may name any.
    hostsOf: ({ hosts }) => {
      const parts = hasTemplate(hosts) ? [] : patternParts(plain(hosts));
      return parts.length === 0 ? [] : select(parts);
    },
  };
}

/** What is secret in all that was read is known before anything of it is told. */
export const noteGiven = (
  { inventory, extraVars: extra }: Pick<Project, 'extraVars'> & { readonly inventory?: Inventory },
  books: readonly Playbook[],
  { secrets, hidden }: World,
): void => {
  const { above, below } = playLayers(books);
  const hosts = [...(inventory?.hosts.values() ?? [])].flatMap((host) => host.layers);
  const layers = [extra, ...hosts, ...[...above, ...below].map(({ layer }) => layer)];
  noteSecrets(layers, secrets, hidden);
};

/** What is read for playbooks and for the inventory alike is wrong only once. */
const once = (errors: readonly OrchError[]): readonly OrchError[] => [
  ...new Map(
    errors.map((error) => [JSON.stringify([error.code, error.message, error.source]), error]),
  ).values(),
];

/** The user errors an action throws; anything else goes on. */
export async function errorsOf(action: () => unknown): Promise<readonly OrchError[]> {
  try {
    await action();
    return [];
  } catch (error) {
    if (error instanceof OrchErrors) return error.errors;
    if (error instanceof OrchError) return [error];
    throw error;
  }
}
