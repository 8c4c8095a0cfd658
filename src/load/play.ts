import { didYouMean } from '../lib/nearest.ts';
import type { Around, Item, Play, Section } from '../model/play.ts';
import { entry, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { inherit, maps, scalar, scalars } from './around.ts';
import { checkNotify } from './handlers.ts';
import { newPlayLoading, playVarsOf } from './included.ts';
import { readInputs } from './inputs.ts';
import { readItems, tasksOf } from './items.ts';
import { fail, type Loading } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';
import { readPrompts } from './prompts.ts';
import { playKeywords } from './schema/play-keywords.ts';
import { unsupportedInPlay } from './schema/unsupported.ts';
import { kindOfValue } from './schema/words.ts';
import { soundKeywords } from './sound-keywords.ts';
import { tagsOf } from './static-text.ts';
import { rolledOf, verified } from './trials.ts';
import { readRoleEntry, type UsedRole } from './use-role.ts';
import { readVarsFiles } from './vars-files.ts';

/** Keys of a play that are read here rather than checked as values. */
const PARTS = [
  'inputs',
  'vars_prompt',
  'roles',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
] as const;

/** Where a play stands. */
export interface PlayPlace {
  readonly number: number;
  /** Folder of its playbook. */
  readonly dir: string;
  /** What imports of its playbook hand down. */
  readonly above: Around;
}

/** Reads a play; nothing when it is so wrong that only its errors are left. */
export function readPlay(loading: Loading, tree: Tree, at: PlayPlace): Play | undefined {
  if (tree.kind !== 'map') {
    const is = tree.kind === 'list' ? 'a list' : kindOfValue(tree.value);
    fail(loading, 'PLAYBOOK_INVALID', `A play must be a map; this is ${is}.`, {
      source: tree.source,
      hint: 'A play starts with `- hosts: ...` or `- name: ...`.',
    });
    return undefined;
  }
  const keys = soundKeywords(loading, 'play', knownKeys(loading, tree));
  return readParts(loading, tree, keys, at);
}

function readParts(loading: Loading, tree: MapTree, keys: MapTree, at: PlayPlace): Play {
  const get = (key: string): Tree | undefined => entry(keys, key)?.value;
  const hosts = hostsOf(loading, tree);
  const vars = varsOf(get('vars'), at.above);
  const varsFiles = readVarsFiles(loading, get('vars_files'));
  const within = newPlayLoading(loading, readItems, at.dir, () => playVarsOf({ vars, varsFiles }));
  const { place, around } = placeOf(within, keys, at);
  const before = loading.errors.length;
  const roles = readRoles(within, tree, place, `${at.number}.roles`);
  const read = (part: 'pre_tasks' | 'tasks' | 'post_tasks' | 'handlers'): readonly Item[] =>
    readItems(
      within,
      tasksOf(within, tree, part),
      { ...place, handler: part === 'handlers' },
      `${at.number}.${part}`,
    );
  const sections: readonly Section[] = (
    [
      { kind: 'pre_tasks', items: read('pre_tasks') },
      { kind: 'roles', items: roles.flatMap(({ items }) => items) },
      { kind: 'tasks', items: read('tasks') },
      { kind: 'post_tasks', items: read('post_tasks') },
    ] as const
  ).filter(({ items }) => items.length > 0);
  const own = read('handlers');
  const play: Play = {
    name: scalar(get('name')) ? String(scalar(get('name'))?.value) : hostsText(hosts),
    source: tree.source,
    hosts: hosts ?? tree,
    inputs: readInputs(loading, entry(tree, 'inputs')?.value),
    vars,
    varsFiles,
    prompts: readPrompts(loading, entry(tree, 'vars_prompt')?.value),
    sections,
    handlers: [...roles.flatMap(({ handlers }) => handlers), ...own, ...within.handlers],
    roles: [...roles.map(({ role }) => role), ...within.roles],
    ...(loading.follow ? { followed: within.brought } : {}),
    keywords: around.keywords,
    gatherFacts: get('gather_facts'),
    gatherSubset: get('gather_subset'),
    strategy: scalar(get('strategy')),
    forceHandlers: get('force_handlers'),
    serial: get('serial'),
    order: scalar(get('order')),
    anyErrorsFatal: get('any_errors_fatal'),
    maxFailPercentage: get('max_fail_percentage'),
    ...rolledOf(within, keys, place, String(at.number)),
  };
  // With a broken handler left out, the names it would answer to are not known.
  if (loading.errors.length === before) checkNotify(loading, play);
  return play;
}

/** The variables of a play; those of imports above win. */
function varsOf(tree: Tree | undefined, above: Around): MapTree | undefined {
  const all = [...above.vars, ...maps(tree)];
  const [strongest, ...weaker] = all;
  if (!strongest || weaker.length === 0) return strongest;
  const entries = new Map<string, Entry>();
  for (const map of all)
    for (const one of map.entries) if (!entries.has(one.key)) entries.set(one.key, one);
  return { ...strongest, entries: [...entries.values()] };
}

function placeOf(
  loading: PlayLoading,
  keys: MapTree,
  { dir, above, number }: PlayPlace,
): { readonly place: Place; readonly around: Around } {
  const start: Place = { around: above, dir, dirs: [], handler: false, depth: 0, chain: [] };
  const own = inherit(above, keys, tagsOf(loading, start, entry(keys, 'tags')?.value));
  // The variables of a play are a layer of their own, for all its tasks alike.
  const around = verified(loading, start, { ...own, vars: [] }, keys, String(number));
  return { around, place: { ...start, around } };
}

function hostsOf(loading: Loading, tree: MapTree): Tree | undefined {
  const hosts = entry(tree, 'hosts')?.value;
  if (!hosts || (hosts.kind === 'scalar' && (hosts.value === null || hosts.value === ''))) {
    fail(
      loading,
      'PLAYBOOK_INVALID',
      hosts ? 'The play names no hosts.' : 'The play has no `hosts`.',
      {
        source: hosts?.source ?? tree.source,
        hint: 'Add `hosts:` with a group, a host or a pattern of the inventory, such as `hosts: all`.',
      },
    );
  }
  return hosts;
}

const hostsText = (hosts: Tree | undefined): string =>
  scalars(hosts)
    .map(({ value }) => String(value))
    .join(',');

function knownKeys(loading: Loading, tree: MapTree): MapTree {
  const all = [...Object.keys(playKeywords), ...PARTS];
  const known: Entry[] = [];
  for (const one of tree.entries) {
    const { key, keySource: source } = one;
    if (Object.hasOwn(playKeywords, key)) known.push(one);
    else if (PARTS.some((part) => part === key)) continue;
    else if (Object.hasOwn(unsupportedInPlay, key)) {
      fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${key}\` in a play.`, {
        source,
        hint: unsupportedInPlay[key],
      });
    } else {
      const close = didYouMean(key, all);
      const module = close === '' && loading.registry.has(key);
      fail(loading, 'KEYWORD_UNKNOWN', `A play has no keyword "${key}".${close}`, {
        source,
        hint: module ? `"${key}" is a module: it belongs below \`tasks:\`.` : undefined,
      });
    }
  }
  return { ...tree, entries: known };
}

function readRoles(
  loading: PlayLoading,
  play: MapTree,
  place: Place,
  id: string,
): readonly UsedRole[] {
  const found = entry(play, 'roles')?.value;
  if (!found || (found.kind === 'scalar' && found.value === null)) return [];
  if (found.kind !== 'list') {
    const is = found.kind === 'map' ? 'a map' : kindOfValue(found.value);
    fail(loading, 'PLAYBOOK_INVALID', `"roles" must be a list of roles; this is ${is}.`, {
      source: found.source,
      hint: 'Put `- ` before each role.',
    });
    return [];
  }
  return found.items.flatMap((tree, i) => readRoleEntry(loading, tree, place, `${id}.${i}`) ?? []);
}
