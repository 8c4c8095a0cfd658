import { didYouMean } from '../../lib/nearest.ts';
import { Refusal } from '../../model/module.ts';
import type { Sections } from './parse-sections.ts';
import type { FirewalldFacts } from './state.ts';
import type { Config } from './zone-edit.ts';
import { parseRich, section } from './zone-rich.ts';

/** Kinds of names that mean something only where the host knows them; the first three as firewalld's folders are called. */
const KINDS = ['services', 'ipsets', 'icmptypes', 'protocols'] as const;
/** A kind of names. */
export type NameKind = (typeof KINDS)[number];

/** A name that a task uses, and where: an argument of it. */
export interface NameUsed {
  readonly kind: NameKind;
  readonly name: string;
  readonly pointer: string;
}

/** A name the host was asked for and does not know, or not in both configurations. */
export interface NameMissing {
  readonly kind: NameKind;
  readonly name: string;
  /** Firewalld knows it in this configuration all the same. */
  readonly only: Config | undefined;
}

/** Names that entries of a zone use. */
export function namesIn(
  entries: {
    readonly services?: readonly string[] | undefined;
    readonly protocols?: readonly string[] | undefined;
    readonly sources?: readonly string[] | undefined;
    readonly rich_rules?: readonly string[] | undefined;
  },
  at: (key: string, entry: string) => string,
): readonly NameUsed[] {
  const { services = [], protocols = [], sources = [], rich_rules = [] } = entries;
  const used = (kind: NameKind, name: string, pointer: string): NameUsed[] =>
    kind === 'protocols' && /^\d+$/.test(name) ? [] : [{ kind, name, pointer }];
  return [
    ...services.flatMap((name) => used('services', name, at('services', name))),
    ...protocols.flatMap((name) => used('protocols', name, at('protocols', name))),
    ...sources.flatMap((source) =>
      source.startsWith('ipset:')
        ? used('ipsets', source.slice('ipset:'.length), at('sources', source))
        : [],
    ),
    ...rich_rules.flatMap((text) =>
      namesInRule(text).flatMap(([kind, name]) => used(kind, name, at('rich_rules', text))),
    ),
  ];
}

/** Clauses of a rich rule that name something, the attribute that does, and what it names. */
const NAMING = [
  ['source', 'ipset', 'ipsets'],
  ['destination', 'ipset', 'ipsets'],
  ['service', 'name', 'services'],
  ['icmp-type', 'name', 'icmptypes'],
  ['icmp-block', 'name', 'icmptypes'],
  ['protocol', 'value', 'protocols'],
] as const;

function namesInRule(text: string): readonly (readonly [NameKind, string])[] {
  const rule = parseRich(text);
  if ('message' in rule) return [];
  return NAMING.flatMap(([clause, attribute, kind]) => {
    const name = section(rule, clause)?.attributes[attribute];
    return name === undefined ? [] : [[kind, name] as const];
  });
}

/** Names as the observation is asked for them: `ipsets nodes`. */
export const askedFor = (used: readonly NameUsed[]): readonly string[] => [
  ...new Set(used.map(({ kind, name }) => `${kind} ${name}`)),
];

/**
 * Says which of the names in `$names` the host does not know, without a process for what comes with firewalld. The
 * daemon is asked for the rest: it knows a file in /etc only after a reload.
 */
export const NAMES = `printf '@names\\n'; IFS=$L
runs() {
  case $access-$1 in
    dbus-services) busctl --system --auto-start=no --timeout=15 call $D $P $D getServiceSettings2 s "$2" >/dev/null 2>&1 ;;
    dbus-icmptypes) busctl --system --auto-start=no --timeout=15 call $D $P $D getIcmpTypeSettings s "$2" >/dev/null 2>&1 ;;
    dbus-ipsets) [ "$(busctl --system --auto-start=no --timeout=15 call $D $P $D.ipset queryIPSet s "$2" 2>/dev/null)" = 'b true' ] ;;
    cli-*) case " $(firewall-cmd "--get-$1" 2>/dev/null) " in *" $2 "*) ;; *) return 1 ;; esac ;;
    *) return 1 ;;
  esac
}
for l in $names; do
  k=\${l%% *} n=\${l#* }
  if [ "$k" = protocols ]; then
    ! command -v getent >/dev/null || getent protocols "$n" >/dev/null 2>&1 || printf '%s no\\n' "$l"
  elif [ ! -e "$U/$k/$n.xml" ]; then
    if [ ! -e "$E/$k/$n.xml" ]; then runs "$k" "$n" && printf '%s runtime\\n' "$l" || printf '%s no\\n' "$l"
    else runs "$k" "$n" || printf '%s permanent\\n' "$l"; fi
  fi
done`;

/** What the observation said of the names it was asked for. */
export const missingNames = (sections: Sections): readonly NameMissing[] =>
  sections.lines('names').flatMap((line) => {
    const [, word, name = '', where] = /^(\w+) (.+) (no|runtime|permanent)$/.exec(line) ?? [];
    const kind = KINDS.find((known) => known === word);
    const only = where === 'runtime' || where === 'permanent' ? where : undefined;
    return kind ? [{ kind, name, only }] : [];
  });

/** Refuses the first name that firewalld would refuse in one of the configurations that are written. */
export function refuseUnknownNames(
  used: readonly NameUsed[],
  { missing, serviceNames }: Pick<FirewalldFacts, 'missing' | 'serviceNames'>,
  configs: readonly Config[],
): Refusal | undefined {
  for (const { kind, name, pointer } of used) {
    const found = missing.find((other) => other.kind === kind && other.name === name);
    const lacking = configs.find((config) => config !== found?.only);
    if (!found || lacking === undefined) continue;
    const [what, cure] = WORDS[kind];
    const code = 'NOT_ON_HOST';
    if (found.only === 'permanent') {
      return new Refusal(
        `${what} "${name}" is in the permanent configuration only, and does not run yet`,
        {
          hint: 'reload firewalld first (firewall-cmd --reload), or write persist: permanent',
          pointer,
          code,
        },
      );
    }
    if (found.only === 'runtime') {
      return new Refusal(`${what} "${name}" runs, but is not in the permanent configuration`, {
        hint: 'make it permanent first, or write persist: runtime',
        pointer,
        code,
      });
    }
    const near = kind === 'services' ? didYouMean(name, serviceNames) : '';
    return new Refusal(
      kind === 'protocols'
        ? `this host knows no protocol "${name}".`
        : `firewalld on this host has no ${what} "${name}".${near}`,
      { hint: cure.replace('NAME', name), pointer, code },
    );
  }
  return undefined;
}

const WORDS: Readonly<Record<NameKind, readonly [what: string, hint: string]>> = {
  services: ['service', 'see firewall-cmd --get-services, or open its ports under ports:'],
  ipsets: [
    'ipset',
    'make it first: firewall-cmd --permanent --new-ipset=NAME --type=hash:net, then reload firewalld',
  ],
  icmptypes: ['ICMP type', 'see firewall-cmd --get-icmptypes'],
  protocols: ['protocol', 'see /etc/protocols on the host, or write its number'],
};
