import type { Value } from '../../src/model/value.ts';
import { type Dice, diceOf } from './dice.ts';
import { NETS } from './lines.ts';

type Args = Readonly<Record<string, Value>>;

const [A, B] = NETS;
/** Zones that let ssh in as firewalld ships them. */
const WITH_SSH = ['public', 'home', 'work', 'dmz', 'internal', 'external'];
const OTHERS = ['10.42.0.0/16', '172.16.0.0/12', '203.0.113.0/24', `${B}.0.0/16`, '2001:db8::/32'];

/**
 * Changes that leave the way in of the connection in use (from another address of its network, by eth0, to port 22) as
 * it is, whatever was changed before by others of them.
 */
export function harmlessTasks(seed: number, number: number, count: number): readonly Args[] {
  const dice = diceOf(Math.imul(seed, 7_919) + number);
  return Array.from({ length: count }, () => harmless(dice));
}

function harmless(dice: Dice): Args {
  const zone = dice.pick(WITH_SSH);
  const any = dice.pick([...WITH_SSH, 'trusted', 'drop', 'block', 'web']);
  const [source] = dice.some(OTHERS, 1);
  const family = source?.includes(':') === true ? 'ipv6' : 'ipv4';
  const from = `family="${family}" source address="${source ?? ''}"`;
  switch (dice.number(0, 13)) {
    case 0:
      return {
        zone: any,
        ports: [...dice.some(['80/tcp', '8000-8100/tcp', '53/udp', '22/udp'], 3)],
      };
    case 1:
      return { zone: any, services: [...dice.some(['http', 'https', 'dns', 'samba'], 3)] };
    case 2:
      return { zone, remove: { services: [...dice.some(['dhcpv6-client', 'mdns', 'http'], 2)] } };
    case 3:
      return { zone: dice.pick(['drop', 'block', 'web', 'trusted']), sources: [source ?? ''] };
    case 4:
      return { zone: any, interfaces: ['eth1'] };
    case 5:
      return { zone, interfaces: ['eth0'] };
    case 6:
      return { zone, rich_rules: [`rule ${from} ${dice.pick(['drop', 'reject', 'accept'])}`] };
    case 7:
      return { zone: any, rich_rules: ['rule port port="80" protocol="tcp" reject'] };
    case 8:
      return { zone, rich_rules: [`rule family="ipv4" source NOT address="${A}.0.0/16" drop`] };
    case 9:
      return { zone, target: dice.pick(['DROP', '%%REJECT%%', 'default']) };
    case 10:
      return { zone, services: ['ssh', 'https'], exclusive: ['services'] };
    case 11:
      return { zone: dice.pick(WITH_SSH), default: true };
    case 12:
      return { zone: any, protocols: [...dice.some(['gre', 'esp', 'vrrp', 'udp'], 2)] };
    default:
      return { zone: any, forward: dice.chance(50), icmp_block_inversion: dice.chance(50) };
  }
}
