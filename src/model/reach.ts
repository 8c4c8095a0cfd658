/** What a change does to the way in. `sentence` says who is kept out, where and why. */
export type Reach =
  | { readonly kind: 'safe' }
  | {
      readonly kind: 'lockout' | 'unknown';
      readonly sentence: string;
      readonly hint?: string;
      /** It strikes only at the next reload or reboot: no connection made now can tell. */
      readonly late?: true;
    };
