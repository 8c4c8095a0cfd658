import type { Plan, Resource, Seen, Step } from '../../model/module.ts';
import { TOOLS } from './managers.ts';
import { observePackages } from './observe.ts';
import type { PackagesFacts, PackagesScope, PackagesState } from './state.ts';

/** The packages of a host: all that tasks ask for is one transaction. */
export const packages: Resource<PackagesScope, PackagesState, PackagesFacts> = {
  name: 'packages',
  key: () => 'packages',
  observe: observePackages,
  plan,
  footprints: () => ({
    reads: ['package:/'],
    // Scripts of packages make users, units, files, whatever they like.
    writes: ['package:/', 'file:/', 'unit:/', 'account:/', 'kernel_module:/', 'sysctl:/', 'net:/'],
  }),
};

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
    facts.manager === 'apt' && to !== '?' && to !== facts.candidates[name]
      ? `${name}=${to ?? ''}`
      : name,
  );
  const fresh = install.filter(({ from }) => from === null).map(({ name }) => name);
  const steps: Step[] = [];
  if (state.lists === 'old' && desired.lists === 'new')
    steps.push({
      name: 'lists of packages',
      do: tool.update,
      stage: 'persistent',
      disruption: 'none',
    });
  if (words.length > 0) {
    steps.push({
      name: `install ${words.join(', ')}`,
      do: tool.install(words, facts.options),
      ...(fresh.length === install.length ? { inverse: tool.remove(fresh, facts.options) } : {}),
      stage: 'persistent',
      disruption: 'none',
    });
  }
  if (remove.length > 0) {
    steps.push({
      name: `remove ${remove.join(', ')}`,
      do: tool.remove(remove, facts.options),
      inverse: tool.install(remove, facts.options),
      stage: 'persistent',
      disruption: 'none',
    });
  }
  return { steps };
}
