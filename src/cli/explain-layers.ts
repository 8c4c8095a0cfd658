import { allTasks, type Play, type Playbook, type Role } from '../model/play.ts';
import type { Layer } from '../model/scope.ts';
import type { MapTree } from '../model/tree.ts';

/** A layer, and the task it is confined to. */
export interface Told {
  readonly layer: Layer;
  readonly within?: string;
}

/** The layers playbooks add: those above what the inventory says of a host, and those below; each strongest first. */
export function playLayers(books: readonly Playbook[]): {
  readonly above: readonly Told[];
  readonly below: readonly Told[];
} {
  const plays = books.flatMap((book) => book.plays);
  return { above: plays.flatMap(above), below: plays.flatMap(below) };
}

const above = (play: Play): readonly Told[] => {
  const roles = [...play.roles].reverse();
  return [
    ...roles.flatMap((role) => ofRole(role, role.params, 'parameters')),
    ...ofTasks(play),
    ...roles.flatMap((role) => ofRole(role, role.vars, 'vars')),
    ...[...play.varsFiles]
      .reverse()
      .flatMap(({ name, vars }) =>
        vars ? [{ layer: layer(`vars_files ${String(name.value)}`, vars) }] : [],
      ),
    ...(play.vars ? [{ layer: layer(`vars of the play ${play.name}`, play.vars) }] : []),
  ];
};

const below = (play: Play): readonly Told[] => [
  ...[...play.roles].reverse().flatMap((role) => ofRole(role, role.defaults, 'defaults')),
  {
    layer: {
      name: `defaults of the inputs of ${play.name}`,
      vars: new Map(
        play.inputs.flatMap((input) =>
          input.default ? [[input.name, { tree: input.default }] as const] : [],
        ),
      ),
    },
  },
];

/** Variables of tasks and of the blocks around them count there only. */
function ofTasks(play: Play): readonly Told[] {
  const seen = new Set<MapTree>();
  return allTasks(play).flatMap((task) =>
    task.vars.flatMap((vars) => {
      if (seen.has(vars)) return [];
      seen.add(vars);
      const { file, line } = vars.source;
      return [
        { layer: layer('vars of tasks', vars), within: `the task or block at ${file}:${line}` },
      ];
    }),
  );
}

const ofRole = (role: Role, maps: readonly MapTree[], what: string): readonly Told[] =>
  maps.map((map) => ({ layer: layer(`${what} of role ${role.name}`, map) }));

const layer = (name: string, { entries }: MapTree): Layer => ({
  name,
  vars: new Map(entries.map(({ key, value }) => [key, { tree: value }])),
});
