import type { Source } from '../lib/source.ts';
import type { Entry } from '../model/tree.ts';

/** One thing an inventory file says. A file is read into statements first, so a broken one leaves nothing behind. */
export type Statement =
  | { readonly kind: 'group'; readonly name: string; readonly source: Source }
  | {
      readonly kind: 'child';
      readonly parent: string;
      readonly name: string;
      readonly source: Source;
    }
  | HostsStatement
  | {
      readonly kind: 'vars';
      readonly group: string;
      readonly vars: readonly Entry[];
      readonly source: Source;
    };

/** Hosts, perhaps in a group, and the variables all of them get. */
export interface HostsStatement {
  readonly kind: 'hosts';
  readonly group?: string;
  /** As it stands in the file, `node[1:3]`. */
  readonly written: string;
  readonly names: readonly string[];
  /** Port written behind the name; it counts where the host is new. */
  readonly port?: number;
  readonly vars: readonly Entry[];
  readonly source: Source;
}
