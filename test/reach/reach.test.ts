import { join } from 'node:path';
import { expect } from 'chai';
import type { Value } from '../../src/model/value.ts';
import type { FirewalldFacts } from '../../src/modules/firewalld/state.ts';

import type { Reply } from '../../src/model/transport.ts';
import { reachRoutes } from '../../src/modules/routes/way-back.ts';
import type { RoutesFacts } from '../../src/modules/routes/state.ts';
import { verdict } from '../../src/modules/firewalld/lockout.ts';
import { compareZones, parseZones, type Zones } from '../lab/read-firewall.ts';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told as orched } from '../integration/orch.ts';
import { harmlessTasks } from './harmless.ts';
import { CLIENT, type Line, linesTo, PORTS } from './lines.ts';
import { asListed, foresee, type Foreseen, type Known, look, lookAtRoutes } from './predict.ts';
import { type Sequence, sequenceOf } from './sequences.ts';
import {
  type Answers,
  firewallCmd,
  freshen,
  hangUp,
  knock,
  on,
  prepare,
  printed,
  RELOAD,
  scriptOf,
  told,
} from './stand.ts';

const SEED = Number(process.env['REACH_SEED'] ?? 20261126);
const RUNS = Number(process.env['REACH_RUNS'] ?? 500);
const FIRST = Number(process.env['REACH_FIRST'] ?? 1);
const HOSTS = [1, 2];

/** Harmless changes, and how many of them make a playbook. */
const HARMLESS = Number(process.env['REACH_HARMLESS'] ?? 200);
const TOGETHER = 10;

type Config = 'runtime' | 'permanent';

/** What was found out, over all sequences. */
class Tally {
  readonly counts = new Map<string, number>();
  readonly wrong: string[] = [];
  readonly reasons = new Map<string, number>();
  add(row: string, by = 1): void {
    this.counts.set(row, (this.counts.get(row) ?? 0) + by);
  }
  doubt(why: string): void {
    this.reasons.set(why, (this.reasons.get(why) ?? 0) + 1);
  }
}

describe(`whether a host can still be reached (seed ${SEED})`, function () {
  this.timeout(1_500_000);
  const lab = withLab(CLIENT);
  const tally = new Tally();

  before(() => prepare(HOSTS));
  after(() => {
    hangUp();
    const rows = [...tally.counts].sort(([a], [b]) => a.localeCompare(b));
    console.log(rows.map(([row, count]) => `  ${row}: ${count}`).join('\n'));
    const why = [...tally.reasons].sort(([, a], [, b]) => b - a);
    console.log(why.map(([row, count]) => `  unknown, ${row}: ${count}`).join('\n'));
  });

  it(`is never doubted before a harmless change, in ${HARMLESS} of them, by check and by run`, async () => {
    const inventory = inventoryOf(lab, 'deploy');
    for (let number = 0; number < HARMLESS / TOGETHER; number++) {
      const host = 1 + (number % 2);
      await told(host, `${freshen(host)}\n${RELOAD}`);
      const tasks = harmlessTasks(SEED, number, TOGETHER);
      const book = bookOf(tasks);
      for (const verb of ['check', 'run']) {
        const said = await orched([verb, book, '-i', inventory, '-l', `node${host}`]);
        const ended = said.all('task-ended');
        const faults = ended.flatMap(({ outcome }) => outcome.fault ?? []);
        const refused = faults.filter(({ code }) => code === 'LOCKOUT');
        expect(refused, tasks.map((task) => JSON.stringify(task)).join('\n')).to.deep.equal([]);
        expect(said.exit, faults.map(({ message }) => message).join('\n') + said.stderr).to.equal(
          0,
        );
        const warnings = ended.flatMap(({ outcome }) => outcome.warnings);
        expect(warnings.filter((text) => /lock|SSH/.test(text))).to.deep.equal([]);
        tally.add(`harmless changes let pass by ${verb}`, ended.length);
      }
      const knocked = await knock(linesTo(host));
      expect(knocked.get('near 22')).to.equal('open');
    }
  });

  it(`is foretold as a new connection finds it, in ${RUNS} random sequences`, async () => {
    let next = FIRST;
    const work = async (host: number): Promise<void> => {
      while (next < FIRST + RUNS) {
        const number = next++;
        try {
          await trial(tally, number, host);
        } catch (error) {
          tally.wrong.push(`${number}: ${error instanceof Error ? (error.stack ?? '') : ''}`);
        }
      }
    };
    await Promise.all(HOSTS.map(work));
    expect(tally.wrong.join('\n')).to.equal('');
  });
});

/** A playbook of changes of zones, in JSON, which is YAML. */
function bookOf(tasks: readonly Readonly<Record<string, Value>>[]): string {
  const play = {
    hosts: 'all',
    become: true,
    gather_facts: false,
    tasks: tasks.map((task) => ({ firewalld_zone: task })),
  };
  return join(folder({ 'book.yml': JSON.stringify([play]) }), 'book.yml');
}

async function trial(tally: Tally, number: number, host: number): Promise<void> {
  const sequence = sequenceOf(SEED, number, host);
  const { before: byHand, routes, tasks, line, port } = sequence;
  await on(host, [freshen(host), ...byHand.map(firewallCmd)].join('\n'));
  await told(host, [RELOAD, ...routes.map((r) => `{ ${r}; } 2>/dev/null || :`)].join('\n'));
  const connection = `${line.client} 40000 ${line.server} ${port}`;
  const asked = (text: string): Promise<Reply> =>
    on(host, `export SSH_CONNECTION='${connection}'\n${text}`);
  const known: Known = {
    firewall: look.parse(await asked(look.script.text)),
    routes: lookAtRoutes.parse(await asked(lookAtRoutes.script.text)),
  };
  const { state, links, plans, taken } = foresee(known, tasks);
  const wrong = (text: string): void => {
    tally.wrong.push(`${number}: ${text}\n${shown(sequence, host)}`);
  };
  tally.add('sequences');
  tally.add('tasks', taken.length);
  const lines = linesTo(host);
  const knocked = await knock(lines);
  compare(
    { tally, wrong, known, sequence },
    'before',
    'runtime',
    { state: known.firewall.state, links: known.routes.state },
    knocked,
  );

  const made = await on(host, `${scriptOf(plans)}\n${firewallCmd('--list-all-zones')}`);
  if (made.exit !== 0) {
    wrong(`the change was not made: ${made.stderr.toString()}`);
    return;
  }
  listed(tally, wrong, 'runtime', asListed(state, 'runtime'), printed(made.stdout.toString()));
  const running = await knock(lines);
  compare({ tally, wrong, known, sequence }, 'running', 'runtime', { state, links }, running);

  const after = await told(host, `${RELOAD}\n${firewallCmd('--list-all-zones')}`);
  listed(tally, wrong, 'permanent', asListed(state, 'permanent'), printed(after));
  const loaded = await knock(lines);
  compare(
    { tally, wrong, known, sequence },
    'after a reload',
    'permanent',
    { state, links },
    loaded,
  );
}

interface Judge {
  readonly tally: Tally;
  readonly known: Known;
  readonly sequence: Sequence;
  wrong(text: string): void;
}

/** Every line and port against what new connections found; the one orch came by with what it found out of itself. */
function compare(
  { tally, wrong, known, sequence }: Judge,
  when: string,
  config: Config,
  { state, links }: Pick<Foreseen, 'state' | 'links'>,
  answers: Answers,
): void {
  const { facts } = known.firewall;
  if (!facts.session) {
    wrong('orch does not see the connection it came by');
    return;
  }
  for (const line of linesTo(Number(sequence.line.server.at(-1)))) {
    for (const port of PORTS) {
      const own = line.name === sequence.line.name && port === sequence.port;
      const admitted = verdict(state, config, own ? facts : over(facts, line, port));
      const back = reachRoutes(known.routes.state, { state: links, facts: wayOf(known, line) }, []);
      const said = back.kind === 'lockout' && admitted.kind !== 'lockout' ? back : admitted;
      const answer = answers.get(`${line.name} ${port}`) ?? 'none';
      const row = own ? 'connection in use' : 'other connections';
      const is = answer === 'open' ? 'open' : 'shut';
      tally.add(`${row}, ${when}: foretold ${said.kind}, is ${is}`);
      if (back.kind !== 'safe') tally.add(`no way back, ${when}: foretold ${back.kind}, is ${is}`);
      if (said.kind === 'unknown') {
        const why = 'why' in said ? said.why : said.sentence;
        tally.doubt(why.replaceAll(/".*"|\d+\.[\d.]+|fd5a\S+/g, '…'));
      } else if ((said.kind === 'safe') !== (is === 'open')) {
        wrong(`${row} ${line.name} ${port} ${when}: foretold ${JSON.stringify(said)}, ${answer}`);
      }
    }
  }
}

/** The facts about routes as they would be for another connection. */
function wayOf({ routes: { facts } }: Known, { client, server }: Line): RoutesFacts {
  const { wayBack } = facts;
  return { ...facts, wayBack: wayBack && { ...wayBack, client, server } };
}

const over = (facts: FirewalldFacts, line: Line, port: number): FirewalldFacts =>
  facts.session
    ? {
        ...facts,
        session: {
          ...facts.session,
          client: line.client,
          server: line.server,
          port,
          interfaces: [line.device],
        },
      }
    : facts;

function listed(
  tally: Tally,
  wrong: (text: string) => void,
  config: Config,
  foretold: Zones,
  text: string,
): void {
  // orch writes and compares an address without its length.
  const is = parseZones(
    text.replaceAll(/^( {2}sources: .*)$/gm, (row) =>
      row.replaceAll(/(\.\d+)\/32\b|\/128\b/g, '$1'),
    ),
  );
  const known = Object.fromEntries(Object.entries(is).filter(([name]) => foretold[name]));
  const spoken = Object.fromEntries(
    Object.entries(known).map(([name, zone]) => [
      name,
      Object.fromEntries(Object.entries(zone).filter(([key]) => foretold[name]?.[key])),
    ]),
  );
  const differences = compareZones(foretold, spoken);
  tally.add(`${config} zones as foretold`, differences.length === 0 ? 1 : 0);
  if (differences.length > 0) wrong(`${config} zones: ${differences.join('; ')}`);
}

const shown = ({ before, routes, tasks, line, port }: Sequence, host: number): string =>
  [
    ...[...before, ...routes].map((text) => `    ${text}`),
    ...tasks.map(({ module, args }) => `    ${module}: ${JSON.stringify(args)}`),
    `    by ${line.name} ${port}, host ${host}`,
  ].join('\n');
