/** A unit of systemd as it is and will be. */
export interface UnitState {
  readonly running: boolean;
  /** Starts at boot; true too for units that need no enabling (static, generated). */
  readonly enabled: boolean;
  readonly masked: boolean;
  /** systemd has not read its files since they changed. */
  readonly stale: boolean;
  /** Restarts and reloads asked for; what a host shows is 0. */
  readonly restarts: number;
  readonly reloads: number;
}

/** Units by name; null where the host has none of that name. The name `*` is all of them together, of which only `stale` counts. */
export interface UnitsState {
  readonly manager: Manager;
  /** Times that systemd is to be started anew; what a host shows is 0. */
  readonly reexecs: number;
  readonly units: Readonly<Record<string, UnitState | null>>;
}

/** What informs about units but is not managed. */
export interface UnitsFacts {
  /** Names that systemd has another name for: `sshd.service` is `ssh.service`. */
  readonly names: Readonly<Record<string, string>>;
  /** `static`, `enabled`, `generated`... as systemd says. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Units that end by themselves and leave nothing running: they cannot be kept started. */
  readonly transient: readonly string[];
  /** What systemd tells of each besides, by its own names. */
  readonly status: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Units of which starting and stopping is not waited for. */
  readonly hasty: readonly string[];
  /** Units that can be reloaded. */
  readonly reloadable: readonly string[];
}

/** Whose units: the machine's, or those of the user who is logged in. */
export type Manager = 'system' | 'user' | 'global';

/** What a task is about. */
export interface UnitScope {
  readonly unit: string;
  readonly manager: Manager;
  /** Starting and stopping it is not waited for. */
  readonly hasty?: true;
}

/** `ssh` is `ssh.service`; a name with a type keeps it. */
export const unitName = (name: string): string =>
  /\.(service|socket|target|timer|mount|automount|path|slice|scope|swap|device)$/.test(name)
    ? name
    : `${name}.service`;
