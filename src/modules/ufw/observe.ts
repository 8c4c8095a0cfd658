import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { SESSION } from '../firewalld/session-script.ts';
import { sections } from '../system/text-file.ts';
import { ruleIn } from './rules.ts';
import type { Policy, UfwFacts, UfwScope, UfwState } from './state.ts';

/** Its files are read by the shell alone: ufw itself costs a Python each time it is asked. */
const FILES = `command -v ufw >/dev/null 2>&1 || exit 127
told() { echo "=$1"; [ ! -e "$2" ] || { [ -r "$2" ] || exit 13; while IFS= read -r l || [ -n "$l" ]; do case $l in $3) printf ' %s\\n' "$l" ;; esac; done <"$2"; }; }
told conf /etc/ufw/ufw.conf '[A-Z]*=*'
told default /etc/default/ufw '[A-Z]*=*'
told rules4 /etc/ufw/user.rules '### tuple ###*'
told rules6 /etc/ufw/user6.rules '### tuple ###*'`;

/** Asks what ufw is set to do. */
export function observeUfw(scopes: readonly UfwScope[]): Probe<UfwState, UfwFacts> {
  const asked = scopes.flatMap((scope) => scope.asked ?? []);
  const names = [
    ...new Set(
      asked
        .flatMap(({ wish }) => [wish.toPort, wish.fromPort])
        .filter((port) => port !== undefined && /[a-z]/i.test(port) && port !== 'any'),
    ),
  ] as readonly string[];
  return {
    script: lines([
      raw(FILES),
      ...(names.length === 0
        ? []
        : [
            sh`echo '=services'; for w in ${names}; do while read -r n p more; do
  case " $n $more " in *" $w "*) case $p in */tcp | */udp) echo " $w $p" ;; esac ;; esac; done </etc/services; done`,
          ]),
      raw(`echo '=session'; (${SESSION}\n) | while read -r l; do case $l in @session) read -r l; echo " $l"; break ;; esac; done
echo '=end'`),
    ]),
    parse: (reply) => parse(reply, asked),
  };
}

const POLICIES: Readonly<Record<string, Policy>> = {
  ACCEPT: 'allow',
  DROP: 'deny',
  REJECT: 'reject',
};

function parse(
  { stdout, stderr, exit }: Reply,
  asked: UfwFacts['asked'],
): Seen<UfwState, UfwFacts> {
  if (exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no ufw', {
      hint: 'Install the package ufw first, or manage firewalld with firewalld_zone.',
    });
  }
  if (exit === 13)
    throw new OrchError('REPLY_UNREADABLE', 'only root may read the rules of ufw', {
      hint: 'Set become: true.',
    });
  const found = sections(stdout.toString('utf8'));
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its rules of ufw', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const rows = (name: string): readonly string[] =>
    (found.get(name) ?? []).map((row) => row.slice(1));
  const setting = (section: string, key: string): string =>
    rows(section)
      .findLast((row) => row.startsWith(`${key}=`))
      ?.slice(key.length + 1)
      .replaceAll('"', '')
      .trim() ?? '';
  const policy = (key: string, otherwise: Policy): Policy =>
    POLICIES[setting('default', `DEFAULT_${key}_POLICY`)] ?? otherwise;
  const rules = ([4, 6] as const).flatMap((family) =>
    rows(`rules${family}`).flatMap((row) => ruleIn(row, family) ?? []),
  );
  const [client = '', server = '', port = ''] = (rows('session')[0] ?? '').split(' ');
  return {
    state: {
      enabled: setting('conf', 'ENABLED').toLowerCase() === 'yes',
      incoming: policy('INPUT', 'deny'),
      outgoing: policy('OUTPUT', 'allow'),
      routed: policy('FORWARD', 'deny'),
      logging: setting('conf', 'LOGLEVEL') || 'low',
      rules: Object.fromEntries(rules.map(({ name, effect }) => [name, effect])),
      ...{ reloads: 0, resets: 0 },
    },
    facts: {
      ipv6: setting('default', 'IPV6').toLowerCase() === 'yes',
      services: servicesIn(rows('services')),
      asked,
      session: /^\d+$/.test(port)
        ? {
            client: client.split('%')[0] ?? '',
            server: server.split('%')[0] ?? '',
            port: Number(port),
          }
        : null,
    },
  };
}

function servicesIn(rows: readonly string[]): Record<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const row of rows) {
    const [name = '', port = ''] = row.split(' ');
    found.set(name, [...(found.get(name) ?? []), port]);
  }
  return Object.fromEntries(found);
}
