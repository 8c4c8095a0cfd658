import { OrchErrors } from '../lib/errors.ts';
import type { Included, IncludeRequest, Item, Play, Role, Task } from '../model/play.ts';
import { isTemplate, type MapTree, type ScalarTree, type Tree } from '../model/tree.ts';
import { flagOf } from './around.ts';
import type { Place, PlayLoading } from './place.ts';
import type { Loading } from './loading.ts';
import { findRole } from './role-files.ts';
import { magicOf } from './static-text.ts';
import { candidates, notFound, readTaskFile } from './task-files.ts';
import { useRole } from './use-role.ts';

type Request = Omit<IncludeRequest, 'play'>;

/** Reads what an include names. */
export function readIncluded(
  loading: PlayLoading,
  request: Request,
): Pick<Included, 'items' | 'handlers' | 'role'> {
  const { task, name, id } = request;
  const { include } = task;
  if (!include) return { items: [], handlers: [], role: undefined };
  const place: Place = { ...include.place, around: include.around, chain: [] };
  const target = targetOf(include.target);
  if (include.kind === 'role') return readRole(loading, request, place, target);
  const tries = candidates(place, name, true);
  const file = tries.find((path) => loading.files.exists(path) === 'file');
  if (file === undefined) notFound(loading, name, tries, target.source);
  const items: readonly Item[] =
    file === undefined ? [] : readTaskFile(loading, file, target, place, id);
  return { items, handlers: [], role: undefined };
}

const targetOf = (tree: Tree): ScalarTree =>
  tree.kind === 'scalar' ? tree : { kind: 'scalar', value: null, source: tree.source };

function readRole(
  loading: PlayLoading,
  request: Request,
  place: Place,
  target: ScalarTree,
): Pick<Included, 'items' | 'handlers' | 'role'> {
  const files = findRole(loading, place, request.name, target.source);
  const used =
    files &&
    useRole(loading, {
      place,
      id: request.id,
      files,
      source: target.source,
      from: {
        tasks: request.tasksFrom,
        vars: request.varsFrom,
        defaults: request.defaultsFrom,
        handlers: request.handlersFrom,
      },
      vars: request.task.include?.vars ?? [],
      params: undefined,
      included: true,
      allowDuplicates: request.allowDuplicates ?? true,
      validate: request.rolespecValidate ?? true,
    });
  return used ?? { items: [], handlers: [], role: undefined };
}

/**
 * Reads what an include names in plain words, to find what is wrong with it. The include itself stays what it is.
 */
export function followInclude(loading: PlayLoading, task: Task): void {
  const { include } = task;
  const named = include && literal(include.target);
  if (!include || named === undefined) return;
  const from = {
    tasksFrom: literal(include.tasksFrom),
    varsFrom: literal(include.varsFrom),
    defaultsFrom: literal(include.defaultsFrom),
    handlersFrom: literal(include.handlersFrom),
  };
  const key = JSON.stringify([
    include.kind,
    named,
    include.place.dirs[0],
    include.around.role?.path,
    from,
  ]);
  if (loading.followed.has(key)) return;
  loading.followed.add(key);
  const known = Object.fromEntries(
    Object.entries(from).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const found = readIncluded(loading, {
    ...known,
    task,
    name: named,
    id: `${task.id}/followed`,
    rolespecValidate: flagOf(include.rolespecValidate, true),
  });
  loading.brought.push({ ...found, task });
}

const literal = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && tree.value !== null && !isTemplate(tree)
    ? String(tree.value)
    : undefined;

/** The answer to a request; throws OrchErrors with everything that was wrong. */
export function answer(loading: PlayLoading, request: IncludeRequest): Included {
  const found = readIncluded(loading, request);
  if (loading.errors.length > 0) throw new OrchErrors(loading.errors);
  const roles: readonly Role[] = [
    ...loading.roles,
    ...(found.role && request.public ? [found.role] : []),
  ];
  return {
    ...found,
    handlers: [...found.handlers, ...loading.handlers],
    roles,
    warnings: loading.warnings,
  };
}

/** The load of one play, or of what stands in its place. */
export const newPlayLoading = (
  loading: Loading,
  items: PlayLoading['items'],
  dir: string,
  playVars: PlayLoading['playVars'],
): PlayLoading => ({
  ...loading,
  roles: [],
  handlers: [],
  followed: new Set(),
  brought: [],
  items,
  playVars,
  magic: () => magicOf(dir),
});

/** Variables of a play that are known without a host, strongest first. */
export const playVarsOf = ({
  vars,
  varsFiles,
}: Pick<Play, 'vars' | 'varsFiles'>): readonly MapTree[] => [
  ...varsFiles.flatMap((one) => (one.vars ? [one.vars] : [])).toReversed(),
  ...(vars ? [vars] : []),
];
