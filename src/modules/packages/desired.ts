import { Refusal, type Result, type Seen } from '../../model/module.ts';
import { Unknown } from '../../model/value.ts';
import {
  type Chore,
  fits,
  isFile,
  type Manager,
  named,
  type Options,
  type PackagesFacts,
  type PackagesScope,
  type PackagesState,
} from './state.ts';

/** What a task wants of packages. */
export interface Wish {
  readonly names: readonly string[];
  readonly state: 'present' | 'absent' | 'latest';
  readonly manager: Manager | undefined;
  readonly freshness: number | null;
  /** Done to all packages: what they would touch is nothing afterwards. */
  readonly chores?: readonly Chore[];
  /** Only what is installed is brought to the newest version. */
  readonly onlyUpgrade?: boolean;
  readonly options: Options;
}

type Now = Seen<PackagesState, PackagesFacts>;

/** What has to be asked for a wish. */
export const scopeOf = ({
  names,
  state,
  manager,
  freshness,
  chores = [],
  options,
}: Wish): PackagesScope => ({
  ...(manager === undefined ? {} : { manager }),
  install: state === 'absent' ? [] : names,
  remove: state === 'absent' ? names.map((word) => named(word).name) : [],
  latest: state === 'latest',
  freshness,
  chores,
  options,
});

/** The packages as they should be. */
export function desiredPackages({ state, facts }: Now, wish: Wish): PackagesState | Refusal {
  const lists = wish.freshness === null ? state.lists : 'new';
  const unsure = facts.old && lists === 'new';
  const next: Record<string, string | null> = { ...state.packages };
  for (const word of wish.names) {
    const wanted = versionOf(word, { state, facts }, wish, unsure);
    if (wanted instanceof Refusal) return wanted;
    next[named(word).name] = wanted;
  }
  const changes = Object.entries(next).some(([name, to]) => to !== (state.packages[name] ?? null));
  if (changes && !unsure && facts.trouble !== '')
    return new Refusal(`${facts.manager} cannot do it: ${facts.trouble}`, { pointer: '/name' });
  const missing = (wish.chores ?? []).find((chore) => !facts.chores.includes(chore));
  if (missing !== undefined)
    return new Refusal(`${facts.manager} has no ${missing}`, {
      hint: `Leave it out where the host has ${facts.manager}.`,
    });
  const chores = { ...state.chores };
  for (const chore of wish.chores ?? []) chores[chore] = [];
  return { packages: next, lists, chores };
}

/** The version a word comes to, null for none: what is there already where that will do. */
function versionOf(
  word: string,
  { state, facts }: Now,
  wish: Wish,
  unsure: boolean,
): string | null | Refusal {
  const { name, version } = named(word);
  const is = state.packages[name] ?? null;
  const candidate = Object.hasOwn(facts.candidates, name) ? facts.candidates[name] : undefined;
  if (wish.state === 'absent') return null;
  if (wish.onlyUpgrade === true && is === null) return null;
  if (version !== undefined) return is !== null && fits(is, version) ? is : version;
  if (isFile(word)) return candidate ?? is ?? noFile(word, facts);
  if (wish.state === 'present' && is !== null) return is;
  if (unsure) return '?';
  if (is !== null && (candidate === undefined || is === '?')) return is;
  return candidate ?? unknownPackage(name, facts);
}

const unknownPackage = (name: string, { manager }: PackagesFacts): Refusal =>
  new Refusal(`no package ${name} is known to ${manager} on this host`, {
    code: 'NOT_ON_HOST',
    pointer: '/name',
    hint: 'Check its name; update_cache: true asks the archives anew.',
  });

const noFile = (word: string, { manager }: PackagesFacts): Refusal =>
  new Refusal(`${word} is no package that ${manager} takes, or cannot be read`, {
    code: 'NOT_ON_HOST',
    hint: 'Bring the file to the host first, with get_url or copy; an address needs curl on the host.',
  });

const unknown = new Unknown('the manager has not said it yet');
const LATER = { stdout: unknown, stdout_lines: unknown, stderr: unknown, stderr_lines: unknown };

/** What the manager said when it is done: both of its outputs in the order they came. */
export const packagesTold = ({ facts }: Now, said: string): Result['data'] => ({
  ...(facts.stamp === 0 ? {} : { cache_update_time: facts.stamp }),
  ...{ stdout: said, stdout_lines: said === '' ? [] : said.replace(/\n$/, '').split('\n') },
  ...{ stderr: '', stderr_lines: [] },
});

/** What Ansible's dnf tells. */
function dnfData(before: PackagesState, after: PackagesState, { names }: Wish): Result['data'] {
  const results = names.flatMap((word) => {
    const { name } = named(word);
    const [was = null, is = null] = [before.packages[name], after.packages[name]];
    if (was === is) return [];
    return [is === null ? `Removed: ${name}` : `Installed: ${name}`];
  });
  return { rc: 0, results, msg: results.length === 0 ? 'Nothing to do' : '' };
}

/** What a task tells besides its change. */
export function packagesResult(before: PackagesState, { state, facts }: Now, wish: Wish): Result {
  const touched = (wish.chores ?? []).flatMap((chore) => before.chores[chore] ?? []);
  const changes = wish.names.some((word) => {
    const { name } = named(word);
    return (before.packages[name] ?? null) !== (state.packages[name] ?? null);
  });
  return {
    data: {
      manager: facts.manager,
      versions: Object.fromEntries(
        wish.names.map((word) => [named(word).name, state.packages[named(word).name] ?? null]),
      ),
      cache_updated: before.lists !== state.lists,
      ...(facts.stamp === 0 ? {} : { cache_update_time: facts.stamp }),
      ...(facts.manager === 'dnf' ? dnfData(before, state, wish) : {}),
      ...(changes || touched.length > 0 ? { ...LATER, diff: {} } : {}),
    },
    notes: [
      ...(changes && facts.besides.length > 0
        ? [`comes or goes besides: ${facts.besides.join(' ')}`]
        : []),
      ...(touched.length > 0 ? [touched.join(' ')] : []),
    ],
    warnings: [],
  };
}
