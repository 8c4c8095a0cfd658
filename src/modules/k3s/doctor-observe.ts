import { OrchError } from '../../lib/errors.ts';
import { lines, raw } from '../../lib/shell.ts';
import type { Probe, Resource } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { observeK3s } from './observe.ts';
import type { K3sFacts, K3sState } from './state.ts';

/** What the doctor sees of the running network, besides what `k3s_flags` sees. */
export interface NetworkFacts {
  /** `ip -d -o link show flannel.1`; empty when there is none. */
  readonly flannel: string;
  /** Lines of `ip -4 route show`. */
  readonly routes: readonly string[];
  /** Interfaces that are down, or have no carrier: `down`, `lowerlayerdown`. */
  readonly down: ReadonlyMap<string, string>;
  /** By name: `net.ipv4.ip_forward`; left out where the kernel has no such value. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Loaded (or built in): br_netfilter, vxlan, overlay. */
  readonly modules: readonly string[];
  /** Rules or chains by name prefix; -1 when no tool could tell. */
  readonly kube: number;
  readonly hostport: number;
  /** Interfaces of the overlay that NetworkManager manages. */
  readonly managed: readonly string[];
  /** nm-cloud-setup is enabled. */
  readonly cloudSetup: boolean;
  /** `active`, `failed`, ...; by unit. */
  readonly units: ReadonlyMap<string, string>;
  /** The node as its API server has it: `InternalIP`, `ExternalIP`, `podCIDR`; nothing when it could not be asked. */
  readonly node: ReadonlyMap<string, string> | undefined;
}

/** Both together. */
export interface DoctorFacts extends K3sFacts {
  readonly network: NetworkFacts;
}

/** The state of K3s and its network on a host. Only looked at. */
export const k3sNetwork: Resource<Readonly<Record<string, never>>, K3sState, DoctorFacts> = {
  name: 'k3s_network',
  key: () => 'k3s_network',
  observe,
  plan: () => ({ steps: [] }),
  footprints: () => ({
    reads: ['file:/etc/rancher/k3s', 'file:/etc/systemd/system', 'net:/'],
    writes: [],
  }),
};

const MARK = '=orch-network';

function observe(): Probe<K3sState, DoctorFacts> {
  const k3s = observeK3s([{ secrets: [] }]);
  return {
    script: lines([raw('('), k3s.script, raw(') || exit'), raw(`echo '${MARK}'`), raw(NETWORK)]),
    parse: (reply) => {
      const text = reply.stdout.toString('utf8');
      const at = text.indexOf(`${MARK}\n`);
      if (reply.exit === 0 && at < 0) {
        throw new OrchError('REPLY_UNREADABLE', 'the look at the network of K3s ended early');
      }
      const own: Reply = { ...reply, stdout: Buffer.from(at < 0 ? text : text.slice(0, at)) };
      const { state, facts } = k3s.parse(own);
      return { state, facts: { ...facts, network: networkOf(text.slice(at + MARK.length + 1)) } };
    },
  };
}

/** Every line starts with a word that says what it is. What is not there, or not allowed, prints nothing. */
const NETWORK = String.raw`ip -d -o link show flannel.1 2>/dev/null | while IFS= read -r l; do echo "flannel $l"; done
ip -4 route show 2>/dev/null | while IFS= read -r l; do echo "route $l"; done
for s in net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/bridge/bridge-nf-call-iptables net/ipv4/conf/all/rp_filter; do
  [ -r /proc/sys/$s ] && read -r v </proc/sys/$s && echo "sysctl $s $v"
done
( cd /sys/class/net && for i in *; do
  { read -r v <$i/operstate; } 2>/dev/null && case $v in *down) echo "down $i $v";; esac
done )
for m in br_netfilter vxlan overlay; do [ -d /sys/module/$m ] && echo "module $m"; done
if command -v iptables-save >/dev/null 2>&1; then
  iptables-save -t nat 2>/dev/null | { k=0; h=0
    while IFS= read -r l; do case $l in :KUBE-*) k=$((k + 1));; :CNI-HOSTPORT*|:CNI-DN-*) h=$((h + 1));; esac; done
    echo "kube $k"; echo "hostport $h"; }
elif command -v nft >/dev/null 2>&1; then
  nft -t list ruleset 2>/dev/null | { k=0; h=0
    while IFS= read -r l; do case $l in *'chain KUBE-'*) k=$((k + 1));; *'chain CNI-HOSTPORT'*|*'chain CNI-DN-'*) h=$((h + 1));; esac; done
    echo "kube $k"; echo "hostport $h"; }
fi
if command -v nmcli >/dev/null 2>&1; then
  LC_ALL=C nmcli -t -f DEVICE,STATE device 2>/dev/null | while IFS=: read -r d s; do
    case $d:$s in cni*:unmanaged|flannel*:unmanaged|veth*:unmanaged) ;; cni*|flannel*) echo "managed $d";; esac; done
fi
if command -v systemctl >/dev/null 2>&1; then
  case $(systemctl is-enabled nm-cloud-setup.timer 2>/dev/null) in enabled*) echo cloud-setup;; esac
  for u in k3s k3s-agent; do
    s=$(systemctl is-active $u 2>/dev/null); [ "$s" = inactive ] || [ -z "$s" ] || echo "unit $u $s"
  done
fi
for k in /usr/local/bin/k3s /usr/bin/k3s /opt/bin/k3s; do
  [ -x $k ] && [ -r /etc/rancher/k3s/k3s.yaml ] || continue
  n=$(uname -n)
  timeout 5 $k kubectl get node "$n" -o 'jsonpath={range .status.addresses[*]}node {.type} {.address}{"\n"}{end}node podCIDR {.spec.podCIDR}{"\n"}' 2>/dev/null
  break
done
exit 0`;

function networkOf(text: string): NetworkFacts {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return space < 0
        ? { word: line, rest: '' }
        : { word: line.slice(0, space), rest: line.slice(space + 1) };
    });
  const all = (word: string): readonly string[] =>
    rows.filter((row) => row.word === word).map(({ rest }) => rest);
  const pairs = (word: string): ReadonlyMap<string, string> =>
    new Map(all(word).map((rest) => pairOf(rest)));
  const number = (word: string): number => Number(all(word)[0] ?? -1);
  const node = pairs('node');
  return {
    flannel: all('flannel')[0] ?? '',
    routes: all('route'),
    sysctls: new Map([...pairs('sysctl')].map(([path, v]) => [path.replaceAll('/', '.'), v])),
    down: pairs('down'),
    modules: all('module'),
    kube: number('kube'),
    hostport: number('hostport'),
    managed: all('managed'),
    cloudSetup: rows.some(({ word }) => word === 'cloud-setup'),
    units: pairs('unit'),
    node: node.size > 0 ? node : undefined,
  };
}

function pairOf(text: string): readonly [string, string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}
