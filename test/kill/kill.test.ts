import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';
import { folder, inventoryOf, orch } from '../integration/orch.ts';

/** How often orch is killed, and what the moments come from: ORCH_KILLS, ORCH_SEED. */
const KILLS = Number(process.env['ORCH_KILLS'] ?? 50);
const SEED = Number(process.env['ORCH_SEED'] ?? Date.now() % 1e6);
const root = fileURLToPath(new URL('../..', import.meta.url));
const GUIDES = ['playbooks/segregated.yml', 'playbooks/shared.yml'] as const;

/** How far the run was that was killed, by its journal. */
const PHASES = [
  'before its first event',
  'looking',
  'a change armed, not proved',
  'proved, not confirmed',
  'between hosts: some confirmed, none at work',
  'all confirmed',
] as const;

describe('kill -9 in the middle of a guarded change', function () {
  this.timeout(3 * 3600_000);
  const lab = withLab(3);
  const nodes = [1, 2, 3];

  it(`${KILLS} times: hosts can be reached, a resumed run ends as a clean one, nothing is left (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const inventory = inventoryOf(lab, 'deploy');
    lab.reset(...nodes);
    const clean = new Map<string, readonly ReturnType<typeof lab.firewall>[]>();
    let took = 0;
    // Two rounds: how a host ends does not depend on where it comes from.
    for (const guide of [...GUIDES, ...GUIDES]) {
      const start = Date.now();
      const run = await orch(['run', guide, '-i', inventory]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      took = Date.now() - start;
      const ended = nodes.map((node) => lab.firewall(node));
      for (const [i, before] of (clean.get(guide) ?? []).entries())
        expect(compareFirewalls(before, ended[i]!)).to.deep.equal([]);
      clean.set(guide, ended);
    }
    const rows = new Map(PHASES.map((phase) => [phase, { kills: 0, back: 0 }]));
    let killed = 0;
    for (let tries = 0; killed < KILLS; tries++) {
      expect(tries, 'it is too quick to be killed').to.be.lessThan(KILLS * 3);
      const guide = GUIDES[killed % 2]!;
      const state = folder({});
      const moment = Math.round(random() * took);
      if (!(await killedAfter(moment, ['run', guide, '-i', inventory], state))) {
        took *= 0.9;
        const back = await orch(['run', GUIDES[(killed + 1) % 2]!, '-i', inventory]);
        expect(back.exit, back.stdout + back.stderr).to.equal(0);
        continue;
      }
      killed += 1;
      const name = `kill ${killed} after ${moment} ms of ${guide}`;
      for (const node of nodes) expect(reachable(node), `${name}: node${node}`).to.equal(true);
      const phase = phaseOf(state);
      const begun = phase !== PHASES[0];
      const goOn = begun ? ['resume', 'last'] : ['run', guide, '-i', inventory];
      const resumed = await orch(goOn, { ORCH_STATE_DIR: state });
      expect(resumed.exit, `${name}\n${resumed.stdout}${resumed.stderr}`).to.equal(0);
      for (const [i, node] of nodes.entries()) {
        const difference = compareFirewalls(clean.get(guide)![i]!, lab.firewall(node));
        expect(difference, `${name}: node${node}`).to.deep.equal([]);
        expect(left(node), `${name}: node${node}`).to.equal('');
      }
      const row = rows.get(phase)!;
      row.kills += 1;
      if (resumed.stdout.includes('rolled back')) row.back += 1;
      console.log(`    ${name}: ${phase}`);
    }
    const table = [...rows].map(
      ([phase, { kills, back }]) =>
        `| ${phase} | ${kills} | ${kills}/${kills} | ${back} | ${kills}/${kills} | ${kills}/${kills} |`,
    );
    console.log(
      [
        '',
        `seed ${SEED}`,
        '| killed when it was | kills | all hosts reachable | taken back first | resumed, equal to a clean run | nothing left |',
        '|---|---|---|---|---|---|',
        ...table,
      ].join('\n'),
    );
  });

  /** Runs orch and kills it; false when it had ended by then. */
  async function killedAfter(ms: number, args: readonly string[], state: string): Promise<boolean> {
    const child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, ORCH_STATE_DIR: state },
    });
    const ended = new Promise<void>((resolve) => void child.on('close', () => resolve()));
    await Promise.race([pause(ms), ended]);
    const killed = child.kill('SIGKILL');
    await ended;
    return killed;
  }

  const reachable = (node: number): boolean => {
    const options = [
      ...['BatchMode=yes', 'ConnectTimeout=20', 'StrictHostKeyChecking=no'],
      ...['UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'],
    ].flatMap((option) => ['-o', option]);
    const login = [...options, '-i', lab.keyFile(), `root@${lab.address(node)}`, 'true'];
    return spawnSync('ssh', login).status === 0;
  };

  /** Files, processes and hooks of orch on a host. A process that was ended takes its time. */
  const left = (node: number): string => {
    for (let i = 0; ; i++) {
      const found = lab
        .shell(
          node,
          'find /run/orch /var/lib/orch /etc/local.d -mindepth 1 2>/dev/null || true; for p in /proc/[0-9]*/cmdline; do tr "\\0" " " <$p 2>/dev/null; echo; done | grep "/run/orch" | grep -v grep || true',
        )
        .trim();
      if (found === '' || i === 40) return found;
      spawnSync('sleep', ['0.5']);
    }
  };
});

function phaseOf(state: string): (typeof PHASES)[number] {
  const runs = join(state, 'runs');
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  const file = join(runs, run ?? '-', 'events.ndjson');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!text.includes('\n')) return PHASES[0];
  const states = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const event = JSON.parse(line) as { type: string; host?: string; state?: string };
    if (event.type === 'safeguard') states.set(event.host ?? '', event.state ?? '');
  }
  const all = [...states.values()];
  if (all.includes('armed')) return PHASES[2];
  if (all.includes('proved')) return PHASES[3];
  if (all.length === 0) return PHASES[1];
  return all.length < 3 ? PHASES[4] : PHASES[5];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
