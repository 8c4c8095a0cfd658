import type { Item } from '../model/play.ts';
import {
  entry,
  isTemplate,
  type Entry,
  type MapTree,
  type ScalarTree,
  type Tree,
} from '../model/tree.ts';
import { scalar } from './around.ts';
import { importRole, importTasks } from './imports.ts';
import { readInclude } from './include-task.ts';
import { parseKeyValues } from './key-value.ts';
import { checkKeywords, fail, type KeywordsOf } from './loading.ts';
import type { PlayLoading } from './place.ts';
import { includeSchemas } from './schema/play-keywords.ts';
import { kindOfValue } from './schema/words.ts';
import type { Draft } from './task.ts';

/** What a task that includes or imports asks for. */
export interface Inclusion {
  readonly key: string;
  readonly keySource: Entry['keySource'];
  /** As it is written. */
  readonly action: string;
  readonly args: MapTree;
  /** Name of the file or role. */
  readonly target: ScalarTree;
}

type Name = Extract<KeywordsOf, 'import_tasks' | 'include_tasks' | 'import_role' | 'include_role'>;

/** A task that includes or imports: the items that an import brings, or the include itself. */
export function readIncludeOrImport(
  loading: PlayLoading,
  draft: Draft,
  short: string,
  action: Entry,
): readonly Item[] {
  const old = short === 'include';
  const name = old ? nameOfOld(draft, action) : (short as Name);
  const found = argsOf(loading, name, draft, action, old);
  if (!found) return [];
  const { inclusion, more } = found;
  if (name === 'import_tasks' || name === 'import_role') {
    const { loop } = draft.common;
    if (loop) {
      fail(
        loading,
        'PLAYBOOK_INVALID',
        `\`${name}\` is read before any item is known: it has no loop.`,
        {
          source: loop.source,
          hint: `Use \`${name.replace('import', 'include')}\`.`,
        },
      );
      return [];
    }
  }
  const place =
    more.entries.length === 0
      ? draft.place
      : {
          ...draft.place,
          around: { ...draft.place.around, vars: [more, ...draft.place.around.vars] },
        };
  const whole = { ...draft, place };
  if (name === 'import_tasks') return importTasks(loading, whole, inclusion);
  if (name === 'import_role') return importRole(loading, whole, inclusion);
  return readInclude(loading, whole, name, inclusion);
}

/** The old `include` is an import where its file is known and there is no loop. */
function nameOfOld({ common }: Draft, { value }: Entry): Name {
  const file = value.kind === 'map' ? entry(value, 'file')?.value : value;
  return !common.loop && file && !isTemplate(file) ? 'import_tasks' : 'include_tasks';
}

interface Found {
  readonly inclusion: Inclusion;
  /** Variables that the old `include` takes as arguments. */
  readonly more: MapTree;
}

function argsOf(
  loading: PlayLoading,
  name: Name,
  { keys }: Draft,
  action: Entry,
  old: boolean,
): Found | undefined {
  const schema = includeSchemas[name] ?? {};
  const own = asMap(loading, name, action);
  if (!own) return undefined;
  const also = entry(keys, 'args')?.value;
  const all: MapTree = {
    ...own,
    entries: [
      ...own.entries,
      ...(also?.kind === 'map' ? also.entries : []).filter(({ key }) => !entry(own, key)),
    ],
  };
  const known = Object.keys(schema['properties'] ?? {});
  const isOwn = ({ key }: Entry): boolean => !old || known.includes(key);
  const args: MapTree = { ...all, entries: all.entries.filter(isOwn) };
  const more: MapTree = { ...all, entries: all.entries.filter((one) => !isOwn(one)) };
  const bad = checkKeywords(loading, name, args);
  const words = name.endsWith('_role') ? ['name', 'role'] : ['file'];
  const target = words.map((word) => scalar(entry(args, word)?.value)).find((one) => one);
  if (!target || target.value === '') {
    if (bad.size === 0)
      fail(
        loading,
        'ARGUMENT_MISSING',
        `\`${name}\` does not say which ${words[0] === 'file' ? 'file' : 'role'}.`,
        {
          source: action.keySource,
          hint:
            words[0] === 'file' ? `Write \`${name}: FILE\`.` : `Write \`${name}: {name: ROLE}\`.`,
        },
      );
    return undefined;
  }
  if (bad.size > 0) return undefined;
  return {
    inclusion: { key: name, action: action.key, keySource: action.keySource, args, target },
    more,
  };
}

function asMap(loading: PlayLoading, name: Name, { value, keySource }: Entry): MapTree | undefined {
  if (value.kind === 'map') return value;
  if (value.kind === 'scalar' && value.value === null)
    return { kind: 'map', entries: [], source: keySource };
  if (value.kind === 'scalar') {
    const found = parseKeyValues(value);
    const rest = found ? found.rest.trim() : String(value.value);
    if (name.endsWith('_tasks') || rest === '') {
      const file: Tree = { ...value, value: rest };
      const pairs: readonly Entry[] = found?.pairs ?? [];
      return {
        kind: 'map',
        entries: [...(rest === '' ? [] : [{ key: 'file', keySource, value: file }]), ...pairs],
        source: value.source,
      };
    }
  }
  const is = value.kind === 'scalar' ? kindOfValue(value.value) : 'a list';
  fail(loading, 'ARGUMENT_INVALID', `The arguments of ${name} must be a map; this is ${is}.`, {
    source: value.source,
    hint: name.endsWith('_role') ? `Write \`${name}: {name: ROLE}\`.` : `Write \`${name}: FILE\`.`,
  });
  return undefined;
}
