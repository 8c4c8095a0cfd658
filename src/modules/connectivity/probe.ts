import { OrchError } from '../../lib/errors.ts';
import type { Probe, Resource } from '../../model/module.ts';
import { probeScript, type Target } from './probe-script.ts';

/**
 * What came of knocking at a port. `untried`: bash alone cannot ask about UDP. `silent`: no answer in the time there
 * was, from a host that refused others; it tells few refusals in a second.
 */
export type Knock =
  | 'proven'
  | 'open'
  | 'refused'
  | 'rejected'
  | 'timeout'
  | 'silent'
  | 'unreachable'
  | 'denied_local'
  | 'error'
  | 'untried';

const KNOCKS: ReadonlySet<string> = new Set<Knock>([
  ...(['proven', 'open', 'refused', 'rejected', 'timeout'] as const),
  ...(['silent', 'unreachable', 'denied_local', 'error', 'untried'] as const),
]);

/** What tasks want to know. */
export interface ConnectivityScope {
  readonly targets: readonly Target[];
  readonly seconds: number;
}

/** What a host found out: `ADDRESS PORT/PROTO` → result. */
export interface ConnectivityFacts {
  readonly tool: string;
  readonly knocks: ReadonlyMap<string, Knock>;
}

/** The ways from a host to others. There is nothing to manage: the state is empty, all that is seen are facts. */
export const connectivityResource: Resource<
  ConnectivityScope,
  Readonly<Record<string, never>>,
  ConnectivityFacts
> = {
  name: 'connectivity',
  key: () => 'connectivity',
  observe,
  plan: () => ({ steps: [] }),
  footprints: () => ({ reads: ['net:/'], writes: [] }),
};

function observe(
  scopes: readonly ConnectivityScope[],
): Probe<Readonly<Record<string, never>>, ConnectivityFacts> {
  const seconds = Math.max(...scopes.map((scope) => scope.seconds));
  return {
    script: probeScript(joined(scopes.flatMap(({ targets }) => targets)), seconds),
    parse: (reply) => {
      if (reply.exit === 127) {
        throw new OrchError('TOOL_MISSING', 'the host has neither python3 nor bash to knock with', {
          hint: 'Install python3 (or bash) on the host; firewalld itself needs python3.',
        });
      }
      const said = reply.stdout.toString('utf8').split('\n');
      if (reply.exit !== 0 || !said[0]?.startsWith('tool ')) {
        throw new OrchError('REPLY_UNREADABLE', 'the probe of the network ended early', {
          stderr: reply.stderr.toString('utf8'),
        });
      }
      return { state: {}, facts: { tool: said[0].slice(5), knocks: knocksOf(said.slice(1)) } };
    },
  };
}

/** Each address once with all its ports. */
function joined(targets: readonly Target[]): readonly Target[] {
  const byAddress = new Map<string, Target>();
  for (const { address, nonce, ports } of targets) {
    const same = byAddress.get(address);
    byAddress.set(address, {
      address,
      nonce: same?.nonce === undefined || same.nonce === '' ? nonce : same.nonce,
      ports: [...new Set([...(same?.ports ?? []), ...ports])],
    });
  }
  return [...byAddress.values()];
}

function knocksOf(lines: readonly string[]): ReadonlyMap<string, Knock> {
  const knocks = new Map<string, Knock>();
  for (const line of lines) {
    const [address, port, result] = line.split(' ');
    if (address && port && isKnock(result)) knocks.set(`${address} ${port}`, result);
  }
  return knocks;
}

const isKnock = (word: string | undefined): word is Knock => KNOCKS.has(word ?? '');
