/** A job as a table has it; `user` only in files of /etc/cron.d. */
export interface Job {
  readonly name: string;
  /** Five words, or one such as @daily. */
  readonly when: string;
  readonly user?: string;
  readonly job: string;
  readonly disabled: boolean;
}

/** Ansible marks its jobs so; jobs that it made are found again. */
const markOf = (name: string): string => `#Ansible: ${name}`;

const lineOf = ({ when, user, job, disabled }: Job): string =>
  `${disabled ? '#' : ''}${when} ${user === undefined ? '' : `${user} `}${job}`;

/** The table with a job, in its place if it is there, and there once. */
export function withJob(text: string | null, job: Job): string {
  const { rest, at } = taken(rowsOf(text), job.name);
  const place = at < 0 ? rest.length : at;
  return joined([...rest.slice(0, place), markOf(job.name), lineOf(job), ...rest.slice(place)]);
}

/** The table without a job. */
export function withoutJob(text: string | null, name: string): string | null {
  const { rest, at } = taken(rowsOf(text), name);
  return at < 0 ? text : joined(rest);
}

/** The rows without a job, and where it was; -1 where it was not. A mark before another mark has lost its job. */
function taken(
  rows: readonly string[],
  name: string,
): { readonly rest: readonly string[]; readonly at: number } {
  const mark = markOf(name);
  const isJob = (i: number): boolean =>
    i > 0 && rows[i - 1] === mark && rows[i]?.startsWith('#Ansible: ') !== true;
  const rest = rows.filter((row, i) => row !== mark && !isJob(i));
  const first = rows.indexOf(mark);
  return { rest, at: first };
}

/** The table with a variable, above the jobs. */
export function withVariable(text: string | null, name: string, value: string): string {
  const rows = rowsOf(text);
  const line = `${name}="${value.replaceAll('"', '\\"')}"`;
  const at = rows.findIndex((row) => isVariable(row, name));
  return joined(at < 0 ? [line, ...rows] : rows.map((row, i) => (i === at ? line : row)));
}

/** The table without a variable. */
export function withoutVariable(text: string | null, name: string): string | null {
  const rows = rowsOf(text);
  return rows.some((row) => isVariable(row, name))
    ? joined(rows.filter((row) => !isVariable(row, name)))
    : text;
}

/** The names of the jobs that are known by one, and of the variables. */
export const namesIn = (
  text: string | null,
): { readonly jobs: readonly string[]; readonly envs: readonly string[] } => {
  const rows = rowsOf(text);
  const pick = (pattern: RegExp): readonly string[] =>
    rows.flatMap((row) => pattern.exec(row)?.[1] ?? []);
  return { jobs: pick(/^#Ansible: (.*)$/), envs: pick(/^(\w+)\s*=/) };
};

const isVariable = (row: string, name: string): boolean =>
  new RegExp(`^\\s*${name}\\s*=`).test(row);

const rowsOf = (text: string | null): readonly string[] =>
  text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n');

const joined = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');
