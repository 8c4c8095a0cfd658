import { type AddressSet, addressesOfWord, joinAddresses, NOWHERE } from '../lib/address-set.ts';
import { OrchError } from '../lib/errors.ts';
import { joinPorts, NO_PORTS, type PortSet, portsOfWord } from '../lib/port-set.ts';
import type { PolicyRule } from '../model/policy.ts';
import type { Scope } from '../model/scope.ts';
import { sourceAt, type Tree } from '../model/tree.ts';
import { firstUnknown, opened, type Unknown } from '../model/value.ts';
import type { Ruled } from './breaches.ts';

/** The values of a rule on a host, or why they are not known. Throws OrchError, placed where the value was written. */
export function ruledBy(rule: PolicyRule, scope: Pick<Scope, 'resolve'>): Ruled | Unknown {
  try {
    const ports = portsIn(rule.ports, scope);
    const onlyFrom = rule.onlyFrom && addressesIn(rule.onlyFrom, scope);
    const from = rule.from && addressesIn(rule.from, scope);
    const notFrom = rule.notFrom && addressesIn(rule.notFrom, scope);
    const interfaces = rule.interfaces && wordsOf(rule.interfaces, scope);
    return {
      ports,
      ...(onlyFrom ? { onlyFrom } : {}),
      ...(from ? { from } : {}),
      ...(notFrom ? { notFrom } : {}),
      ...(interfaces ? { interfaces } : {}),
    };
  } catch (error) {
    if (error instanceof Unforeseen) return error.unknown;
    throw error;
  }
}

/** A value is not known: the whole rule is not. */
class Unforeseen extends Error {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    super(unknown.why);
    this.unknown = unknown;
  }
}

function portsIn(tree: Tree, scope: Pick<Scope, 'resolve'>): PortSet {
  return wordsOf(tree, scope).reduce((set, word, i) => {
    const ports = portsOfWord(word);
    if (!ports) throw wrong(tree, i, `${JSON.stringify(word)} names no port`, PORT);
    return joinPorts(set, ports);
  }, NO_PORTS);
}

function addressesIn(tree: Tree, scope: Pick<Scope, 'resolve'>): AddressSet {
  return wordsOf(tree, scope).reduce((set, word, i) => {
    const addresses = addressesOfWord(word);
    if (!addresses)
      throw wrong(tree, i, `${JSON.stringify(word)} is no address and no network`, ADDRESS);
    return joinAddresses(set, addresses);
  }, NOWHERE);
}

/** One text, or a list of texts. */
function wordsOf(tree: Tree, scope: Pick<Scope, 'resolve'>): readonly string[] {
  const value = opened(scope.resolve(tree));
  const unknown = firstUnknown(value);
  if (unknown) throw new Unforeseen(unknown);
  const list: readonly unknown[] = Array.isArray(value) ? value.flat() : [value];
  return list.map((one, i) => {
    if (typeof one === 'string') return one;
    throw wrong(tree, i, `this is ${JSON.stringify(one)}, no text`, 'Write a list of texts.');
  });
}

const wrong = (tree: Tree, item: number, message: string, hint: string): OrchError =>
  new OrchError('POLICY_INVALID', message, { source: sourceAt(tree, `/${item}`), hint });

const PORT = 'Write 22/tcp, 2379-2380/tcp, udp, gre or all.';
const ADDRESS = 'Write 10.0.0.5, 10.0.0.0/24, 2001:db8::/64 or any.';
