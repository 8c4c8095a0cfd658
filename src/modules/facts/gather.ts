import { OrchError } from '../../lib/errors.ts';
import type { Reply } from '../../model/transport.ts';
import { distributionFacts } from './distribution.ts';
import { hardwareFacts } from './hardware.ts';
import { localFacts } from './local.ts';
import { networkFacts } from './network.ts';
import { told } from './sections.ts';
import type { Subset } from './subsets.ts';
import { systemFacts, type Facts } from './system.ts';
import { virtualFacts } from './virtual.ts';

/** The facts of a host, by name without `ansible_`, sorted. Throws REPLY_UNREADABLE for a reply that is none of the probe. */
export function factsOf({ stdout, stderr, exit }: Reply, subsets: ReadonlySet<Subset>): Facts {
  const host = told(stdout.toString('utf8'));
  if (exit !== 0 || !host) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its facts', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const facts: Facts = {
    ...(subsets.has('network') ? networkFacts(host) : {}),
    ...systemFacts(host),
    ...distributionFacts(host),
    ...(subsets.has('hardware') ? hardwareFacts(host) : {}),
    ...(subsets.has('virtual') ? virtualFacts(host) : {}),
    local: localFacts(host),
    gather_subset: subsets.size === 3 ? ['all'] : ['min', ...subsets],
    module_setup: true,
  };
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
