import { canonicalCidr, familyOf } from '../../lib/cidr.ts';
import type { RuleWish, UfwFacts } from './state.ts';

/** What a rule is about, in one family of addresses. */
interface Match {
  readonly route: boolean;
  readonly direction: string;
  readonly interfaceIn: string;
  readonly interfaceOut: string;
  readonly proto: string;
  readonly from: string;
  readonly fromPort: string;
  readonly to: string;
  readonly toPort: string;
  readonly app: string;
  readonly family: 4 | 6;
}

/** A rule of ufw, taken apart. */
export interface Rule extends Match {
  readonly action: string;
  readonly logged: boolean;
}

/** What a rule is about as a reader has it: two rules with the same name exclude each other. */
function nameOf(match: Match): string {
  const { route, direction, proto, from, fromPort, to, toPort, app, family } = match;
  return [
    ...(route ? ['route'] : []),
    ...(route ? [] : [direction]),
    ...(match.interfaceIn === '' ? [] : [route ? 'in' : '', 'on', match.interfaceIn]),
    ...(match.interfaceOut === '' ? [] : [route ? 'out' : '', 'on', match.interfaceOut]),
    ...(app === '' && proto !== 'any' ? ['proto', proto] : []),
    ...['from', from, ...(fromPort === 'any' || app !== '' ? [] : ['port', fromPort])],
    ...['to', to, ...(app === '' ? (toPort === 'any' ? [] : ['port', toPort]) : ['app', app])],
    ...(family === 6 ? ['(v6)'] : []),
  ]
    .filter((word) => word !== '')
    .join(' ');
}

/** What a rule does as a reader has it. */
const effectOf = (action: string, logged: boolean, comment: string): string =>
  `${action}${logged ? ', logged' : ''}${comment === '' ? '' : ` # ${comment}`}`;

const TUPLE =
  /^### tuple ### (route:)?(allow|deny|reject|limit)(_log(?:-all)?)? (\S+) (\S+) (\S+) (\S+) (\S+)(?: (\S+) (\S+))? (in|out)(?:_(\S+))?(?: comment=([0-9a-f]*))?$/;

/** The rule a line of user.rules tells, with its name and effect; nothing for any other line. */
export function ruleIn(
  line: string,
  family: 4 | 6,
): (Rule & { readonly name: string; readonly effect: string }) | undefined {
  const found = TUPLE.exec(line.trim());
  if (!found) return undefined;
  const [, route = '', action = '', log = '', proto = '', toPort = '', dst = ''] = found;
  const [fromPort = '', src = '', toApp, fromApp, direction = '', link = '', hex = ''] =
    found.slice(7);
  const interfaces = linksOf(direction, link);
  const apps = [toApp, fromApp].filter((app) => app !== undefined && app !== '-');
  const match: Match = {
    ...{ route: route !== '', direction, ...interfaces, proto, family },
    ...{ from: addressOf(src), fromPort, to: addressOf(dst), toPort },
    app: decodeURIComponent(apps[0] ?? ''),
  };
  const comment = Buffer.from(hex, 'hex').toString('utf8');
  return {
    ...{ ...match, action, logged: log !== '' },
    ...{ name: nameOf(match), effect: effectOf(action, log !== '', comment) },
  };
}

/** `in_eth0!out_eth1` and `in_eth0`: the direction stands before the first. */
function linksOf(direction: string, link: string): { interfaceIn: string; interfaceOut: string } {
  const [first = '', second = ''] = link.split('!');
  const other = second.replace(/^(in|out)_/, '');
  return direction === 'in'
    ? { interfaceIn: first, interfaceOut: other }
    : { interfaceIn: other, interfaceOut: first };
}

const addressOf = (text: string): string =>
  text === '0.0.0.0/0' || text === '::/0' ? 'any' : (canonicalCidr(text) ?? text);

/** The names and the effect of a rule as a task writes it: one name for each family it is for. */
export function namesOf(
  wish: RuleWish,
  { ipv6, services }: Pick<UfwFacts, 'ipv6' | 'services'>,
): readonly string[] {
  const families = [familyOf(wish.from), familyOf(wish.to)].filter((one) => one !== undefined);
  const only = wish.proto === 'ipv6' || wish.proto === 'igmp' ? 'ipv4' : families[0];
  const named = [wish.toPort, wish.fromPort].find(
    (port) => port !== undefined && /[a-z]/i.test(port),
  );
  const known = named === undefined ? [] : (services[named] ?? []);
  const protos = [...new Set(known.map((one) => one.split('/')[1] ?? 'any'))];
  const proto = wish.proto === 'any' && protos.length === 1 ? (protos[0] ?? 'any') : wish.proto;
  const port = (given: string | undefined): string =>
    given === undefined || given === 'any' ? 'any' : portsOf(given, services);
  return ([4, 6] as const)
    .filter((family) => (only === undefined ? family === 4 || ipv6 : only === `ipv${family}`))
    .map((family) =>
      nameOf({
        ...{ route: wish.route, direction: wish.direction, proto, family },
        ...{ interfaceIn: wish.interfaceIn ?? '', interfaceOut: wish.interfaceOut ?? '' },
        ...{ from: addressOf(wish.from), fromPort: port(wish.fromPort) },
        ...{ to: addressOf(wish.to), toPort: port(wish.toPort), app: wish.app ?? '' },
      }),
    );
}

/** Several ports sorted, as ufw writes them; a name as its number. */
const portsOf = (given: string, services: UfwFacts['services']): string =>
  given
    .split(',')
    .map((one) => services[one]?.[0]?.split('/')[0] ?? one)
    .sort((a, b) => Number(a.split(':')[0]) - Number(b.split(':')[0]))
    .join(',');

/** What a rule does, as it is compared. */
export const effectFor = ({ action, log, comment = '' }: RuleWish): string =>
  effectOf(action, log, comment);

/** Words for ufw behind `ufw` and `ufw delete`. */
export function wordsFor(
  wish: RuleWish,
  effect: string,
  insert: number | undefined,
): readonly string[] {
  const [action = wish.action, logged] = effect.split(/ # /)[0]?.split(', ') ?? [];
  const comment = / # (.*)$/s.exec(effect)?.[1];
  const on = (name: string | undefined, word: string): readonly string[] =>
    name === undefined ? [] : [...(wish.route ? [word] : []), 'on', name];
  return [
    ...(wish.route ? ['route'] : []),
    ...(insert === undefined ? [] : ['insert', String(insert)]),
    action,
    ...(wish.route ? [] : [wish.direction]),
    ...[...on(wish.interfaceIn, 'in'), ...on(wish.interfaceOut, 'out')],
    ...(logged === undefined ? [] : ['log']),
    ...['from', wish.from, ...(wish.fromPort === undefined ? [] : ['port', wish.fromPort])],
    ...['to', wish.to, ...(wish.toPort === undefined ? [] : ['port', wish.toPort])],
    ...(wish.app === undefined ? [] : ['app', wish.app]),
    ...(wish.proto === 'any' || wish.app !== undefined ? [] : ['proto', wish.proto]),
    ...(comment === undefined ? [] : ['comment', comment]),
  ];
}
