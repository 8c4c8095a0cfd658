import type { Source } from '../lib/source.ts';
import type { Guarded, Rolled, Tried, Undoable, Verified } from './guarded.ts';
import type { Loop, LoopControl } from './loop.ts';
import type { Prompt } from './prompt.ts';
import type { ListTree, MapTree, ScalarTree, Tree } from './tree.ts';

export type { Loop, LoopControl } from './loop.ts';

/** A playbook file, loaded and checked as far as that goes without a host. */
export interface Playbook {
  readonly file: string;
  readonly plays: readonly Play[];
  readonly warnings: readonly Warning[];
  /** Every file read, by name; set where loading was told to follow includes. */
  readonly trees?: ReadonlyMap<string, Tree | undefined>;
}

/** Something in a file that works, but not as it may be meant. */
export interface Warning {
  readonly message: string;
  readonly source: Source;
}

/** Keywords that are handed down to tasks; the innermost one set wins. */
export interface Keywords extends Guarded, Verified {
  readonly become?: Tree;
  readonly becomeUser?: Tree;
  readonly becomeMethod?: Tree;
  readonly connection?: Tree;
  readonly port?: Tree;
  readonly remoteUser?: Tree;
  readonly checkMode?: Tree;
  readonly diff?: Tree;
  readonly ignoreErrors?: Tree;
  readonly ignoreUnreachable?: Tree;
  readonly anyErrorsFatal?: Tree;
  readonly noLog?: Tree;
  /** A map, or a list of maps and templates, the later ones stronger: outer ones come first. */
  readonly environment?: Tree;
  readonly timeout?: Tree;
  readonly throttle?: Tree;
  readonly runOnce?: Tree;
  readonly delegateTo?: Tree;
  readonly delegateFacts?: Tree;
  /** Those of all around and its own, each once. */
  readonly tags: readonly string[];
}

/** An input a play declares: typed, described, checked before any host is contacted. */
export interface Input {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map';
  readonly description: string;
  /** Left out: the input must be set. May hold templates. */
  readonly default?: Tree;
  readonly choices?: readonly (string | number | boolean)[];
  /** Whatever gives it a value, it is a secret. */
  readonly secret?: true;
  readonly source: Source;
}

/** A file named in `vars_files`, already read unless its name holds a template. */
export interface VarsFile {
  readonly name: ScalarTree;
  readonly vars?: MapTree;
  /** Names to be tried after it, where the first that exists counts and only a run can tell. */
  readonly others?: readonly ScalarTree[];
}

/** A part of a play. Handlers are flushed after pre_tasks, after roles and tasks, and after post_tasks. */
export interface Section {
  readonly kind: 'pre_tasks' | 'roles' | 'tasks' | 'post_tasks';
  readonly items: readonly Item[];
}

/** A list of tasks for a set of hosts. */
export interface Play extends Rolled {
  readonly name: string;
  readonly source: Source;
  readonly hosts: Tree;
  readonly inputs: readonly Input[];
  readonly vars: MapTree | undefined;
  readonly varsFiles: readonly VarsFile[];
  readonly prompts: readonly Prompt[];
  /** In the order in which they run, whatever the order they are written in; empty ones left out. */
  readonly sections: readonly Section[];
  /** In the order in which they run: those of roles, the play's own, those of import_role. Of equal names the last is meant. */
  readonly handlers: readonly Item[];
  /** Roles of `roles:` and `import_role`, whose defaults and vars every task of the play sees, later ones stronger. */
  readonly roles: readonly Role[];
  /** What includes would bring that name it in plain words; set where loading was told to follow them. */
  readonly followed?: readonly Followed[];
  readonly keywords: Keywords;
  readonly gatherFacts: Tree | undefined;
  readonly gatherSubset: Tree | undefined;
  readonly strategy: ScalarTree | undefined;
  /** Handlers that were notified run although a later task failed. */
  readonly forceHandlers: Tree | undefined;
  readonly serial: Tree | undefined;
  readonly order: ScalarTree | undefined;
  readonly anyErrorsFatal: Tree | undefined;
  readonly maxFailPercentage: Tree | undefined;
}

/** A role as one place uses it. */
export interface Role {
  readonly name: string;
  readonly path: string;
  /** The collection it is of, which its name begins with: `ns.collection`. */
  readonly collection?: string;
  /** Equal for uses of the same role with the same arguments. */
  readonly key: string;
  /**
   * false: its tasks are left out on hosts on which a task of another use with the same key has run
   * in this play.
   */
  readonly allowDuplicates: boolean;
  /** Weakest layer of all, strongest first: its own defaults, those of its parents, those of its dependencies. */
  readonly defaults: readonly MapTree[];
  /** Above vars_files, strongest first: its own, `vars` where it is used, of dependencies, of parents. */
  readonly vars: readonly MapTree[];
  /** Above set_fact and register, strongest first: `{role: NAME, param: value}`, its own and its parents'. */
  readonly params: readonly MapTree[];
  /** As the three above, without those of other roles. */
  readonly ownDefaults: readonly MapTree[];
  readonly ownVars: readonly MapTree[];
  readonly ownParams: readonly MapTree[];
  /** Roles that pulled this one in, the nearest first. */
  readonly parents: readonly Role[];
  /** Brought by include_role or import_role, not by `roles:` or as a dependency. */
  readonly included: boolean;
  readonly dependencies: readonly Role[];
}

/** The name of a role without that of its collection. */
export const shortNameOf = ({ name, collection }: Pick<Role, 'name' | 'collection'>): string =>
  collection === undefined ? name : name.slice(collection.length + 1);

/** What stands in a list of tasks. Static imports and `roles:` are expanded into these when they are loaded. */
export type Item = Task | Block;

/** Tasks that fail together: `rescue` runs when one of `tasks` fails, `always` in any case. */
export interface Block extends Guarded {
  readonly kind: 'block';
  readonly id: string;
  readonly name: ScalarTree | undefined;
  readonly source: Source;
  readonly tasks: readonly Item[];
  readonly rescue: readonly Item[];
  readonly always: readonly Item[];
  /** Its own and those around; its tasks have them already. */
  readonly keywords: Keywords;
}

/** What an item inherits from all that is around it. */
export interface Around {
  readonly keywords: Keywords;
  /** Conditions that must all hold, outermost first. */
  readonly when: ListTree | undefined;
  /** Variables of blocks, imports and the task itself, innermost first; below set_fact and register. */
  readonly vars: readonly MapTree[];
  /** Variables of the dynamic includes around, innermost first; above set_fact and register. */
  readonly params: readonly MapTree[];
  /** `module_defaults`, innermost first. */
  readonly moduleDefaults: readonly MapTree[];
  /** Handlers for tasks that name none. */
  readonly notify: readonly ScalarTree[];
  readonly role: Role | undefined;
  /** `collections`: where roles with short names are looked for first. */
  readonly collections?: readonly string[];
}

/** One use of a module. Everything inherited is in it: nothing around it need be looked at. */
export interface Task extends Undoable, Rolled, Tried {
  readonly kind: 'task';
  /**
   * Unique in the run and the same in every run of the same files: `0.tasks.3`, `0.handlers.1`,
   * `0.tasks.3.rescue.0`, `0.roles.1.4`.
   */
  readonly id: string;
  readonly name: ScalarTree | undefined;
  readonly source: Source;
  readonly module: string;
  /** The module as it is written: `ansible.builtin.command`. */
  readonly action: string;
  readonly moduleSource: Source;
  readonly args: MapTree;
  /** A template that gives a map of more arguments; those of `args` win. */
  readonly argsFrom?: ScalarTree;
  /** Its own and all around, outermost first; all must hold. */
  readonly when: ListTree | undefined;
  readonly loop: Loop | undefined;
  readonly loopControl: LoopControl;
  /** Its own and those around, innermost first; below set_fact and register. */
  readonly vars: readonly MapTree[];
  /** Those of dynamic includes around, innermost first; above set_fact and register. */
  readonly params: readonly MapTree[];
  readonly role: Role | undefined;
  readonly register: string | undefined;
  readonly notify: readonly ScalarTree[];
  readonly listen: readonly string[];
  readonly changedWhen: Tree | undefined;
  readonly failedWhen: Tree | undefined;
  /** Tried again until this holds. */
  readonly until: Tree | undefined;
  readonly retries: Tree | undefined;
  /** Seconds between tries. */
  readonly delay: Tree | undefined;
  readonly async: Tree | undefined;
  readonly poll: Tree | undefined;
  /** Its own, and those around where it has none. */
  readonly keywords: Keywords;
  /** Set for include_tasks and include_role: the module is none of the registry. */
  readonly include?: Include;
}

/** Tasks that are read when their turn comes. */
export interface Include {
  readonly kind: 'tasks' | 'role';
  /** File of tasks, or name of the role; may be a template. */
  readonly target: Tree;
  /** `tasks_from` and the like of a role. */
  readonly tasksFrom: Tree | undefined;
  readonly varsFrom: Tree | undefined;
  readonly defaultsFrom: Tree | undefined;
  readonly handlersFrom: Tree | undefined;
  /** Whether defaults and vars of the role stay for the rest of the play. */
  readonly public: Tree | undefined;
  readonly allowDuplicates: Tree | undefined;
  /** Whether the arguments of the role are checked against its meta/argument_specs. */
  readonly rolespecValidate: Tree | undefined;
  /** Its own variables: the tasks see them above set_fact and register. */
  readonly vars: readonly MapTree[];
  /** What the tasks inherit: what is around the include, and what `apply` says; of the include itself only `vars`. */
  readonly around: Around;
  /** Where it stands, for the loader. */
  readonly place: IncludePlace;
}

/** Where an include stands: names of files are looked for from here. */
export interface IncludePlace {
  /** Folder of the playbook. */
  readonly dir: string;
  /** Folders of the files of tasks around, the nearest first. */
  readonly dirs: readonly string[];
  readonly handler: boolean;
  /** Includes around this one; too many are a circle. */
  readonly depth: number;
}

/** An include, and what it would bring: each file or role once, where it is included first. */
export interface Followed extends Pick<Included, 'items' | 'handlers' | 'role'> {
  readonly task: Task;
}

/** What the engine asks for when the turn of an include comes; all names resolved. */
export interface IncludeRequest {
  readonly play: Play;
  readonly task: Task;
  /** File or role. */
  readonly name: string;
  /** Ids of what is included start with it: `0.tasks.4/0`. */
  readonly id: string;
  readonly tasksFrom?: string;
  readonly varsFrom?: string;
  readonly defaultsFrom?: string;
  readonly handlersFrom?: string;
  readonly rolespecValidate?: boolean;
  readonly allowDuplicates?: boolean;
  /** Its vars and defaults stay for the rest of the play. */
  readonly public?: boolean;
}

/** What an include brought. */
export interface Included {
  readonly items: readonly Item[];
  /** Handlers of a role; known to the play from now on. */
  readonly handlers: readonly Item[];
  readonly role: Role | undefined;
  /** Roles whose defaults and vars the play sees from now on. */
  readonly roles: readonly Role[];
  readonly warnings: readonly Warning[];
}

/** Reads what a dynamic include names. Throws OrchErrors with everything that is wrong with it. */
export type IncludePort = (request: IncludeRequest) => Included;

/** The tasks of items in the order written, those of rescue and always too. */
export const tasksIn = (items: readonly Item[]): readonly Task[] =>
  items.flatMap((item) =>
    item.kind === 'task' ? [item] : tasksIn([...item.tasks, ...item.rescue, ...item.always]),
  );

/** Every task of a play but its handlers. */
export const allTasks = ({ sections }: Pick<Play, 'sections'>): readonly Task[] =>
  tasksIn(sections.flatMap(({ items }) => items));

/** The handlers of a play one by one. */
export const handlersOf = ({ handlers }: Pick<Play, 'handlers'>): readonly Task[] =>
  tasksIn(handlers);
