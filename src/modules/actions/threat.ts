import { splitWords } from './words.ts';

/**
 * What of a command line plainly takes the line to its host away, in the reader's words; nothing for all else. No
 * judgement: who writes it may know better. Lines that a shell would first have to work out are not read.
 */
export function threatIn(text: string): string | undefined {
  for (const one of text.split(/\n|;|&&|\|\|?|&/)) {
    const split = splitWords(one);
    const threat = 'words' in split ? threatOf(split.words) : undefined;
    if (threat !== undefined) return threat;
  }
  return undefined;
}

/** The same of a program and its words. */
export function threatOf(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = withoutPrefix(words);
  return RULES[program.replace(/^.*\//, '')]?.(rest);
}

type Rule = (words: readonly string[]) => string | undefined;

const RULES: Readonly<Partial<Record<string, Rule>>> = {
  ip: ipRule,
  ifconfig: ([device = '', action]) =>
    action === 'down' && isNic(device) ? `takes the link ${device} down` : undefined,
  ifdown: ([device = '']) => (isNic(device) ? `takes the link ${device} down` : undefined),
  systemctl: unitRule,
  service: ([unit = '', action]) => (action === 'stop' ? stopped(unit) : undefined),
  'firewall-cmd': (words) =>
    words.includes('--panic-on') ? 'lets nothing in or out any more (panic mode)' : undefined,
  iptables: chainRule,
  ip6tables: chainRule,
  pkill: (words) => (words.at(-1) === 'sshd' ? 'ends sshd' : undefined),
  killall: (words) => (words.at(-1) === 'sshd' ? 'ends sshd' : undefined),
};

/** Words that only say as whom or how something runs. */
function withoutPrefix(words: readonly string[]): readonly string[] {
  const at = words.findIndex(
    (word) => !/^(sudo|exec|nohup|env|time|command|[A-Za-z_]\w*=.*)$/.test(word),
  );
  return at < 0 ? [] : words.slice(at);
}

/** Names of interfaces that a machine has for others to reach it by; dummy, veth, cni and the like are none. */
const isNic = (name: string): boolean =>
  /^(eth\d|en[opsx]\w|em\d|bond\d|team\d|wl\w|ww\w|ib\w|vmbr\d|br\d)/.test(name);

const is = (word: string | undefined, full: string, least: number): boolean =>
  word !== undefined && word.length >= least && full.startsWith(word);

function ipRule(given: readonly string[]): string | undefined {
  const [object, action, ...words] = given.filter((word) => !word.startsWith('-'));
  const device = words.find(isNic);
  if (is(object, 'link', 1)) {
    return action === 'set' && device !== undefined && words.at(-1) === 'down'
      ? `takes the link ${device} down`
      : undefined;
  }
  if (is(object, 'address', 1)) {
    return (is(action, 'delete', 1) || is(action, 'flush', 1)) && device !== undefined
      ? `takes addresses from ${device}`
      : undefined;
  }
  if (!is(object, 'route', 1)) return undefined;
  const whole = words[0] === 'default' || words[0] === '0.0.0.0/0';
  if (is(action, 'delete', 1) && whole) return 'takes the default route away';
  if ((action === 'replace' || is(action, 'change', 1)) && whole)
    return 'changes the default route';
  return is(action, 'flush', 1) && (words.length === 0 || words.at(-1) === 'main')
    ? 'takes all routes away'
    : undefined;
}

function unitRule(words: readonly string[]): string | undefined {
  const [action, ...units] = words.filter((word) => !word.startsWith('-'));
  const ends = action === 'stop' || (action === 'disable' && words.includes('--now'));
  return ends ? units.map(stopped).find((told) => told !== undefined) : undefined;
}

const UNITS = new Set([
  ...['ssh', 'sshd', 'networking', 'network', 'NetworkManager', 'systemd-networkd', 'wicked'],
]);

const stopped = (unit: string): string | undefined => {
  const name = unit.replace(/\.(service|socket)$/, '');
  return UNITS.has(name) ? `stops ${name}` : undefined;
};

/** A policy or a rule for all that comes in. */
function chainRule(words: readonly string[]): string | undefined {
  const shuts = words.some((word) => word === 'DROP' || word === 'REJECT');
  const at = words.findIndex((word) =>
    ['-P', '--policy', '-A', '--append', '-I', '--insert'].includes(word),
  );
  if (!shuts || words[at + 1] !== 'INPUT' || at < 0) return undefined;
  const narrow = words.some((word) =>
    /^(-[spdimo]|--(source|protocol|destination|match|in-interface|src|dst|[sd]port))$/.test(word),
  );
  return narrow ? undefined : 'drops all that comes in';
}
