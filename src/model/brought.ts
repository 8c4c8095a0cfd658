/** Bytes to be sent: of a file of this machine, which is streamed, or these. */
export interface Brought {
  readonly size: number;
  readonly from: { readonly file: string } | { readonly bytes: Buffer };
}
