import { wanted } from '../engine/select-tasks.ts';
import type { Host } from '../model/inventory.ts';
import type { Item, Play, Playbook, Task } from '../model/play.ts';
import { taskName } from '../model/task-name.ts';
import type { Tree } from '../model/tree.ts';
import type { RunFlags } from './flags.ts';

/** Whether a run only lists. */
export const lists = (flags: RunFlags): boolean =>
  [flags.listHosts, flags.listTasks, flags.listTags, flags.syntaxCheck].includes(true);

/** What --list-hosts, --list-tasks, --list-tags and --syntax-check print, laid out as ansible-playbook does. */
export function listing(
  playbooks: readonly Playbook[],
  flags: RunFlags,
  hostsOf: (play: Play) => readonly Host[],
): string {
  const lines = playbooks.flatMap((book) => [
    '',
    `playbook: ${book.file}`,
    ...(onlySyntax(flags)
      ? []
      : book.plays.flatMap((play, i) => playLines(play, i + 1, flags, hostsOf))),
  ]);
  return `${lines.join('\n')}\n`;
}

const onlySyntax = ({ listHosts, listTasks, listTags }: RunFlags): boolean =>
  ![listHosts, listTasks, listTags].includes(true);

function playLines(
  play: Play,
  number: number,
  flags: RunFlags,
  hostsOf: (play: Play) => readonly Host[],
): readonly string[] {
  const tasks = listed(play.sections.flatMap(({ items }) => items)).filter((task) =>
    wanted(task.keywords.tags, flags.tags, flags.skipTags),
  );
  const pattern = written(play.hosts);
  const hosts = flags.listHosts ? hostsOf(play).map(({ name }) => name) : [];
  const all = [...new Set(tasks.flatMap((task) => task.keywords.tags))].sort();
  return [
    '',
    `  play #${number} (${pattern}): ${play.name}\tTAGS: [${play.keywords.tags.join(',')}]`,
    ...(flags.listHosts
      ? [
          `    pattern: [${patterns(play.hosts).join(', ')}]`,
          `    hosts (${hosts.length}):`,
          ...hosts.map((host) => `      ${host}`),
        ]
      : []),
    ...(flags.listTasks
      ? [
          '    tasks:',
          ...tasks.map(
            (task) => `      ${nameOf(task)}\tTAGS: [${[...task.keywords.tags].sort().join(', ')}]`,
          ),
        ]
      : []),
    ...(flags.listTags ? [`      TASK TAGS: [${all.join(', ')}]`] : []),
  ];
}

/** As ansible-playbook lists them: what runs when all goes well. */
const listed = (items: readonly Item[]): readonly Task[] =>
  items.flatMap((item) => (item.kind === 'task' ? [item] : listed(item.tasks)));

const nameOf = (task: Task): string =>
  task.name && task.name.value !== '' ? taskName(task) : task.action;

const patterns = (tree: Tree): readonly string[] =>
  tree.kind === 'list' ? tree.items.flatMap(patterns) : [`'${written(tree)}'`];

/** A host pattern as it is written; a list is one pattern after the other. */
export const written = (tree: Tree): string =>
  tree.kind === 'list'
    ? tree.items.map(written).join(',')
    : tree.kind === 'scalar'
      ? String(tree.value)
      : '';
