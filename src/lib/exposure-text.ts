import { portsText, type ToldPorts } from './port-set.ts';

/** Ports, from where, and by which interfaces. */
interface Told extends ToldPorts {
  readonly from: string;
  readonly interfaces: readonly string[];
  readonly when?: 'until-reload' | 'after-reload';
  readonly why?: string;
}

/** `8472/udp is reachable from any on eth0 after the next reload or reboot (why)` */
export function exposureText(told: Told, says: string): string {
  const { from, interfaces, when, why } = told;
  const until =
    when === undefined
      ? ''
      : when === 'until-reload'
        ? ' until the next reload or reboot'
        : ' after the next reload or reboot';
  const reason = why === undefined ? '' : ` (${why})`;
  return `${portsText(told)} ${says} from ${from} on ${interfaces.join(', ')}${until}${reason}`;
}
