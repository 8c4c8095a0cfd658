/** A default route of table main as `ip route` prints it. */
export interface DefaultRoute {
  /** `unicast`, or `unreachable`, `blackhole`, `prohibit`, `throw`. */
  readonly type: string;
  /** Devices it leaves by; several when it is multipath. */
  readonly devices: readonly string[];
  readonly gateway: string;
  readonly metric: number;
  /** None of its devices can carry traffic: `linkdown` or `dead`. */
  readonly dead: boolean;
  /** The line as the host printed it. */
  readonly text: string;
}

const TYPES = ['unreachable', 'blackhole', 'prohibit', 'throw', 'unicast'];

/** Reads `ip -4 route show table main default`; other routes are left out. Multipath routes span lines. */
export function parseDefaultRoutes(text: string): readonly DefaultRoute[] {
  return text
    .replaceAll(/\n\s+nexthop/g, ' nexthop')
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .flatMap((line) => {
      const words = line.split(' ');
      const type = TYPES.includes(words[0] ?? '') ? (words.shift() ?? '') : 'unicast';
      return words[0] === 'default' ? [route(type, line, words)] : [];
    });
}

function route(type: string, text: string, words: readonly string[]): DefaultRoute {
  const hops = text.includes(' nexthop ') ? text.split(' nexthop ').slice(1) : [text];
  const devices = hops.flatMap((hop) => after(hop.split(' '), 'dev') ?? []);
  return {
    type,
    devices,
    gateway: after(words, 'via') ?? '',
    // busybox prints metrics above 2^31 as negative numbers.
    metric: Number(after(words, 'metric') ?? 0) >>> 0,
    dead: hops.every((hop) => /\b(linkdown|dead)\b/.test(hop)),
    text,
  };
}

const after = (words: readonly string[], word: string): string | undefined => {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
};

/** Whether K3s could rely on it: unicast, through a live device other than `own`. */
export const isUsable = (route: DefaultRoute, own: string): boolean =>
  route.type === 'unicast' && !route.dead && isForeign(route, own);

/** Whether it leaves, or would leave, by a device other than `own`. */
export const isForeign = (route: DefaultRoute, own: string): boolean =>
  route.devices.some((device) => device !== own) || route.devices.length === 0;

/** Why a default route does not count, in the reader's words. */
export function whyUnusable(route: DefaultRoute): string {
  if (route.type !== 'unicast') return `"${route.text}" leads nowhere`;
  return `"${route.text}" has no carrier`;
}

/** A default route of a managed link, as the state holds it. */
export const routeWords = (gateway: string, metric: number): string =>
  gateway === '' ? `default metric ${metric}` : `default via ${gateway} metric ${metric}`;
