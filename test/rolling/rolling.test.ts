import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { folder, inventoryOf, orch } from '../integration/orch.ts';
import { withLab } from '../lab/lab.ts';

const PORT = 8080;
const ALLOWED = 2;

/** Starts the service, and fails when it does not come up: as `systemctl restart` does. */
const RESTART = `#!/bin/sh
[ ! -e /run/app.pid ] || kill "$(cat /run/app.pid)"
sleep 1
[ ! -e /etc/app.broken ] || { echo 'the service does not start' >&2; exit 1; }
cd /etc/app || exit
setsid python3 -m http.server ${PORT} </dev/null >/dev/null 2>&1 &
echo $! >/run/app.pid
`;

const BOOK = `- hosts: all
  become: true
  gather_facts: false
  canary: 1
  max_unavailable: ${ALLOWED}
  health:
    every: 1s
    tasks:
      - name: service is well
        uri: { url: "http://127.0.0.1:${PORT}/version", return_content: true }
        register: answer
        until: answer.content == version
  tasks:
    - name: configured
      copy: { dest: /etc/app/version, content: "{{ version }}" }
      notify: service is restarted
  handlers:
    - name: service is restarted
      command: /usr/local/bin/app-restart
`;

describe('a rolling change with a health gate', function () {
  this.timeout(900_000);
  const lab = withLab(6);
  const nodes = [1, 2, 3, 4, 5, 6];
  let prober: ReturnType<typeof probe>;
  // Also where the test failed: what goes on probing keeps the process alive.
  after(() => prober.stop());
  const versions = (): readonly string[] =>
    nodes.map((node) => lab.shell(node, 'cat /etc/app/version'));

  before(() => {
    for (const node of nodes) {
      lab.write(node, '/usr/local/bin/app-restart', RESTART, '755');
      lab.write(node, '/etc/app/version', 'v1');
      lab.shell(node, `firewall-cmd -q --add-port=${PORT}/tcp; /usr/local/bin/app-restart`);
    }
  });

  it(`keeps all but ${ALLOWED} of 6 hosts in service, stops at a bad canary, and resume goes on`, async () => {
    const dir = folder({ 'book.yml': BOOK });
    const inventory = inventoryOf(lab, 'deploy');
    const run = (version: string, state: string) =>
      orch(['run', join(dir, 'book.yml'), '-i', inventory, '-e', `version=${version}`], {
        ORCH_STATE_DIR: state,
      });
    prober = probe(nodes.map((node) => lab.address(node)));
    await prober.until((up) => up.every(Boolean));

    prober.restart();
    const good = await run('v2', folder({}));
    expect(good.exit, good.stdout + good.stderr).to.equal(0);
    await prober.until((up) => up.every(Boolean));
    expect(versions()).to.deep.equal(nodes.map(() => 'v2'));
    expect(prober.seen.size, 'every host was out of service once').to.equal(6);
    expect(prober.most).to.be.at.least(1).and.at.most(ALLOWED);
    expect(prober.alone, 'the first one alone').to.equal(true);
    console.log(`    v2: at most ${prober.most} of 6 out of service, ${prober.probes} probes`);

    prober.restart();
    // Whoever comes first is the canary.
    for (const node of nodes) lab.write(node, '/etc/app.broken', '');
    const state = folder({});
    const bad = await run('v3', state);
    expect(bad.exit, bad.stdout).to.equal(2);
    const touched = versions().flatMap((version, i) => (version === 'v3' ? [i] : []));
    expect(touched, 'only the canary was touched').to.have.length(1);
    expect([...prober.seen]).to.deep.equal(touched);

    for (const node of nodes) lab.shell(node, 'rm /etc/app.broken');
    const rest = await orch(['resume', 'last'], { ORCH_STATE_DIR: state });
    expect(rest.exit, rest.stdout + rest.stderr).to.equal(0);
    await prober.until((up) => up.every(Boolean));
    expect(versions()).to.deep.equal(nodes.map(() => 'v3'));
    expect(prober.most).to.be.at.most(ALLOWED);
    expect(prober.seen.size).to.equal(6);
    console.log(
      `    v3, resumed: at most ${prober.most} of 6 out of service, ${prober.probes} probes`,
    );
  });
});

/** Connects to the service of every host every 50 ms. Only a refusal counts as out of service: a busy machine is slow. */
function probe(addresses: readonly string[]) {
  const up = addresses.map(() => false);
  let going = true;
  const prober = {
    most: 0,
    probes: 0,
    seen: new Set<number>(),
    /** Nobody was out of service before the first one was back. */
    alone: true,
    restart: (): void => {
      prober.most = 0;
      prober.probes = 0;
      prober.alone = true;
      prober.seen.clear();
    },
    until: async (holds: (states: readonly boolean[]) => boolean): Promise<void> => {
      while (!holds(up)) await pause(50);
    },
    stop: async (): Promise<void> => {
      going = false;
      await Promise.all(loops);
    },
  };
  const note = (): void => {
    const down = up.flatMap((is, i) => (is ? [] : [i]));
    if (prober.seen.size === 1 && down.some((i) => !prober.seen.has(i)))
      prober.alone &&= !down.some((i) => prober.seen.has(i));
    if (prober.seen.size === 0 && down.length > 1) prober.alone = false;
    for (const i of down) prober.seen.add(i);
    prober.most = Math.max(prober.most, down.length);
  };
  const loops = addresses.map(async (address, i) => {
    while (going) {
      const [answer] = await Promise.all([knock(address), pause(50)]);
      prober.probes += 1;
      if (answer !== undefined) up[i] = answer;
      note();
    }
  });
  return prober;
}

const knock = (host: string): Promise<boolean | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: PORT });
    socket.setTimeout(5000, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? false : undefined),
    );
  });
