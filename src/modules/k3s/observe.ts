import { posix } from 'node:path';
import { OrchError } from '../../lib/errors.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { Secret } from '../../model/value.ts';
import { parseFlat } from './flat-yaml.ts';
import { isEntries } from './merge.ts';
import type { ConfigFile, HostAddress, K3sFacts, K3sScope, K3sState, Unit } from './state.ts';
import { parseUnits } from './unit.ts';
import { fromFile } from './values.ts';

/** The drop-in that is written when the playbook names none. */
export const DROP_IN = '50-orch-network.yaml';

/** Asks with two processes (`ip`, `stat`); files are read by the shell itself, line by line. */
export function observeK3s(scopes: readonly K3sScope[]): Probe<K3sState, K3sFacts> {
  const file = scopes.find((scope) => scope.file !== undefined)?.file;
  const secrets = new Set(scopes.flatMap((scope) => scope.secrets));
  return {
    script: lines([CONFIG_PATH, files(file), HOST]),
    parse: (reply) => parseK3s(reply, file, secrets),
  };
}

/** Of environment files only the one line is looked at: they hold tokens. */
const CONFIG_PATH = raw(
  String.raw`config=/etc/rancher/k3s/config.yaml
named() { v=$1; v=${'$'}{v#[\"\']}; v=${'$'}{v%%[\"\' ]*}; [ -z "$v" ] || config=$v; }
show() {
  printf '=%s %s\n' "$1" "$2"
  if [ -r "$2" ]; then
    while IFS= read -r l; do printf '>%s\n' "$l"; l=; done <"$2"
    [ -z "$l" ] || printf '+%s\n' "$l"
  else echo '!unreadable'; fi
}
for d in /etc/default /etc/sysconfig /etc/systemd/system; do
  for n in k3s k3s-agent k3s.service.env k3s-agent.service.env; do
    [ -f "$d/$n" ] && [ -r "$d/$n" ] || continue
    while IFS= read -r l || [ -n "$l" ]; do case $l in
      K3S_CONFIG_FILE=*|'export K3S_CONFIG_FILE='*) named "${'$'}{l#*=}";; esac; done <"$d/$n"
  done
done
for n in k3s k3s-agent; do
  for f in /usr/lib/systemd/system/$n.service /etc/systemd/system/$n.service /etc/systemd/system/$n.service.d/*.conf; do
    [ -f "$f" ] || continue
    show unit "$f"
    while IFS= read -r l || [ -n "$l" ]; do case $l in
      \#*) ;;
      *--config=*) named "${'$'}{l##*--config=}";;
      *K3S_CONFIG_FILE=*) named "${'$'}{l##*K3S_CONFIG_FILE=}";; esac; done <"$f"
  done
done
echo "=config $config"`,
);

const files = (file: string | undefined): Shell =>
  lines([
    file === undefined ? raw(`own=$config.d/${DROP_IN}`) : sh`own=${file}`,
    raw(`set --
seen=
for f in "$config" "$config".d/*.yaml "$config".d/*.yml "$own"; do
  [ -f "$f" ] || [ -L "$f" ] || continue
  case " $seen " in *" $f "*) continue;; esac
  seen="$seen $f"
  set -- "$@" "$f"
  show file "$f"
done
echo '=stat'
[ $# = 0 ] || stat -L -c '%a %U:%G %Y %n' "$@" || :`),
  ]);

const HOST = raw(
  String.raw`command -v ip >/dev/null 2>&1 || exit 127
echo '=addresses'
ip -o addr || exit 1
echo '=interfaces'
for i in /sys/class/net/*; do echo "${'$'}{i##*/}"; done
echo '=routes'
[ ! -r /proc/net/route ] || while read -r i d g f r u m k _; do
  [ "$d$k" != 0000000000000000 ] || echo "$m $i"; done </proc/net/route
echo '=k3s'
for b in /usr/local/bin/k3s /usr/bin/k3s /opt/bin/k3s; do [ ! -e "$b" ] || echo installed; done
[ ! -d /var/lib/rancher/k3s/server/db ] || echo data
[ ! -d /var/lib/rancher/k3s/server/db/etcd ] || echo etcd
for c in /proc/[0-9]*/comm; do
  { read -r n <"$c"; } 2>/dev/null || continue
  case $n in k3s|k3s-server|k3s-agent) ;; *) continue;; esac
  { read -r s <"${'$'}{c%comm}stat"; } 2>/dev/null || continue
  set -- ${'$'}{s##*) }
  while read -r k v _; do [ "$k" != btime ] || echo "started $((v + ${'$'}{20} / 100))"; done </proc/stat
  break
done
exit 0`,
);

interface Section {
  readonly kind: string;
  readonly name: string;
  text: string;
}

function parseK3s(
  reply: Reply,
  given: string | undefined,
  secrets: ReadonlySet<string>,
): Seen<K3sState, K3sFacts> {
  if (reply.exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no `ip` command', {
      hint: 'Install iproute2 (Debian, SUSE) or iproute (Red Hat) on the host.',
    });
  }
  const sections = split(reply.stdout.toString('utf8'));
  const named = (kind: string): readonly Section[] => sections.filter((s) => s.kind === kind);
  const textOf = (kind: string): string => named(kind)[0]?.text ?? '';
  const config = named('config')[0]?.name;
  const isWhole = ['addresses', 'stat', 'k3s'].every((kind) => named(kind).length === 1);
  if (reply.exit !== 0 || !config || !isWhole) throw unreadable(reply);
  const units = parseUnits(named('unit').map(({ name, text }) => ({ path: name, text })));
  checkConfigPath(units, config);
  const file = given ?? `${config}.d/${DROP_IN}`;
  const texts = named('file');
  const own = texts.find((s) => s.name === file);
  const stat = stats(textOf('stat'));
  const mine = stat.find((row) => row.path === file);
  if (own && !mine) throw unreadable(reply);
  const all = texts.map(({ name, text }): ConfigFile => ({ path: name, entries: entriesOf(text) }));
  return {
    state: stateOf(all.find(({ path }) => path === file)?.entries, mine, secrets),
    facts: {
      file,
      config,
      files: inOrder(all, config),
      units,
      addresses: addresses(textOf('addresses')),
      interfaces: textOf('interfaces')
        .split('\n')
        .filter((word) => word !== ''),
      defaultInterfaces: defaultInterfaces(textOf('routes')),
      ...installation(textOf('k3s').split('\n'), units),
      newestConfig: Math.max(0, ...stat.map(({ written }) => written)),
      text: own ? new Secret(own.text) : null,
    },
  };
}

/** The shell looked for the path in the simple spellings; reading the wrong files would be worse than none. */
function checkConfigPath(units: readonly Unit[], config: string): void {
  const moved = units.flatMap((u) => u.flags).find(({ key }) => key === 'config')?.value;
  if (moved === undefined || moved === config) return;
  throw new OrchError(
    'REPLY_UNREADABLE',
    `a unit of K3s names ${moved} as its configuration file in a way orch does not read`,
    { hint: 'Write it as --config=PATH, without spaces, on one line of the unit.' },
  );
}

function stateOf(
  entries: ConfigFile['entries'] | undefined,
  stat: { readonly mode: string; readonly owner: string } | undefined,
  secrets: ReadonlySet<string>,
): K3sState {
  const flags = entries && isEntries(entries) ? fromFile(entries, secrets) : {};
  return { flags, mode: stat?.mode ?? null, owner: stat?.owner ?? null };
}

function installation(
  words: readonly string[],
  units: readonly Unit[],
): Pick<K3sFacts, 'installed' | 'hasData' | 'hasEtcd' | 'startedAt'> {
  const started = words.find((line) => /^started \d+$/.test(line));
  return {
    installed: words.includes('installed') || units.length > 0,
    hasData: words.includes('data'),
    hasEtcd: words.includes('etcd'),
    startedAt: started === undefined ? null : Number(started.slice('started '.length)),
  };
}

/** The files in the order K3s reads them: the main one, then the drop-ins by name. */
export function inOrder(all: readonly ConfigFile[], config: string): readonly ConfigFile[] {
  const isRead = ({ path }: ConfigFile): boolean =>
    posix.dirname(path) === `${config}.d` && /\.ya?ml$/.test(path);
  return [
    ...all.filter(({ path }) => path === config),
    ...all.filter(isRead).sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
}

const entriesOf = (text: string): ConfigFile['entries'] =>
  text === UNREADABLE ? { line: 1, what: 'it cannot be read (become: true?)' } : parseFlat(text);

const UNREADABLE = '\0unreadable';

function split(text: string): readonly Section[] {
  const sections: Section[] = [];
  for (const line of text.split('\n')) {
    const last = sections.at(-1);
    const head = /^=(\S+) ?(.*)$/.exec(line);
    if (head) sections.push({ kind: head[1] ?? '', name: head[2] ?? '', text: '' });
    else if (last && line === '!unreadable') last.text = UNREADABLE;
    else if (last && line.startsWith('>')) last.text += `${line.slice(1)}\n`;
    else if (last && line.startsWith('+')) last.text += line.slice(1);
    else if (last) last.text += `${line}\n`;
  }
  // The reply ends in a newline; what follows it is no line of the last section.
  return sections.map((s) =>
    ['file', 'unit'].includes(s.kind) ? s : { ...s, text: s.text.trim() },
  );
}

function stats(
  text: string,
): readonly { mode: string; owner: string; written: number; path: string }[] {
  return [...text.matchAll(/^(\d+) (\S+) (\d+) (.+)$/gm)].map(
    ([, mode = '', owner = '', written, path = '']) => ({
      mode: mode.padStart(4, '0'),
      owner,
      written: Number(written),
      path,
    }),
  );
}

function addresses(text: string): readonly HostAddress[] {
  const pattern =
    /^\d+:\s+([^\s@:]+)\S*\s+(inet6?)\s+([^\s/]+)(?:\s+peer\s+\S+?)?(?:\/(\d+))?(.*)$/gm;
  return [...text.matchAll(pattern)].map(
    ([, name = '', inet, address = '', prefix, rest = '']) => ({
      interface: name,
      address,
      prefix: Number(prefix ?? (inet === 'inet' ? 32 : 128)),
      family: inet === 'inet' ? 4 : 6,
      global: / scope global/.test(rest) && !/ (temporary|tentative|deprecated)/.test(rest),
    }),
  );
}

const defaultInterfaces = (text: string): readonly string[] =>
  [...text.matchAll(/^(\d+) (\S+)$/gm)]
    .map(([, metric, name = '']) => ({ metric: Number(metric), name }))
    .filter(({ name }) => name !== '*')
    .sort((a, b) => a.metric - b.metric)
    .map(({ name }) => name);

const unreadable = (reply: Reply): OrchError =>
  new OrchError(
    'REPLY_UNREADABLE',
    'what the host says about K3s and its addresses makes no sense',
    {
      stderr: reply.stderr.toString('utf8').slice(0, 2000),
    },
  );
