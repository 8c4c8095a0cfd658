/** Is every host as the guide wants it, by what firewall-cmd prints? `verify.ts GUIDE HOSTS`; says what is missing. */
import { execFileSync } from 'node:child_process';
import { parseFirewall, READ_FIREWALL, type Zone } from '../../test/lab/read-firewall.ts';

const EXTERNAL = ['80/tcp', '443/tcp', '9095/tcp', '6379/tcp', '8125/tcp', '8125/udp'];
const NODES =
  '2379-2380/tcp 6443/tcp 8472/udp 10250/tcp 5001/tcp 9500-9503/tcp 8500-8504/tcp 10000-30000/tcp 3260/tcp 2049/tcp';
const sources = ['10.42.0.0/16', '10.43.0.0/16'];
const GUIDES: Record<string, Record<string, Zone>> = {
  segregated: {
    public: { interfaces: ['eth0'], ports: EXTERNAL },
    trusted: { interfaces: ['eth1'], sources },
  },
  shared: { public: { interfaces: ['eth0'], sources, ports: [...NODES.split(' '), ...EXTERNAL] } },
};

const range = (port: string): { protocol: string; from: number; to: number } => {
  const [, from = '', to = from, protocol = ''] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(port) ?? [];
  return { protocol, from: Number(from), to: Number(to) };
};

function there(kind: string, item: string, seen: readonly string[]): boolean {
  if (kind !== 'ports') return seen.includes(item);
  const want = range(item);
  return seen
    .map(range)
    .some((has) => has.protocol === want.protocol && has.from <= want.from && want.to <= has.to);
}

const [guide = '', hosts = '0'] = process.argv.slice(2);
const lab = new URL('../../test/lab/lab.sh', import.meta.url).pathname;
const missing: string[] = [];
for (let host = 1; host <= Number(hosts); host++) {
  const text = execFileSync('bash', [lab, 'exec', String(host), 'sh', '-c', READ_FIREWALL], {
    encoding: 'utf8',
  });
  const firewall = parseFirewall(text);
  for (const layer of ['runtime', 'permanent'] as const) {
    for (const [zone, wanted] of Object.entries(GUIDES[guide] ?? {})) {
      for (const [kind, items] of Object.entries(wanted)) {
        const seen = firewall[layer][zone]?.[kind] ?? [];
        const gone = items.filter((item) => !there(kind, item, seen));
        if (gone.length > 0)
          missing.push(`node${host} ${layer} ${zone} ${kind}: ${gone.join(' ')}`);
      }
    }
  }
}
for (const line of missing) console.error(line);
process.exitCode = missing.length > 0 || !GUIDES[guide] ? 1 : 0;
