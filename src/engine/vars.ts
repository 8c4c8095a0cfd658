import type { Role, Task } from '../model/play.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import { filesOf, hostLayers, inputLayers, keptLayers, treeLayer } from './layers.ts';
import { magicLayers } from './magic.ts';
import { compare } from './position.ts';
import type { Spot } from './stage.ts';

/**
 * The scope of one task on one host, strongest first as in Ansible: magic variables, -e, parameters of includes and
 * of roles, registered and set_fact, include_vars, task and block vars, vars of roles, vars_files, play vars,
 * facts, the host's own, defaults of roles and of the play's inputs (docs/variables.md has the list).
 */
export function taskScope(spot: Spot, task?: Task): Scope {
  const { stage, run } = spot;
  const { input, play } = stage;
  const { typed, defaults } = inputLayers(play, input.options.extraVars);
  const kept = run.kept.now;
  const roles = rolesSeen(spot);
  const top: Layer[] = [
    ...magicLayers(spot, task, () => scope),
    typed,
    input.options.extraVars,
    ...trees('parameters of the include', task?.params),
    ...trees('parameters of the role', task?.role?.params),
    ...keptLayers(kept, ['registered', 'included']),
    ...trees('vars of the task', task?.vars),
    ...rolesOf(task?.role, ({ vars }) => vars, 'vars'),
    ...[...roles].reverse().flatMap((role) => trees(`vars of role ${role.name}`, role.vars)),
  ];
  const below: Layer[] = [
    ...(play.vars ? [treeLayer('vars of the play', play.vars)] : []),
    ...keptLayers(kept, ['facts']),
    ...hostLayers(run.host, play),
    ...rolesOf(task?.role, (role) => role.defaults, 'defaults'),
    ...[...roles]
      .reverse()
      .flatMap((role) => trees(`defaults of role ${role.name}`, role.defaults)),
    defaults,
    ...connectionLayers(task, play.keywords),
    addressLayer(run.host.name),
  ];
  const files = filesOf(input, play, () => [...top, ...below]);
  const scope = input.evaluator.scope([...top, ...files, ...below]);
  return scope;
}

/** The roles of the play, and those that includes before this task made everybody's. */
function rolesSeen({ stage, at }: Spot): readonly Role[] {
  const { publicRoles, play } = stage;
  if (publicRoles.length === 0) return play.roles;
  const before = publicRoles.filter((one) => compare(one.at, at) < 0);
  return [...play.roles, ...before.map(({ role }) => role)];
}

const trees = (name: string, maps: readonly MapTree[] | undefined): readonly Layer[] =>
  maps ? maps.map((tree) => treeLayer(name, tree)) : NONE;

const NONE: readonly Layer[] = [];

const rolesOf = (
  role: Role | undefined,
  of: (role: Role) => readonly MapTree[],
  what: string,
): readonly Layer[] => (role ? trees(`${what} of role ${role.name}`, of(role)) : NONE);

const addresses = new Map<string, Layer>();

/** A host is reached by its name where nobody says otherwise, and has no facts before they are gathered. Weakest of all. */
export function addressLayer(name: string): Layer {
  const known = addresses.get(name);
  if (known) return known;
  const made = {
    name: 'the name of the host',
    vars: new Map<string, Given>([
      ['ansible_host', { value: name }],
      ['ansible_facts', { value: {} }],
    ]),
  };
  addresses.set(name, made);
  return made;
}

interface Reaching {
  readonly remoteUser?: Tree;
  readonly connection?: Tree;
  readonly port?: Tree;
}

const reaching = new WeakMap<object, readonly Layer[]>();

/** Keywords that say how a host is reached are weaker than any variable that does. */
function connectionLayers(task: Task | undefined, play: Reaching): readonly Layer[] {
  const from: Reaching = task?.keywords ?? play;
  const known = reaching.get(from);
  if (known) return known;
  const vars = new Map<string, Given>();
  if (from.remoteUser) vars.set('ansible_user', { tree: from.remoteUser });
  if (from.connection) vars.set('ansible_connection', { tree: from.connection });
  if (from.port) vars.set('ansible_port', { tree: from.port });
  const made = vars.size > 0 ? [{ name: 'keywords of the play or task', vars }] : NONE;
  reaching.set(from, made);
  return made;
}
