/** One difference between two states. `path` leads to it from the root of the state. */
export type Change =
  | {
      readonly kind: 'set';
      readonly path: readonly string[];
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      readonly kind: 'value';
      readonly path: readonly string[];
      readonly from: Plain;
      readonly to: Plain;
    }
  | {
      readonly kind: 'text';
      readonly path: readonly string[];
      readonly from: string;
      readonly to: string;
    };

/** JSON data. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };
