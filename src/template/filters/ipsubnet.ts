import { failure } from '../faults.ts';
import { firstOf, netOf, showNet, written, type Net } from '../net.ts';
import type { Given } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, type Val } from '../values.ts';

const cidr = (net: Net): Net => ({ ...net, ip: firstOf(net) });

/** After ansible.utils.ipsubnet: how many subnets of a size there are, one of them, or which one of a network it is. */
export function ipSubnet(value: Val, given: Given): Val {
  const found = isText(value) && text(value) !== '' ? written(value, undefined) : undefined;
  if (!found) return false;
  const net = cidr(found.net);
  const query = given.text('query', '');
  if (query === '') return showNet(net);
  if (!/^\d+$/.test(query)) return place(net, query);
  const size = Number(query);
  if (size > net.bits) return false;
  const index = given.get('index');
  const wanted = index === undefined || index === null ? undefined : given.integer('index');
  return net.prefix === net.bits ? above(net, size, wanted) : below(net, size, wanted);
}

/** The network of a size that an address lies in, and with an index the smaller ones in that. */
function above(net: Net, size: number, index: number | undefined): Val {
  if (index === undefined) return showNet(cidr({ ...net, prefix: size }));
  if (index > net.bits + 1 - index || index < size - net.bits) return false;
  const prefix = index < 0 ? net.bits + index : size + index;
  if (prefix > net.bits) return false;
  return showNet(cidr({ ...net, prefix }));
}

function below(net: Net, size: number, index: number | undefined): Val {
  if (size < net.prefix) throw failure(`A network of /${net.prefix} has no subnets of /${size}.`);
  const count = 2n ** BigInt(size - net.prefix);
  if (index === undefined) return String(count);
  const at = index < 0 ? BigInt(index) + count : BigInt(index);
  if (at < 0n || at >= count) return false;
  const made = netOf(net.version, net.ip + (at << BigInt(net.bits - size)), size);
  return made ? showNet(made) : false;
}

/** Which subnet of a network this is, counted from 1. */
function place(net: Net, query: string): Val {
  const outer = written(query, undefined)?.net;
  if (!outer) throw failure(`"${query}" is neither a size nor a network.`);
  const shift = BigInt(net.bits - outer.prefix);
  if (net.version !== outer.version || net.ip >> shift !== outer.ip >> shift) {
    throw failure(`${showNet(net)} is not in the network ${showNet(cidr(outer))}.`);
  }
  const own = BigInt(net.bits - net.prefix);
  const inside = (net.ip >> own) & (2n ** BigInt(Math.max(net.prefix - outer.prefix, 0)) - 1n);
  return String(inside + 1n);
}
