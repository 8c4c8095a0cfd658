import type { Owned } from '../system/text-file.ts';

/** Kernel parameters: what they are now, and the files that set them at boot. */
export interface SysctlState {
  /** By name with dots; null where the kernel has no such parameter. Blanks in values are single. */
  readonly runtime: Readonly<Record<string, string | null>>;
  /** Text of each file a task names, null where there is none. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Whose files are that are made anew; those of root with mode 644 where nothing is said. Not compared. */
  readonly how?: Readonly<Record<string, Owned>>;
}

/** What informs about them: whose the files are that are there. */
export interface SysctlFacts {
  readonly owned: Readonly<Record<string, Owned>>;
  /** Folders that stand where a file was asked about. */
  readonly folders?: readonly string[];
}

/** What a task is about. */
export interface SysctlScope {
  readonly name: string;
  readonly file: string;
}

/** `net/ipv4/conf/eth0.100/rp_filter` and `net.ipv4.conf.eth0/100.rp_filter` are one: the first separator says which is which. */
export function dotted(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === '/' ? swap(name) : name;
}

/** The path of a parameter below /proc/sys. */
export const pathOf = (name: string): string => `/proc/sys/${swap(name)}`;

const swap = (name: string): string =>
  name.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));

/** A value as it is compared: tabs and runs of blanks are one blank. */
export const squeezed = (value: string): string => value.trim().replaceAll(/\s+/g, ' ');
