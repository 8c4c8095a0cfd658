import { OrchError } from '../../lib/errors.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { Probe } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { parseDefaultRoutes, routeWords } from './default-routes.ts';
import { keptScript, OWNER, parseKept, parseOwner } from './observe-keepers.ts';
import { readWayBack, WAY_BACK } from './way-back.ts';
import type { Kept, LinkState, RoutesFacts, RoutesScope, RoutesState } from './state.ts';

/**
 * Asks with one `ip` process for the routes and one per link that exists; the rest is done by the shell
 * itself. Text output, because busybox has no `ip -j`.
 */
export function observeRoutes(scopes: readonly RoutesScope[]): Probe<RoutesState, RoutesFacts> {
  const names = [...new Set(scopes.map(({ name }) => name))].sort();
  const always = scopes.some((scope) => scope.always);
  return {
    script: lines([
      HEAD,
      ...names.flatMap((name) => [linkScript(name), keptScript(name)]),
      K3S,
      OWNER,
      sh`always=${always ? '1' : ''}`,
      MODULES,
      raw(WAY_BACK),
      raw('exit 0'),
    ]),
    parse: (reply) => parseRoutes(reply, names),
  };
}

const HEAD = raw(
  [
    'command -v ip >/dev/null 2>&1 || exit 127',
    "echo '=routes'",
    'routes=$(ip -4 route show table main default) || exit 1',
    'printf \'%s\\n\' "$routes"',
    "echo '=interfaces'",
    'for i in /sys/class/net/*; do echo "${i##*/}"; done',
  ].join('\n'),
);

/** Ports of a bridge are listed because a bridge with ports belongs to somebody. */
const linkScript = (name: string): Shell => sh`echo ${`=link ${name}`}
if [ -e ${`/sys/class/net/${name}`} ]; then
ip -d addr show dev ${name} 2>/dev/null || ip addr show dev ${name}
echo ${`=flags ${name}`}
read -r f <${`/sys/class/net/${name}/flags`} && echo "$f"
[ ! -e ${`/sys/class/net/${name}/bridge`} ] || echo bridge
for p in ${`/sys/class/net/${name}`}/brif/*; do [ ! -e "$p" ] || echo "port \${p##*/}"; done
fi`;

const K3S = raw(
  [
    "echo '=k3s'",
    'for b in /usr/local/bin/k3s /usr/bin/k3s /opt/bin/k3s /etc/systemd/system/k3s*.service; do',
    '  [ ! -e "$b" ] || { echo installed; break; }; done',
    'for c in /proc/[0-9]*/comm; do { read -r n <"$c"; } 2>/dev/null || continue',
    '  case $n in k3s|k3s-server|k3s-agent) echo active; break;; esac; done',
    'for f in /etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.d/*.yaml /etc/systemd/system/k3s*.service; do',
    '  [ -r "$f" ] || continue',
    '  while IFS= read -r l || [ -n "$l" ]; do case $l in',
    '    node-ip*|*--node-ip*) echo node-ip;;',
    '    flannel-iface*|*--flannel-iface*) echo flannel-iface;; esac; done <"$f"; done',
  ].join('\n'),
);

/** Whether the kernel could have dummy links; asked only where one may be made, and told only where it is known. */
const MODULES = raw(
  [
    "echo '=modules'",
    'case $always$routes in 1* | "")',
    '  read -r r </proc/sys/kernel/osrelease; m=/lib/modules/$r',
    '  [ ! -r "$m/modules.dep" ] || [ -e /sys/module/dummy ] ||',
    '    grep -qs "/dummy\\.ko" "$m/modules.dep" "$m/modules.builtin" || echo lacks;;',
    'esac',
  ].join('\n'),
);

function parseRoutes(
  reply: Reply,
  names: readonly string[],
): { readonly state: RoutesState; readonly facts: RoutesFacts } {
  if (reply.exit === 127) {
    throw new OrchError('TOOL_MISSING', 'the host has no `ip` command', {
      hint: 'Install iproute2 (Debian, SUSE) or iproute (Red Hat) on the host.',
    });
  }
  const sections = split(reply.stdout.toString('utf8'));
  const routesText = sections.get('routes');
  const k3s = sections.get('k3s');
  if (reply.exit !== 0 || routesText === undefined || k3s === undefined) throw unreadable(reply);
  const defaults = parseDefaultRoutes(routesText);
  if (defaults.some(({ metric }) => !Number.isFinite(metric))) throw unreadable(reply);
  const links: Record<string, LinkState | null> = {};
  const kept: Record<string, Kept> = {};
  const ports: Record<string, readonly string[]> = {};
  for (const name of names) {
    const text = sections.get(`link ${name}`);
    if (text === undefined) throw unreadable(reply);
    const extra = (sections.get(`flags ${name}`) ?? '').split('\n');
    const own = defaults
      .filter(
        ({ devices, type }) => type === 'unicast' && devices.length === 1 && devices[0] === name,
      )
      .map(({ gateway, metric }) => routeWords(gateway, metric));
    links[name] = text.trim() === '' ? null : parseLink(text, extra, own, reply);
    kept[name] = parseKept(sections.get(`kept ${name}`) ?? '');
    ports[name] = extra.filter((line) => line.startsWith('port ')).map((line) => line.slice(5));
  }
  const words = new Set(k3s.split('\n'));
  return {
    state: { links, kept },
    facts: {
      defaults,
      interfaces: (sections.get('interfaces') ?? '').split('\n').filter((word) => word !== ''),
      ports,
      k3sInstalled: words.has('installed') || words.has('active'),
      k3sActive: words.has('active'),
      k3sFlags: ['node-ip', 'flannel-iface'].filter((flag) => words.has(flag)),
      routesText: routesText.replace(/\n+$/, ''),
      owner: parseOwner(sections.get('owner') ?? ''),
      wayBack: readWayBack(sections),
      lacksDummy: sections.get('modules')?.trim() === 'lacks',
    },
  };
}

function parseLink(
  text: string,
  extra: readonly string[],
  routes: readonly string[],
  reply: Reply,
): LinkState {
  const flags = /^\d+: [^<\n]*<([A-Z0-9_,-]*)>/.exec(text)?.[1]?.split(',');
  if (!flags) throw unreadable(reply);
  const addresses = [...text.matchAll(/^\s+inet (\S+)/gm)].map(([, address]) => address ?? '');
  return {
    kind: kindOf(text, extra),
    up: flags.includes('UP'),
    addresses: addresses.map((a) => (a.includes('/') ? a : `${a}/32`)).sort(),
    routes: [...routes].sort(),
  };
}

/**
 * The kind is the first word of the line after `link/...` in `ip -d`. busybox does not print it; there a
 * bridge shows in sysfs, and broadcast without ARP and without multicast is what only dummy links have.
 */
function kindOf(text: string, extra: readonly string[]): string {
  const printed = /^\s+link\/[^\n]*\n\s+([a-z][a-z0-9_]*)\b(?! [0-9a-f:.]+\/)/m.exec(text)?.[1];
  if (printed !== undefined && !['inet', 'inet6', 'altname'].includes(printed)) return printed;
  if (extra.includes('bridge')) return 'bridge';
  const flags = Number(extra[0]);
  const isDetailed = text.includes('promiscuity');
  if (
    !isDetailed &&
    (flags & BROADCAST) !== 0 &&
    (flags & NOARP) !== 0 &&
    (flags & MULTICAST) === 0
  )
    return 'dummy';
  return 'unknown';
}

// IFF_* of linux/if.h, as /sys/class/net/NAME/flags shows them.
const BROADCAST = 0x2;
const NOARP = 0x80;
const MULTICAST = 0x1000;

function split(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('=')) {
      name = line.slice(1);
      sections.set(name, '');
    } else sections.set(name, `${sections.get(name) ?? ''}${line}\n`);
  }
  return sections;
}

const unreadable = (reply: Reply): OrchError =>
  new OrchError(
    'REPLY_UNREADABLE',
    'what the host says about its routes and links makes no sense',
    {
      stderr: reply.stderr.toString('utf8').slice(0, 2000),
    },
  );
