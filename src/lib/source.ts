/** A place in a file the user wrote. Lines and columns count from 1, as editors do. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, the form editors and terminals make clickable. */
export const showSource = ({ file, line, column }: Source): string => `${file}:${line}:${column}`;
