import { shortNameOf, type Task } from '../model/play.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import type { LazyMap } from '../model/value.ts';
import { Behind } from './behind.ts';
import type { HostRun } from './host-run.ts';
import { groups } from './groups.ts';
import { hostvars } from './hostvars.ts';
import type { RunInput } from './input.ts';
import type { Spot, Stage } from './stage.ts';

/** Stands for "leave this argument out": `{{ x | default(omit) }}`. */
export const OMIT = '__omit_place_holder__7d1f3c5e9a';

/** The version of Ansible whose language this is: playbooks check it. */
const LANGUAGE = { full: '2.14.18', major: 2, minor: 14, revision: 18, string: '2.14.18' };

/** What orch sets itself, strongest of all. `all` is the scope they become part of. */
export function magicLayers(
  spot: Spot,
  task: Task | undefined,
  all: () => Scope,
): readonly Layer[] {
  const { stage, run } = spot;
  const layers: Layer[] = [volatile(spot, task, all), ofHost(stage, run), ofStage(stage)];
  return task?.role ? [ofRole(task.role), ...layers] : layers;
}

const layer = (values: Readonly<Record<string, Given>>): Layer => ({
  name: 'set by orch',
  vars: new Map(Object.entries(values)),
});

/** What depends on how far others came: asked anew at each task. */
function volatile(spot: Spot, task: Task | undefined, all: () => Scope): Layer {
  const { stage, run } = spot;
  const left = (runs: readonly HostRun[]): Given => ({
    lazy: () => {
      caughtUp(spot);
      return names(runs.filter((one) => !one.gone && !one.out));
    },
  });
  return layer({
    hostvars: { lazy: () => hostvars(spot) },
    vars: { lazy: () => allVars(all) },
    ansible_search_path: { lazy: () => searchPath(stage, task) },
    ansible_play_hosts: left(stage.all),
    ansible_play_batch: left(stage.batch),
    play_hosts: left(stage.batch),
    group_names: { value: run.host.groups },
    groups: { lazy: () => groups(stage) },
  });
}

/** `vars`: every variable that the task sees, by name; each is evaluated when it is read. */
function allVars(seen: () => Scope): LazyMap {
  return {
    lazy: true,
    keys: () => [...new Set(seen().layers.flatMap(({ vars }) => [...vars.keys()]))],
    get: (name) => seen().get(name),
  };
}

/** Where a task looks for files, nearest first. */
function searchPath({ input, playbookFile }: Stage, task: Task | undefined): readonly string[] {
  const roles = task?.role ? [task.role, ...task.role.parents] : [];
  const folders = [
    ...roles.map(({ path }) => input.absolute?.(path) ?? path),
    ...(task ? [folderOf(input, task.source.file)] : []),
    folderOf(input, playbookFile),
  ];
  return [...new Set(folders)];
}

/** Throws Behind unless all other hosts finished what comes before this task. */
export function caughtUp({ stage, run, at }: Spot): void {
  if (stage.gate && !stage.gate.clear(run.host.name, at)) throw new Behind();
}

const hostLayers = new WeakMap<HostRun, Layer>();

function ofHost(stage: Stage, run: HostRun): Layer {
  const known = hostLayers.get(run);
  if (known) return known;
  const { name } = run.host;
  const made = layer({
    inventory_hostname: { value: name },
    inventory_hostname_short: { value: name.split('.')[0] ?? name },
    inventory_file: { value: stage.input.absolute?.(run.host.file) ?? run.host.file },
    inventory_dir: { value: folderOf(stage.input, run.host.file) },
  });
  hostLayers.set(run, made);
  return made;
}

const stageLayers = new WeakMap<Stage, Layer>();

function ofStage(stage: Stage): Layer {
  const known = stageLayers.get(stage);
  if (known) return known;
  const { input, play } = stage;
  const { options } = input;
  const direct = play.roles.map(({ name }) => name);
  const pulled = [
    ...new Set(play.roles.flatMap((role) => role.dependencies.map(({ name }) => name))),
  ];
  const all = [...new Set([...pulled, ...direct])];
  const made = layer({
    ansible_play_name: { value: play.name },
    ansible_play_hosts_all: { value: names(stage.all) },
    playbook_dir: { value: folderOf(input, stage.playbookFile) },
    ansible_role_names: { value: all },
    ansible_play_role_names: { value: direct },
    ansible_dependent_role_names: { value: pulled },
    role_names: { value: direct },
    ansible_check_mode: { value: options.check },
    ansible_diff_mode: { value: options.diff },
    ansible_forks: { value: options.forks },
    ansible_verbosity: { value: options.verbosity },
    ansible_run_tags: { value: options.tags.length > 0 ? options.tags : ['all'] },
    ansible_skip_tags: { value: options.skipTags },
    ...(options.limit === undefined ? {} : { ansible_limit: { value: options.limit } }),
    ansible_version: { value: LANGUAGE },
    omit: { value: OMIT },
    ansible_inventory_sources: { value: input.inventory.files },
    ansible_playbook_python: { value: '/usr/bin/python3' },
    ansible_config_file: { value: null },
    environment: { value: [] },
  });
  stageLayers.set(stage, made);
  return made;
}

const roleLayers = new WeakMap<object, Layer>();

function ofRole(role: NonNullable<Task['role']>): Layer {
  const known = roleLayers.get(role);
  if (known) return known;
  const made = layer({
    role_name: { value: shortNameOf(role) },
    ansible_role_name: { value: role.name },
    ...(role.collection === undefined
      ? {}
      : { ansible_collection_name: { value: role.collection } }),
    role_path: { value: role.path },
    ...(role.included
      ? {
          ansible_parent_role_names: { value: role.parents.map(({ name }) => name) },
          ansible_parent_role_paths: { value: role.parents.map(({ path }) => path) },
        }
      : {}),
  });
  roleLayers.set(role, made);
  return made;
}

const folderOf = ({ absolute }: RunInput, file: string): string => {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
  return absolute?.(folder) ?? folder;
};

const names = (runs: readonly HostRun[]): readonly string[] => runs.map((one) => one.host.name);
