import { OrchError } from '../../lib/errors.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { ENABLED, pathsOf, wantsPath } from './keepers.ts';
import type { Kept, Lease, NetworkOwner } from './state.ts';

/** Reads whatever files could bring a link back. By the shell itself: there are none on most hosts, and one or two on the others. */
export function keptScript(name: string): Shell {
  const files = Object.values(pathsOf(name))
    .flat()
    .filter((path) => path !== wantsPath(name));
  return lines([
    sh`echo ${`=kept ${name}`}`,
    sh`for f in ${files}; do`,
    raw(
      [
        '[ -e "$f" ] || continue',
        '[ -r "$f" ] || { echo "denied $f"; continue; }',
        'echo "file $f"',
        'while IFS= read -r l || [ -n "$l" ]; do printf \' %s\\n\' "$l"; done <"$f"',
        'done',
      ].join('\n'),
    ),
    sh`[ ! -L ${wantsPath(name)} ] || echo ${`enabled ${wantsPath(name)}`}`,
  ]);
}

/**
 * Who owns networking: a unit that runs has a control group, one that is enabled has a link in a .wants folder. No process is
 * started for it. Files of systemd-networkd in one of its folders hide those of the same name in the next.
 */
export const OWNER = raw(`echo '=owner'
[ ! -d /run/systemd/system ] || echo systemd
for u in NetworkManager systemd-networkd; do
  for c in /sys/fs/cgroup /sys/fs/cgroup/systemd; do
    [ ! -d "$c/system.slice/$u.service" ] || { echo "$u"; break; }
  done
done
for w in multi-user network-online; do
  [ ! -L /etc/systemd/system/$w.target.wants/networking.service ] || { echo ifupdown; break; }
done
if [ -r /etc/network/interfaces ]; then
  while IFS= read -r l; do
    case $l in source*/etc/network/interfaces.d*|source*' interfaces.d'*) echo sources; break;; esac
  done </etc/network/interfaces
fi
for f in /etc/NetworkManager/NetworkManager.conf /etc/NetworkManager/conf.d/*.conf /run/NetworkManager/conf.d/*.conf /usr/lib/NetworkManager/conf.d/*.conf; do
  [ -r "$f" ] || continue
  while IFS= read -r l || [ -n "$l" ]; do case $l in unmanaged-devices*=*) echo "unmanaged \${l#*=}";; esac; done <"$f"
done
if [ -d /sys/fs/cgroup/system.slice/systemd-networkd.service ] || [ -d /sys/fs/cgroup/systemd/system.slice/systemd-networkd.service ]; then
  seen=
  for f in /etc/systemd/network/*.network /run/systemd/network/*.network /usr/lib/systemd/network/*.network; do
    [ -r "$f" ] || continue
    case $seen in *"/\${f##*/}/"*) continue;; esac
    seen=$seen/\${f##*/}/
    echo "network $f"
    while IFS= read -r l || [ -n "$l" ]; do case $l in \\[*|DHCP=*|RouteMetric=*|UseRoutes=*|UseGateway=*) echo " $l";; esac; done <"$f"
  done
fi`);

/** Reads what `keptScript` printed. */
export function parseKept(text: string): Kept {
  const kept: Record<string, string> = {};
  let path = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('denied ')) {
      throw new OrchError('STEP_FAILED', `${line.slice('denied '.length)} cannot be read`, {
        hint: 'Only root can: set become: true.',
      });
    }
    if (line.startsWith('file ')) kept[(path = line.slice('file '.length))] = '';
    else if (line.startsWith('enabled ')) kept[line.slice('enabled '.length)] = ENABLED;
    else if (line.startsWith(' ') && path !== '')
      kept[path] = `${kept[path] ?? ''}${line.slice(1)}\n`;
  }
  return kept;
}

/** Reads what `OWNER` printed. */
export function parseOwner(text: string): NetworkOwner {
  const rows = text.split('\n');
  const after = (word: string): readonly string[] =>
    rows.filter((row) => row.startsWith(`${word} `)).map((row) => row.slice(word.length + 1));
  const known = ['NetworkManager', 'systemd-networkd', 'ifupdown', 'systemd'];
  return {
    running: known.filter((word) => rows.includes(word)),
    unmanaged: after('unmanaged'),
    sourcesFiles: rows.includes('sources'),
    leases: text.split('\nnetwork ').slice(1).flatMap(leaseIn),
  };
}

/** systemd-networkd gives the default route of a lease metric 1024 unless it is told another. */
const LEASE_METRIC = 1024;

function leaseIn(block: string): readonly Lease[] {
  const [file = '', ...rows] = block.split('\n');
  let section = '';
  let asks = false;
  let metric = LEASE_METRIC;
  for (const row of rows.map((line) => line.trim())) {
    const [key = '', value = ''] = row.split('=').map((word) => word.trim());
    if (row.startsWith('[')) section = row;
    else if (section === '[Network]' && key === 'DHCP') asks = /^(yes|true|on|1|ipv4)$/.test(value);
    else if (/^\[DHCP(v4)?\]$/.test(section)) {
      if (key === 'RouteMetric' && /^\d+$/.test(value)) metric = Number(value);
      if (/^Use(Routes|Gateway)$/.test(key) && /^(no|false|off|0)$/.test(value)) return [];
    }
  }
  return asks ? [{ file, metric }] : [];
}
