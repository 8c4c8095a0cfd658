import type { Disruption } from '../../model/module.ts';
import { threatOf } from './threat.ts';
import { splitWords } from './words.ts';

/** How a command plainly disturbs what runs, and why. */
export interface Disturbance {
  readonly disruption: Disruption;
  readonly reason: string;
}

/** The worst that a command line plainly does; nothing for what is not known. Lines a shell would have to work out are not read. */
export function disturbanceIn(text: string): Disturbance | undefined {
  return text
    .replaceAll(REDIRECTION, ' ')
    .split(/\n|;|&&|\|\|?|&/)
    .flatMap((one) => {
      const split = splitWords(one);
      return ('words' in split ? disturbanceOf(split.words) : undefined) ?? [];
    })
    .reduce<Disturbance | undefined>(
      (worst, one) =>
        !worst || RANK.indexOf(one.disruption) > RANK.indexOf(worst.disruption) ? one : worst,
      undefined,
    );
}

/** Where a command reads from or writes to: no words of its own. */
const REDIRECTION = /(?<=^|[\s;&|])\d*(?:<|>>?\|?)&?\s*[^\s;&|<>]+/g;

const RANK: readonly Disruption[] = ['none', 'connection', 'reload', 'restart', 'reboot'];

/** The same of a program and its words. */
export function disturbanceOf(given: readonly string[]): Disturbance | undefined {
  const at = given.findIndex(
    (word) => !/^(sudo|exec|nohup|env|time|command|[A-Za-z_]\w*=.*)$/.test(word),
  );
  const [program = '', ...words] = at < 0 ? [] : given.slice(at);
  const known = RULES[program.replace(/^.*\//, '')]?.(words);
  if (known) return known;
  const threat = threatOf(given);
  return threat === undefined ? undefined : { disruption: 'connection', reason: `it ${threat}` };
}

type Rule = (words: readonly string[]) => Disturbance | undefined;

const is = (disruption: Disruption, reason: string): Disturbance => ({ disruption, reason });

const ANEW = is('reboot', 'the host is started anew, or ends');

const DOWN: Rule = () => ANEW;

const RULES: Readonly<Partial<Record<string, Rule>>> = {
  systemctl: unitRule,
  service: ([unit = '', verb = '']) => verbRule(verb, [unit]),
  'rc-service': ([unit = '', verb = '']) => verbRule(verb, [unit]),
  reboot: DOWN,
  poweroff: DOWN,
  halt: DOWN,
  shutdown: (words) => (words.includes('-c') ? undefined : ANEW),
  init: ([level = '']) => (/^[06]$/.test(level) ? ANEW : undefined),
  'firewall-cmd': (words) =>
    words.some((word) => /^--(complete-)?reload$/.test(word))
      ? is('reload', 'firewalld reads its settings again')
      : undefined,
  ufw: (words) =>
    words.includes('reload') ? is('reload', 'ufw reads its rules again') : undefined,
  nft: (words) =>
    words.includes('-f') || words.includes('flush')
      ? is('connection', 'packets meet other rules')
      : undefined,
  'iptables-restore': () => is('connection', 'packets meet other rules'),
  'ip6tables-restore': () => is('connection', 'packets meet other rules'),
  nmcli: managerRule,
  netplan: ([verb]) =>
    verb === 'apply' || verb === 'try' ? is('connection', 'interfaces are set up anew') : undefined,
  ifup: ([device = '']) => is('connection', `${device} is set up anew`),
  ifdown: ([device = '']) => is('connection', `${device} goes down`),
};

function unitRule(given: readonly string[]): Disturbance | undefined {
  const [verb = '', ...units] = given.filter((word) => !word.startsWith('-'));
  const ends = verb === 'disable' && given.includes('--now');
  return verbRule(ends ? 'stop' : verb, units);
}

function verbRule(verb: string, units: readonly string[]): Disturbance | undefined {
  const who = units.join(', ');
  if (/^(try-|reload-or-|try-reload-or-)?restart$|^condrestart$/.test(verb))
    return is('restart', `${who} starts anew`);
  if (verb === 'stop' || verb === 'kill') return is('restart', `${who} stops`);
  if (verb === 'isolate') return is('restart', `all that ${who} does not want stops`);
  if (verb === 'reload' || verb === 'force-reload')
    return is('reload', `${who} reads its configuration again`);
  return /^(reboot|poweroff|halt|kexec|soft-reboot)$/.test(verb) ? ANEW : undefined;
}

function managerRule(given: readonly string[]): Disturbance | undefined {
  const [object = '', verb = '', ...words] = given.filter((word) => !word.startsWith('-'));
  const acts = /^(up|down|delete|reapply|disconnect|connect|off)$/.test(verb);
  return acts && /^(c|con|connection|d|dev|device|n|net|networking)$/.test(object)
    ? is('connection', `NetworkManager: ${[verb, ...words].join(' ')}`)
    : undefined;
}
