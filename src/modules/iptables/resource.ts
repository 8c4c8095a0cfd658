import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Probe, Reach, Resource, Seen, Step } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { SESSION } from '../firewalld/session-script.ts';
import { sections } from '../system/text-file.ts';

/** Rules, chains and policies that tasks are about; nothing else of the firewall is looked at. */
export interface ChainsState {
  /** Whether a rule is there, by its words: `-t filter INPUT -p tcp -j ACCEPT`. */
  readonly rules: Readonly<Record<string, boolean>>;
  readonly chains: Readonly<Record<string, boolean>>;
  /** null where a chain is not there or has none. */
  readonly policies: Readonly<Record<string, string | null>>;
  /** How many rules a chain or table holds that is to hold none. */
  readonly filled: Readonly<Record<string, number>>;
}

/** What informs about rules but is not managed. */
export interface ChainsFacts {
  readonly asked: readonly ChainAsk[];
  /** An SSH connection is known that could be cut. */
  readonly session: boolean;
}

/** What a task is about. */
export interface ChainAsk {
  readonly what: 'rule' | 'chain' | 'policy' | 'flush';
  readonly program: 'iptables' | 'ip6tables';
  readonly table: string;
  /** "" for all of a table. */
  readonly chain: string;
  readonly rule: readonly string[];
  /** Where a new rule goes; null: to the end. */
  readonly place: string | null;
  /** The chain is made with its first rule. */
  readonly makes: boolean;
  /** Seconds to wait for others, as iptables takes it. */
  readonly wait: readonly string[];
}

/** The key of a thing in its state. */
export const nameOf = ({ program, table, chain, rule }: ChainAsk): string =>
  [
    ...(program === 'iptables' ? [] : ['ipv6']),
    ...(table === 'filter' ? [] : ['-t', table]),
    ...(chain === '' ? ['all chains'] : [chain]),
    ...rule.map((word) => (/[\s'"]/.test(word) ? JSON.stringify(word) : word)),
  ].join(' ');

/** The packet filter of the kernel, by iptables: what runs now, which is gone after a reboot unless something saves it. */
export const chains: Resource<ChainAsk, ChainsState, ChainsFacts> = {
  name: 'iptables',
  key: () => 'iptables',
  observe,
  plan,
  reach,
  recall: {
    lost: ([what], before) =>
      what === 'filled'
        ? 'rules that were swept out are not kept'
        : what === 'rules' && before === true
          ? 'the place of a rule among the others is not kept'
          : undefined,
  },
  footprints: () => ({ reads: ['net:/', 'package:/'], writes: ['net:/'] }),
};

const call = (ask: ChainAsk, verb: readonly string[], rest: readonly string[] = []): Shell =>
  sh`${ask.program} -w ${ask.wait} -t ${ask.table} ${verb} ${ask.chain === '' ? [] : [ask.chain]} ${rest}`;

/** `-C` asks the kernel itself: no spelling of a rule has to be guessed. */
function question(ask: ChainAsk): Shell {
  switch (ask.what) {
    case 'rule':
      return sh`if ${call(ask, ['-C'], ask.rule)} 2>/dev/null; then echo ' yes'; else echo ' no'; fi`;
    case 'chain':
      return sh`if ${call(ask, ['-S'])} >/dev/null 2>&1; then echo ' yes'; else echo ' no'; fi`;
    case 'policy':
      return sh`${call(ask, ['-S'])} 2>/dev/null | while read -r p c x; do case $p in -P) echo " $x"; break ;; esac; done`;
    case 'flush':
      return sh`${call(ask, ['-S'])} 2>/dev/null | while read -r l; do case $l in '-A '*) echo x ;; esac; done`;
  }
}

function observe(asked: readonly ChainAsk[]): Probe<ChainsState, ChainsFacts> {
  const programs = [...new Set(asked.map(({ program }) => program))];
  return {
    script: lines([
      sh`PATH=$PATH:/sbin:/usr/sbin; for c in ${programs}; do command -v $c >/dev/null 2>&1 || exit 127; $c -w -S >/dev/null || exit 1; done`,
      ...asked.map((ask, i) => sh`echo ${`=${i}`}; ${question(ask)}`),
      raw(
        `echo '=session'; (${SESSION}\n) | while read -r l; do case $l in @session) echo ' yes'; break ;; esac; done\necho '=end'`,
      ),
    ]),
    parse: (reply) => parse(reply, asked),
  };
}

function parse(
  { stdout, stderr, exit }: Reply,
  asked: readonly ChainAsk[],
): Seen<ChainsState, ChainsFacts> {
  if (exit === 127)
    throw new OrchError('TOOL_MISSING', 'the host has no iptables', {
      hint: 'Install the package iptables first.',
    });
  const found = sections(stdout.toString('utf8'));
  if (exit !== 0 || !found.has('end')) {
    throw new OrchError('REPLY_UNREADABLE', 'iptables did not tell its rules', {
      stderr: stderr.toString('utf8').slice(0, 2000),
      hint: 'It needs root: become: true.',
    });
  }
  const told = asked.map((ask, i) => ({ ask, rows: found.get(String(i)) ?? [] }));
  const of = <T>(what: ChainAsk['what'], read: (rows: readonly string[]) => T): Record<string, T> =>
    Object.fromEntries(
      told.filter(({ ask }) => ask.what === what).map(({ ask, rows }) => [nameOf(ask), read(rows)]),
    );
  const yes = (rows: readonly string[]): boolean => rows[0] === ' yes';
  return {
    state: {
      rules: of('rule', yes),
      chains: of('chain', yes),
      policies: of('policy', (rows) => rows[0]?.trim() ?? null),
      filled: of('flush', (rows) => rows.length),
    },
    facts: { asked, session: found.get('session')?.[0] === ' yes' },
  };
}

/** Chains come before rules in them and go after them; what is emptied is emptied first. */
function plan({ state, facts }: Seen<ChainsState, ChainsFacts>, desired: ChainsState): Plan {
  const unique = facts.asked.filter(
    (ask, i) =>
      facts.asked.findIndex((other) => other.what === ask.what && nameOf(other) === nameOf(ask)) ===
      i,
  );
  const of = (what: ChainAsk['what'], make: (ask: ChainAsk, name: string) => Step | undefined) =>
    unique.filter((ask) => ask.what === what).flatMap((ask) => make(ask, nameOf(ask)) ?? []);
  const made = (wanted: boolean) =>
    of('chain', (ask, name) =>
      state.chains[name] !== desired.chains[name] && desired.chains[name] === wanted
        ? step(
            wanted ? `chain ${name}` : `no chain ${name}`,
            call(ask, [wanted ? '-N' : '-X']),
            call(ask, [wanted ? '-X' : '-N']),
          )
        : undefined,
    );
  return {
    steps: [
      ...of('flush', (ask, name) =>
        (state.filled[name] ?? 0) > 0 && desired.filled[name] === 0
          ? judging(step(`no rules in ${name}`, call(ask, ['-F'])), `${name} has no rules any more`)
          : undefined,
      ),
      ...made(true),
      ...of('rule', (ask, name) => {
        if (state.rules[name] === desired.rules[name]) return undefined;
        const add =
          ask.place === null
            ? call(ask, ['-A'], ask.rule)
            : sh`${ask.program} -w ${ask.wait} -t ${ask.table} -I ${ask.chain} ${ask.place === '' ? [] : [ask.place]} ${ask.rule}`;
        const chain = sh`{ ${call(ask, ['-S'])} >/dev/null 2>&1 || ${call(ask, ['-N'])}; }`;
        const remove = call(ask, ['-D'], ask.rule);
        if (desired.rules[name] !== true) {
          const gone = step(`no rule ${name}`, remove, add);
          return CLOSES.test(name) ? gone : judging(gone, `packets pass ${name} no more`);
        }
        const made = step(`rule ${name}`, ask.makes ? sh`${chain} && ${add}` : add, remove);
        return CLOSES.test(name) ? judging(made, `packets meet ${name}`) : made;
      }),
      ...of('policy', (ask, name) => {
        const [from, to] = [state.policies[name] ?? null, desired.policies[name] ?? null];
        if (to === null || from === to) return undefined;
        const back = from === null ? undefined : call(ask, ['-P'], [from]);
        const policy = step(`policy ${to} of ${name}`, call(ask, ['-P'], [to]), back);
        return judging(policy, `what no rule of ${name} is about meets ${to}`);
      }),
      ...made(false),
    ],
  };
}

const step = (name: string, script: Shell, inverse?: Shell): Step => ({
  name,
  do: script,
  ...(inverse ? { inverse } : {}),
  stage: 'runtime',
  disruption: 'none',
});

/** A step after which packets may meet another answer. */
const judging = (one: Step, reason: string): Step => ({ ...one, disruption: 'connection', reason });

const CLOSES = /(?:-j|--jump) (?:DROP|REJECT)\b/;

const SHUTS = /^(ipv6 )?INPUT .*-j (DROP|REJECT)|^(ipv6 )?INPUT .*--reject-with/;

/** Only what tasks name is looked at, so it is never certain that a way in stays open: what may shut it is said. */
function reach(
  before: ChainsState,
  { state: after, facts }: Seen<ChainsState, ChainsFacts>,
): Reach {
  if (!facts.session) return { kind: 'safe' };
  const rule = Object.keys(after.rules).find(
    (name) => after.rules[name] === true && before.rules[name] !== true && SHUTS.test(name),
  );
  const policy = Object.keys(after.policies).find(
    (name) =>
      /^(ipv6 )?INPUT$/.test(name) &&
      after.policies[name] === 'DROP' &&
      before.policies[name] !== 'DROP',
  );
  const what = rule ?? policy;
  if (what === undefined) return { kind: 'safe' };
  return {
    kind: 'unknown',
    sentence: `whether new SSH connections still get in hangs on rules that were not looked at (${what})`,
    hint: 'Put it under a safeguard: the host takes it back by itself when nobody can log in any more.',
  };
}
