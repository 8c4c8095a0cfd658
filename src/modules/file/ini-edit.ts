import { bare, linesOf } from './lines.ts';

/** What is wanted of an option in a section of an INI file. */
export interface IniWish {
  /** "" for what stands before the first section. */
  readonly section: string;
  readonly option?: string | undefined;
  readonly values: readonly string[];
  readonly present: boolean;
  /** No other line of the option stays. */
  readonly exclusive: boolean;
  readonly spaces: boolean;
  /** An option may stand alone, without `=`. */
  readonly bare: boolean;
}

/** A text and what was done to it, as Ansible's ini_file says it. */
export interface IniEdited {
  readonly text: string;
  readonly msg: string;
}

/** A line of an option, commented out or not, with its value. */
function reader(option: string, active: boolean): (line: string) => string | undefined {
  const name = option.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(
    `^${active ? '' : '[#;]?'}[ \\t]*${name}[ \\t]*(?:=|$)[ \\t]*(.*)`,
    'm',
  );
  return (line) => pattern.exec(line)?.[1];
}

/**
 * An INI text with an option as it is wanted: a line that is there is rewritten, also one that is commented out; what is
 * missing goes to the end of the section, a section that is missing to the end of the file. Other lines stay as they are.
 */
export function iniEdited(before: string, wish: IniWish): IniEdited {
  const lines = linesOf(before.replace(/^\uFEFF/, ''));
  if (lines.length === 0) lines.push('\n');
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').replace(/([^\n])$/, '$1\n');
  const [from, to] = sectionIn(lines, wish.section);
  const missing = from < 0;
  const body = missing ? [] : lines.slice(from, to);
  const done = missing
    ? { body, msg: 'OK' }
    : wish.present
      ? withOption(body, wish)
      : withoutOption(body, wish);
  if (missing && wish.present) {
    const added = addition(wish);
    const msg = added.length > 0 ? 'section and option added' : 'only section added';
    return { text: [...lines, `[${wish.section}]\n`, ...added].join(''), msg };
  }
  const dropped = !wish.present && wish.option === undefined && wish.section !== '' && !missing;
  const rest = dropped
    ? lines.toSpliced(from - 1, to - from + 1)
    : missing
      ? lines
      : lines.toSpliced(from, to - from, ...done.body);
  const text = rest.join('');
  // A byte order mark is no change by itself, nor is the line that an empty file is taken for.
  if (text === lines.join('') && (before === '' || before.startsWith('\uFEFF')))
    return { text: before, msg: 'OK' };
  return { text, msg: dropped ? 'section removed' : done.msg };
}

/** Where the lines of a section begin, below its name, and end; -1 where there is none. */
function sectionIn(lines: readonly string[], section: string): readonly [number, number] {
  const from =
    section === '' ? 0 : lines.findIndex((line) => line.startsWith(`[${section}]`)) + 1 || -1;
  if (from < 0) return [-1, -1];
  const end = lines.findIndex((line, i) => i >= from && line.startsWith('['));
  return [from, end < 0 ? lines.length : end];
}

const assignment = ({ spaces }: IniWish, option: string, value: string): string =>
  spaces ? `${option} = ${value}\n` : `${option}=${value}\n`;

function addition(wish: IniWish): readonly string[] {
  const { option, values, bare } = wish;
  if (option === undefined) return [];
  if (values.length > 0) return values.map((value) => assignment(wish, option, value));
  return bare ? [`${option}\n`] : [];
}

/** Lines of a section while they are worked on. */
interface Draft {
  readonly rows: string[];
  /** Lines that are as they should be. */
  readonly settled: Set<number>;
  /** Values that no line has yet. */
  readonly left: string[];
  bareThere: boolean;
}

function withOption(
  body: readonly string[],
  wish: IniWish,
): { readonly body: readonly string[]; readonly msg: string } {
  const { option } = wish;
  if (option === undefined) return { body, msg: 'OK' };
  const valueIn = reader(option, false);
  const draft: Draft = {
    rows: [...body],
    settled: new Set(),
    left: [...new Set(wish.values)],
    bareThere: false,
  };
  keepMatching(draft, wish, option, valueIn);
  let rows = draft.rows;
  if (wish.exclusive && !wish.bare) {
    rewriteOthers(draft, wish, option, valueIn);
    rows = draft.rows.filter((line, i) => draft.settled.has(i) || valueIn(line) === undefined);
  }
  const changed = rows.join('') !== body.join('');
  const fresh =
    draft.left.length > 0
      ? draft.left.map((value) => assignment(wish, option, value))
      : wish.bare && wish.values.length === 0 && !draft.bareThere
        ? [`${option}\n`]
        : [];
  if (fresh.length === 0) return { body: rows, msg: changed ? 'option changed' : 'OK' };
  const end = rows.findLastIndex((line) => !/^[ \t]*([#;].*)?$/.test(bare(line))) + 1;
  return { body: rows.toSpliced(end, 0, ...fresh), msg: 'option added' };
}

/** Lines whose value is wanted are written as they should be. */
function keepMatching(
  draft: Draft,
  wish: IniWish,
  option: string,
  valueIn: (line: string) => string | undefined,
): void {
  for (const [i, line] of draft.rows.entries()) {
    const value = valueIn(line);
    if (value === undefined) continue;
    const at = draft.left.indexOf(value);
    if (at >= 0) {
      const alone = value === '' && wish.bare;
      draft.rows[i] = alone ? `${option}\n` : assignment(wish, option, value);
      draft.bareThere ||= alone;
      draft.left.splice(at, 1);
      draft.settled.add(i);
    } else if (draft.left.length === 0 && wish.bare && wish.values.length === 0) {
      draft.rows[i] = `${option}\n`;
      draft.bareThere = true;
      draft.settled.add(i);
      return;
    }
  }
}

/** Other lines of the option take the values that are left, in order. */
function rewriteOthers(
  draft: Draft,
  wish: IniWish,
  option: string,
  valueIn: (line: string) => string | undefined,
): void {
  for (const [i, line] of draft.rows.entries()) {
    const [next] = draft.left;
    if (next === undefined) return;
    if (draft.settled.has(i) || valueIn(line) === undefined) continue;
    draft.rows[i] = assignment(wish, option, next);
    draft.left.shift();
    draft.settled.add(i);
  }
}

function withoutOption(
  body: readonly string[],
  { option, values, exclusive }: IniWish,
): { readonly body: readonly string[]; readonly msg: string } {
  if (option === undefined) return { body: [], msg: 'section removed' };
  const valueIn = reader(option, true);
  const rest = body.filter((line) => {
    const value = valueIn(line);
    return value === undefined || (!exclusive && !values.includes(value));
  });
  return { body: rest, msg: rest.length === body.length ? 'OK' : 'option changed' };
}
