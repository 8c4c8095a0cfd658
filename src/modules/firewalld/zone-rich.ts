/** Why a text is no rich rule, and what to write instead. */
export interface RichFault {
  readonly message: string;
  readonly hint: string;
}

/** A rich rule taken apart; attributes keep their values without quotes. */
export interface RichRule {
  readonly head: Readonly<Record<string, string>>;
  readonly sections: readonly RichSection[];
}

/** One clause of a rich rule: `source NOT address="10.0.0.0/8"`, `port port="80" protocol="tcp"`, `accept`. */
export interface RichSection {
  readonly name: string;
  readonly not: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** `3/m`, when the clause is limited. */
  readonly limit: string | undefined;
}

/** Clauses in the order the daemon prints them, each with its attributes in the daemon's order (firewall/core/rich.py). */
const SECTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['source', ['address', 'mac', 'ipset']],
  ['destination', ['address', 'ipset']],
  ['protocol', ['value']],
  ['service', ['name']],
  ['port', ['port', 'protocol']],
  ['icmp-block', ['name']],
  ['icmp-type', ['name']],
  ['tcp-mss-clamp', ['value']],
  ['masquerade', []],
  ['forward-port', ['port', 'protocol', 'to-port', 'to-addr']],
  ['source-port', ['port', 'protocol']],
  ['log', ['prefix', 'level']],
  ['nflog', ['group', 'prefix', 'queue-size']],
  ['audit', []],
  ['accept', []],
  ['reject', ['type']],
  ['drop', []],
  ['mark', ['set']],
];
const ORDER: ReadonlyMap<string, readonly string[]> = new Map(SECTIONS);
const RANK: ReadonlyMap<string, number> = new Map(SECTIONS.map(([name], i) => [name, i]));

/** The rule as the daemon spells it: quotes, order of clauses and attributes, `NOT`, short limits. */
export function normalRich(text: string): string | RichFault {
  const rule = parseRich(text);
  return 'message' in rule ? rule : formatRich(rule);
}

/** The daemon's spelling where it can be told, else the text as it is. */
export function asRich(text: string): string {
  const normal = normalRich(text);
  return typeof normal === 'string' ? normal : text;
}

/** Takes a rich rule apart; clauses may come in any order, as for firewall-cmd. */
export function parseRich(text: string): RichRule | RichFault {
  const words = text.match(/[^\s="]+(=("[^"]*"|'[^']*'|\S*))?/g) ?? [];
  if (words[0] !== 'rule') {
    return {
      message: `"${text}" is no rich rule: it does not begin with "rule"`,
      hint: 'write rule family="ipv4" source address="10.0.0.0/24" port port="443" protocol="tcp" accept',
    };
  }
  const head: Record<string, string> = {};
  const sections: Open[] = [];
  for (const word of words.slice(1)) {
    const problem = take(word, head, sections);
    if (problem !== undefined) {
      return {
        message: `"${text}" is no rich rule: ${problem}`,
        hint: 'see firewalld.richlanguage(5)',
      };
    }
  }
  const rank = ({ name }: Open): number => RANK.get(name) ?? 0;
  return { head, sections: sections.sort((a, b) => rank(a) - rank(b)) };
}

/** A clause while its attributes are being read. */
interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  not: boolean;
  limit: string | undefined;
  limiting: boolean;
}

/** Takes one word in; a sentence when it does not fit. */
function take(word: string, head: Record<string, string>, sections: Open[]): string | undefined {
  const last = sections.at(-1);
  const at = word.indexOf('=');
  if (at > 0) {
    const key = word.slice(0, at);
    const value = unquoted(word.slice(at + 1));
    if (key === 'family' || key === 'priority') head[key] = value;
    else if (!last) return `"${word}" belongs to no clause`;
    else if (last.limiting && key === 'value') last.limit = shortLimit(value);
    else if (key === 'invert') last.not = /^(true|yes|1)$/i.test(value);
    else if (ORDER.get(last.name)?.includes(key)) last.attributes[key] = cased(key, value);
    else return `${last.name} has no "${key}"`;
    return undefined;
  }
  if (/^not$/i.test(word) && last) last.not = true;
  else if (word === 'limit' && last) last.limiting = true;
  else if (!ORDER.has(word)) return `"${word}" is unknown`;
  else sections.push({ name: word, attributes: {}, not: false, limit: undefined, limiting: false });
  return undefined;
}

const unquoted = (text: string): string => (/^".*"$|^'.*'$/.test(text) ? text.slice(1, -1) : text);
const cased = (key: string, value: string): string => (key === 'mac' ? value.toUpperCase() : value);
const shortLimit = (text: string): string =>
  text.replace(/\/(second|minute|hour|day)$/, (_, unit: string) => `/${unit.charAt(0)}`);

function formatRich({ head, sections }: RichRule): string {
  const out = ['rule'];
  const { priority, family } = head;
  if (priority !== undefined && Number(priority) !== 0) out.push(`priority="${Number(priority)}"`);
  if (family !== undefined) out.push(`family="${family}"`);
  for (const { name, not, attributes, limit } of sections) {
    out.push(name);
    if (not) out.push('NOT');
    for (const key of ORDER.get(name) ?? []) {
      const value = attributes[key];
      // The daemon prints the value of mark without quotes.
      if (value !== undefined) out.push(name === 'mark' ? `${key}=${value}` : `${key}="${value}"`);
    }
    if (limit !== undefined) out.push(`limit value="${limit}"`);
  }
  return out.join(' ');
}

/** The clause of that name, if the rule has it. */
export const section = (rule: RichRule, name: string): RichSection | undefined =>
  rule.sections.find((s) => s.name === name);
