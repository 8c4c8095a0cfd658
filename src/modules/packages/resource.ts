import type { Plan, Resource, Seen, Step } from '../../model/module.ts';
import { TOOLS } from './managers.ts';
import { observePackages } from './observe.ts';
import { isFile, type PackagesFacts, type PackagesScope, type PackagesState } from './state.ts';

/** The packages of a host: all that tasks ask for is one transaction. */
export const packages: Resource<PackagesScope, PackagesState, PackagesFacts> = {
  name: 'packages',
  // Names, files and versions of rpm are things of their own, for one package may be all of them.
  key: ({ manager, install, options: { words = [], extra = [] } }) =>
    [
      'packages',
      ...(install.some(isFile) ? ['files'] : []),
      ...(manager !== 'apt' && install.some((word) => /-\d/.test(word)) ? ['versions'] : []),
      ...words,
      ...extra,
    ].join(':'),
  observe: observePackages,
  plan,
  recall: {
    idle: ['lists'],
    // What was installed is looked at as what may be removed.
    scopes: ([scope], paths) =>
      scope
        ? [
            {
              ...{ ...scope, install: [], latest: false, freshness: null, chores: [] },
              remove: paths.flatMap(([, name]) => name ?? []),
            },
          ]
        : [],
    lost: ([what], before) =>
      what === 'chores'
        ? 'what was upgraded or cleaned up stays so'
        : before === null || before === undefined
          ? undefined
          : 'a version that was there is not brought back',
  },
  footprints: () => ({
    // Where archives are is in files that other tasks write.
    reads: [
      'package:/',
      ...[
        '/etc/apt',
        '/etc/yum.repos.d',
        '/etc/zypp',
        '/etc/apk',
        '/etc/pacman.conf',
        '/etc/pacman.d',
      ].map((path) => `file:${path}`),
    ],
    // Scripts of packages make users, units, files, whatever they like.
    writes: ['package:/', 'file:/', 'unit:/', 'account:/', 'kernel_module:/', 'sysctl:/', 'net:/'],
  }),
};

/** What is exchanged or goes may have services that run. */
const disturbing = (names: readonly string[], what: string): Pick<Step, 'disruption' | 'reason'> =>
  names.length === 0
    ? { disruption: 'none' }
    : { disruption: 'restart', reason: `${names.join(', ')} ${what}` };

/** Seconds: archives may be far and disks slow. */
const PATIENCE = 1800;

function plan({ state, facts }: Seen<PackagesState, PackagesFacts>, desired: PackagesState): Plan {
  const tool = TOOLS[facts.manager];
  const pairs = Object.entries(desired.packages).map(([name, to]) => ({
    name,
    from: state.packages[name] ?? null,
    to,
  }));
  const install = pairs.filter(({ from, to }) => to !== null && from !== to);
  const remove = pairs
    .filter(({ from, to }) => to === null && from !== null)
    .map(({ name }) => name);
  const words = install.map(({ name, to }) =>
    facts.manager === 'apt' && !isFile(name) && to !== '?' && to !== facts.candidates[name]
      ? `${name}=${to ?? ''}`
      : name,
  );
  const fresh = install
    .filter(({ name, from }) => from === null && !isFile(name))
    .map(({ name }) => name);
  const steps: Step[] = [];
  if (state.lists === 'old' && desired.lists === 'new')
    steps.push({
      name: 'lists of packages',
      do: tool.update(facts.options),
      patience: PATIENCE,
      stage: 'persistent',
      disruption: 'none',
    });
  if (words.length > 0) {
    steps.push({
      name: `install ${words.join(', ')}`,
      do: tool.install(words, facts.options),
      ...(fresh.length === install.length ? { inverse: tool.remove(fresh, facts.options) } : {}),
      patience: PATIENCE,
      stage: 'persistent',
      ...disturbing(
        install.filter(({ from }) => from !== null).map(({ name }) => name),
        'may start its services anew',
      ),
    });
  }
  if (remove.length > 0) {
    steps.push({
      name: `remove ${remove.join(', ')}`,
      do: tool.remove(remove, facts.options),
      inverse: tool.install(remove, facts.options),
      patience: PATIENCE,
      stage: 'persistent',
      ...disturbing(remove, 'stops what it runs'),
    });
  }
  for (const chore of facts.chores) {
    const done = tool.chores(facts.options)[chore];
    const known = state.chores[chore] ?? [];
    if (!done || desired.chores[chore]?.length !== 0) continue;
    // What newer lists would bring is not known before they are there.
    if (known.length === 0 && !(chore.endsWith('upgrade') && state.lists !== desired.lists))
      continue;
    steps.push({
      name: `${chore.replace('_', ' ')} of packages`,
      do: done.do,
      patience: PATIENCE,
      stage: 'persistent',
      ...disturbing(
        chore.endsWith('upgrade') || chore === 'autoremove' ? ['any of them'] : [],
        'may start its services anew',
      ),
    });
  }
  return { steps };
}
