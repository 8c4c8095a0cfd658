import { join } from 'node:path';
import { type OrchError, OrchErrors } from '../lib/errors.ts';
import type { Files } from '../model/files.ts';
import type { Layer } from '../model/scope.ts';
import type { GroupNode, HostNode, InventoryData } from './data.ts';
import { ranked } from './ranking.ts';
import { readVarsFolder, type Layers } from './vars-folders.ts';

type Kind = 'group_vars' | 'host_vars';

const NONE: readonly Layer[] = [];

/** Directories, later ones first, each once. */
const latestFirst = (dirs: readonly string[]): readonly string[] => [
  ...new Set([...dirs].reverse()),
];

/** Variables that hosts get from their groups and from files beside inventories and playbooks, in Ansible's order. */
export class Inheritance {
  readonly #data: InventoryData;
  readonly #ports: { readonly files: Files; readonly errors: OrchError[] };
  readonly #playbooks: readonly string[];
  readonly #inventories: readonly string[];
  readonly #folders = new Map<string, Layers>();
  #ofHosts: readonly Layers[] | undefined;
  /** Layers of groups and hosts that came later, by where they are looked for. */
  readonly #later = new Map<string, readonly Layer[]>();
  /** Hosts of the same groups share what they inherit: there may be thousands. */
  readonly #known = new Map<
    string,
    { readonly groups: readonly string[]; readonly layers: readonly Layer[] }
  >();

  /** `inventories` may grow while inventories are read. */
  constructor(
    data: InventoryData,
    ports: { readonly files: Files; readonly errors: OrchError[] },
    playbooks: readonly string[],
    inventories: readonly string[],
  ) {
    this.#data = data;
    this.#ports = ports;
    this.#playbooks = playbooks;
    this.#inventories = inventories;
  }

  /**
   * What hosts of the same groups inherit, strongest first: group_vars/ of groups beside the playbook, then beside
   * the inventory; group_vars/all likewise; then what inventories say of groups, and of all.
   */
  ofGroups(of: ReadonlySet<GroupNode>): {
    readonly groups: readonly string[];
    readonly layers: readonly Layer[];
  } {
    let key = '';
    for (const { name } of of) key += `${name}\n`;
    const known = this.#known.get(key);
    if (known) return known;
    const groups = ranked(of).filter(({ name }) => name !== 'all');
    const all = this.#data.groups.get('all');
    const below = groups.map(({ name }) => name);
    const made = {
      groups: [...below].sort(),
      layers: [
        ...this.#playbookFiles(below),
        ...this.#files('group_vars', this.#besideInventory(), below),
        ...this.#playbookFiles(['all']),
        ...this.#files('group_vars', this.#besideInventory(), ['all']),
        ...groups.flatMap(({ layers }) => layers),
        ...(all?.layers ?? []),
      ],
    };
    this.#known.set(key, made);
    return made;
  }

  /** The same for groups some of which came later, such as those of `group_by`; named strongest first. Throws OrchErrors. */
  late(groups: readonly string[]): readonly Layer[] {
    const below = groups.filter((name) => name !== 'all');
    const said = (name: string): readonly Layer[] => this.#data.groups.get(name)?.layers ?? [];
    const playbooks = (names: readonly string[]): readonly Layer[] =>
      latestFirst(this.#playbooks).flatMap((dir) =>
        this.#besidePlaybook(
          dir,
          names.flatMap((name) => this.#one('group_vars', dir, name)),
        ),
      );
    const from = (dirs: readonly string[], names: readonly string[]): readonly Layer[] =>
      latestFirst(dirs).flatMap((dir) =>
        names.flatMap((name) => this.#one('group_vars', dir, name)),
      );
    return this.#whole(() => [
      ...playbooks(below),
      ...from(this.#besideInventory(), below),
      ...playbooks(['all']),
      ...from(this.#besideInventory(), ['all']),
      ...below.flatMap(said),
      ...said('all'),
    ]);
  }

  /** host_vars/ of a host that may have come later, such as one of `add_host`. Throws OrchErrors. */
  lateHost(name: string): readonly Layer[] {
    return this.#whole(() => [
      ...latestFirst(this.#playbooks).flatMap((dir) =>
        this.#besidePlaybook(dir, this.#one('host_vars', dir, name)),
      ),
      ...latestFirst(this.#besideInventory()).flatMap((dir) => this.#one('host_vars', dir, name)),
    ]);
  }

  /** host_vars/ of a host: beside the playbook, then beside the inventory. */
  ofHost(name: string): readonly Layer[] {
    const found = this.#hostFolders().flatMap((folder) => folder.get(name) ?? []);
    return found.length > 0 ? found : NONE;
  }

  /** What a group itself says: its files, then inventories. */
  ofGroup({ name, layers }: GroupNode): readonly Layer[] {
    return [
      ...this.#playbookFiles([name]),
      ...this.#files('group_vars', this.#besideInventory(), [name]),
      ...layers,
    ];
  }

  /** Files beside the inventories read so far, for a host that is still being put together. */
  readonly filesOf = ({ name, groups }: HostNode): readonly Layer[] => {
    const dirs = [...new Set(this.#inventories)];
    return [
      ...this.#fresh('host_vars', dirs, [name]),
      ...this.#fresh(
        'group_vars',
        dirs,
        ranked(groups).map((group) => group.name),
      ),
    ];
  };

  /** A directory that is both counts as the playbook's, which is stronger; of several playbooks' for plays of that one. */
  #besideInventory(): readonly string[] {
    if (this.#playbooks.length > 1) return this.#inventories;
    return this.#inventories.filter((dir) => !this.#playbooks.includes(dir));
  }

  /** Layers of files beside a playbook: where there are several folders of playbooks, they count in their own plays. */
  #besidePlaybook(dir: string, layers: readonly Layer[]): readonly Layer[] {
    return this.#playbooks.length > 1 ? layers.map((one) => ({ ...one, beside: dir })) : layers;
  }

  #hostFolders(): readonly Layers[] {
    return (this.#ofHosts ??= [
      ...latestFirst(this.#playbooks).map((dir) => this.#playbookFolder(dir)),
      ...latestFirst(this.#besideInventory()).map((dir) => this.#folder('host_vars', dir)),
    ].filter(({ size }) => size > 0));
  }

  #playbookFolder(dir: string): Layers {
    const folder = this.#folder('host_vars', dir);
    return new Map([...folder].map(([name, found]) => [name, this.#besidePlaybook(dir, found)]));
  }

  #playbookFiles(names: readonly string[]): readonly Layer[] {
    return latestFirst(this.#playbooks).flatMap((dir) =>
      this.#besidePlaybook(dir, this.#files('group_vars', [dir], names)),
    );
  }

  /** Later directories are stronger than earlier ones, whatever the group. */
  #files(kind: Kind, dirs: readonly string[], names: readonly string[]): readonly Layer[] {
    return latestFirst(dirs).flatMap((dir) =>
      names.flatMap((name) => this.#folder(kind, dir).get(name) ?? []),
    );
  }

  #folder(kind: Kind, dir: string): Layers {
    const path = join(dir, kind);
    const known = this.#folders.get(path);
    if (known) return known;
    const of = kind === 'group_vars' ? this.#data.groups.keys() : this.#hostNames();
    const read = readVarsFolder(path, of, this.#ports);
    this.#folders.set(path, read);
    return read;
  }

  /** The files of one group or host; those that were not known when the folder was read are looked for now. */
  #one(kind: Kind, dir: string, name: string): readonly Layer[] {
    const path = join(dir, kind);
    const known = this.#folder(kind, dir).get(name) ?? this.#later.get(join(path, name));
    if (known) return known;
    const found = readVarsFolder(path, [name], this.#ports).get(name) ?? NONE;
    this.#later.set(join(path, name), found);
    return found;
  }

  #whole(read: () => readonly Layer[]): readonly Layer[] {
    const { errors } = this.#ports;
    const layers = read();
    if (errors.length > 0) throw new OrchErrors(errors.splice(0));
    return layers;
  }

  #hostNames(): Iterable<string> {
    return new Set([...this.#data.hosts.keys(), 'localhost', '127.0.0.1', '::1']);
  }

  #fresh(kind: Kind, dirs: readonly string[], names: readonly string[]): readonly Layer[] {
    return [...dirs].reverse().flatMap((dir) => {
      const layers = readVarsFolder(join(dir, kind), names, this.#ports);
      return names.flatMap((name) => layers.get(name) ?? []);
    });
  }
}
