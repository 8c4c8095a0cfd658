import type { Value } from './value.ts';

/** What a control task wants the engine to do; the engine alone touches hosts, inventory and time. */
export type Effect =
  | { readonly kind: 'meta'; readonly action: MetaAction }
  | {
      readonly kind: 'pause';
      /** Left out: until a key is pressed. */
      readonly seconds?: number;
      /** What is waited for is told in this. */
      readonly unit: 'seconds' | 'minutes';
      readonly prompt?: string;
      /** Whether what is typed is shown. */
      readonly echo: boolean;
    }
  | {
      readonly kind: 'add_host';
      readonly name: string;
      readonly groups: readonly string[];
      readonly vars: Readonly<Record<string, Value>>;
    }
  | { readonly kind: 'group_by'; readonly group: string; readonly parents: readonly string[] }
  | { readonly kind: 'include_vars'; readonly from: VarsSource }
  | {
      readonly kind: 'set_stats';
      readonly data: Readonly<Record<string, Value>>;
      readonly perHost: boolean;
      readonly aggregate: boolean;
    };

/** What `meta` can do. */
export const META_ACTIONS = [
  'noop',
  'flush_handlers',
  'refresh_inventory',
  'clear_facts',
  'clear_host_errors',
  'end_play',
  'end_batch',
  'end_host',
  'reset_connection',
  'role_complete',
] as const;

/** One thing that `meta` can do. */
export type MetaAction = (typeof META_ACTIONS)[number];

/** Where include_vars takes variables from. */
export interface VarsSource {
  readonly file?: string;
  readonly dir?: string;
  /** How many folders deep; 0 is all. */
  readonly depth: number;
  /** A regular expression that names of files have to match. */
  readonly filesMatching?: string;
  readonly ignoreFiles: readonly string[];
  readonly extensions: readonly string[];
  readonly ignoreUnknownExtensions: boolean;
  /** The variable that holds them all; left out: each is one of its own. */
  readonly name?: string;
}
