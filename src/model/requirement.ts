/** What a change needs and a look did not find, such as the folder of a file that is to be made. */
export interface Requirement {
  /** Its names, as footprints have them: `file:/etc/app`. */
  readonly keys: readonly string[];
  /** What is wrong when nobody brings it. */
  readonly message: string;
  readonly hint: string;
}
