/**
 * The floor: what a careful person would write for this one question, and nothing else. Per host one verified
 * connection and one exec with the least reads that tell whether the guide is in place, in the running firewall
 * (one busctl call a zone) and in the files (one cat). If it is not: one exec that sets each zone with one call
 * for each layer and reads again. No errors explained, no journal, no diff, no undo.
 *
 *   node floor.mjs segregated|shared KEY KNOWN_HOSTS ADDRESS...
 *
 * Prints `changed=N`; exit code 1 when a host is not as wanted in the end.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import ssh2 from 'ssh2';

const EXTERNAL = ['80/tcp', '443/tcp', '9095/tcp', '6379/tcp', '8125/tcp', '8125/udp'];
const NODES = [
  ...['2379-2380/tcp', '6443/tcp', '8472/udp', '5001/tcp', '9500-9503/tcp', '8500-8504/tcp'],
  ...['10000-30000/tcp', '3260/tcp', '2049/tcp'],
];
const NETWORKS = ['10.42.0.0/16', '10.43.0.0/16'];
const GUIDES = {
  segregated: {
    public: { interfaces: ['eth0'], sources: [], ports: EXTERNAL },
    trusted: { interfaces: ['eth1'], sources: NETWORKS, ports: [] },
  },
  shared: { public: { interfaces: ['eth0'], sources: NETWORKS, ports: [...NODES, ...EXTERNAL] } },
};

const [guide, keyFile, knownHostsFile, ...addresses] = process.argv.slice(2);
const zones = Object.entries(GUIDES[guide]);
const key = ssh2.utils.parseKey(readFileSync(keyFile));
const known = new Set();
for (const line of readFileSync(knownHostsFile, 'utf8').split('\n')) {
  const [names = '', , key] = line.split(' ');
  for (const name of names.split(',')) known.add(`${name} ${key}`);
}

const D = 'org.fedoraproject.FirewallD1';
const P = '/org/fedoraproject/FirewallD1';
const CALL = `busctl --system call ${D}`;

const READ = [
  ...zones.map(([zone]) => `${CALL} ${P} ${D}.zone getZoneSettings2 s ${zone} || exit`),
  'cd /etc/firewalld/zones; set --',
  `for z in ${zones.map(([zone]) => zone).join(' ')}; do`,
  '[ -e $z.xml ] && set -- "$@" $z.xml || set -- "$@" /usr/lib/firewalld/zones/$z.xml; done',
  'exec cat "$@"',
].join('\n');

const WRITE = [
  `set -e; q() { ${CALL} "$@" >/dev/null; }`,
  ...zones.flatMap(([zone, wanted]) => {
    const list = (items) => [items.length, ...items].join(' ');
    const ports = wanted.ports.map((port) => port.replace('/', ' '));
    const pairs = [
      ['interfaces', 'as', list(wanted.interfaces)],
      ...(wanted.sources.length > 0 ? [['sources', 'as', list(wanted.sources)]] : []),
      ...(ports.length > 0 ? [['ports', "'a(ss)'", list(ports)]] : []),
    ];
    const settings = `${pairs.length} ${pairs.map((pair) => pair.join(' ')).join(' ')}`;
    return [
      `q ${P} ${D}.zone setZoneSettings2 'sa{sv}' ${zone} ${settings}`,
      `o=$(${CALL} ${P}/config ${D}.config getZoneByName s ${zone}); o=\${o#*\\"}`,
      `q "\${o%\\"}" ${D}.config.zone update2 'a{sv}' ${settings}`,
    ];
  }),
].join('\n');

/** Are the wanted bindings and ports in what READ printed? Ports count as open when a range covers them. */
function inPlace(text) {
  const lines = text.split('\n');
  const files = lines.slice(zones.length).join('\n').split('</zone>');
  return zones.every(
    ([, wanted], i) => covers(running(lines[i]), wanted) && covers(permanent(files[i]), wanted),
  );
}

function running(line) {
  // The key of the next entry stands behind the last word of a list.
  const list = (name, each = 1) => {
    const found = line.match(new RegExp(`"${name}" a\\S+ (\\d+)((?: "[^"]*")*)`));
    const words = [...(found?.[2] ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1]);
    return words.slice(0, each * Number(found?.[1] ?? 0));
  };
  const words = list('ports', 2);
  const ports = words.flatMap((word, i) => (i % 2 === 0 ? [`${word}/${words[i + 1]}`] : []));
  return { interfaces: list('interfaces'), sources: list('sources'), ports };
}

function permanent(xml) {
  const all = (pattern, text) => [...xml.matchAll(pattern)].map(text);
  return {
    interfaces: all(/<interface name="([^"]*)"/g, (m) => m[1]),
    sources: all(/<source address="([^"]*)"/g, (m) => m[1]),
    ports: all(/<port port="([^"]*)" protocol="([^"]*)"/g, (m) => `${m[1]}/${m[2]}`),
  };
}

function covers(seen, wanted) {
  const ranges = seen.ports.map(range);
  const open = (port) => {
    const { from, to, protocol } = range(port);
    return ranges.some((r) => r.protocol === protocol && r.from <= from && to <= r.to);
  };
  return (
    wanted.interfaces.every((name) => seen.interfaces.includes(name)) &&
    wanted.sources.every((name) => seen.sources.includes(name)) &&
    wanted.ports.every(open)
  );
}

function range(port) {
  const [, from, to = from, protocol] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(port);
  return { from: Number(from), to: Number(to), protocol };
}

const exec = (client, command) =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const chunks = [];
      channel.on('data', (chunk) => chunks.push(chunk));
      channel.stderr.on('data', (chunk) => process.stderr.write(chunk));
      channel.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
  });

const login = (address) =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('ready', () => resolve(client)).on('error', reject);
    client.connect({
      sock: connect({ host: address, port: 22, noDelay: true }),
      username: 'root',
      authHandler: [{ type: 'publickey', username: 'root', key }],
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key) => known.has(`${address} ${key.toString('base64')}`),
    });
  });

async function host(address) {
  const client = await login(address);
  let good = inPlace(await exec(client, READ));
  const changed = !good;
  if (changed) good = inPlace(await exec(client, `(${WRITE}\n); ${READ}`));
  client.end();
  return { good, changed };
}

const results = await Promise.all(addresses.map(host));
console.log(`changed=${results.filter(({ changed }) => changed).length}`);
process.exit(results.every(({ good }) => good) ? 0 : 1);
