import type { Files } from '../model/files.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { Playbook } from '../model/play.ts';
import type { Layer } from '../model/scope.ts';

/** Everything one run would be given, as far as it is known without a host. */
export interface Program {
  /** Loaded with `follow`: what includes name in plain words is part of them. */
  readonly playbooks: readonly Playbook[];
  /** Nothing where none was named and there is none to take: variables may come from anywhere. */
  readonly inventory: Inventory | undefined;
  readonly extraVars: Layer;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** This machine: files of variables and templates, and the text of what was loaded. */
  readonly files: Files;
  /** Every lookup there is. */
  readonly lookups: ReadonlySet<string>;
  /** The hosts of a pattern, --limit applied. Throws PATTERN_NO_MATCH. */
  readonly select: (pattern: string | readonly string[]) => readonly Host[];
  /** Where a template that a task names is; nothing when it is not there. */
  readonly template: (
    name: string,
    task: { readonly file: string; readonly role: string | undefined },
  ) => string | undefined;
}
