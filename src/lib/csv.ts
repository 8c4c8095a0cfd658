/** How a table is written. */
export interface CsvForm {
  readonly delimiter: string;
  /** Blanks behind a delimiter are no part of the cell. */
  readonly skipSpace?: boolean;
}

/** The rows of a table as Python's csv reads it: cells may stand in double quotes; empty lines are no rows. */
export function rowsOf(
  text: string,
  { delimiter, skipSpace = false }: CsvForm,
): readonly (readonly string[])[] {
  const found: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text.charAt(++i);
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ' ' && cell === '' && skipSpace) continue;
    else if (char === delimiter) {
      row.push(cell);
      cell = '';
    } else if (char === '\n') {
      found.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += char;
  }
  if (cell !== '' || row.length > 0) found.push([...row, cell]);
  return found.filter((cells) => cells.length > 1 || cells[0] !== '');
}
