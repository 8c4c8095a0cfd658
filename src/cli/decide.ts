import { confirmScript, rollbackScript } from '../engine/safeguard/end-script.ts';
import { PLACE } from '../engine/safeguard/place.ts';
import { OrchError } from '../lib/errors.ts';
import type { Stamped } from '../model/event.ts';
import type { Reporting } from '../report/reporting.ts';
import { carryOut } from './carry-out.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { outputs } from './outputs.ts';
import { passwordsFor } from './passwords.ts';
import { eventsOf, runNamed, runNames } from './past-runs.ts';
import { hasActed, summaryOf } from './run-summary.ts';
import { loadProject } from './wiring.ts';
import { openWorld, type World } from './world.ts';

/** What a person may say about a change that waits. */
export type Verdict = 'confirm' | 'rollback';

/** A change that waits on a host. */
interface Waiting {
  readonly id: string;
  readonly user: string | undefined;
}

/** What is to be decided, and the command line that knows how its hosts are reached. */
export interface Decision {
  readonly verdict: Verdict;
  readonly run: string;
  readonly hosts: ReadonlyMap<string, Waiting>;
  readonly words: readonly string[];
}

/** The changes of a run that wait for `orch confirm`. Throws OrchError RUN_NOT_FOUND and USAGE. */
export function decisionOf(
  verdict: Verdict,
  word: string,
  more: readonly string[],
  io: Pick<Io, 'cwd' | 'env'>,
): Decision {
  const run = runNamed(word, io, (name) => hasActed(summaryOf(name, eventsOf(name, io))));
  const events = eventsOf(run, io);
  const hosts = waitingIn(events);
  const { words, cwd } = summaryOf(run, events);
  if (hosts.size === 0)
    throw new OrchError('USAGE', `nothing of run ${run} waits to be confirmed`, {
      hint: 'Only changes under `safeguard: { timeout: 5m, confirm: manual }` do.',
    });
  if (!words || cwd !== io.cwd)
    throw new OrchError('USAGE', `${run} was started in ${cwd ?? 'another folder'}`, {
      hint: `cd ${cwd ?? 'there'} first.`,
    });
  return { verdict, run, hosts, words: [...words, ...more] };
}

/** Whether changes of a run wait for a person who has not decided since. Throws OrchError RUN_NOT_FOUND. */
export function isWaiting(word: string, io: Pick<Io, 'cwd' | 'env'>): boolean {
  const run = runNamed(word, io, (name) => hasActed(summaryOf(name, eventsOf(name, io))));
  const waiting = waitingIn(eventsOf(run, io));
  if (waiting.size === 0) return false;
  const names = new Set(['confirm', 'rollback'].map((verdict) => `orch ${verdict} ${run}`));
  const all = runNames(io);
  for (const later of all.slice(all.indexOf(run) + 1)) {
    const events = eventsOf(later, io);
    if (!events.some((event) => event.type === 'play-started' && names.has(event.play))) continue;
    for (const event of events)
      if (event.type === 'task-ended' && event.outcome.kind === 'changed')
        waiting.delete(event.host);
  }
  return waiting.size > 0;
}

function waitingIn(events: readonly Stamped[]): Map<string, Waiting> {
  const waiting = new Map<string, Waiting>();
  for (const event of events) {
    if (event.type !== 'safeguard') continue;
    const { host, id, user } = event;
    if (event.state === 'waiting') waiting.set(host, { id, user });
    else if (waiting.get(host)?.id === id) waiting.delete(host);
  }
  return waiting;
}

/** The name under which the playbook is known that decides. */
const FILE = '<orch confirm>';

/** Decides on every host; each is told apart. Exit code 12 when one had taken its change back before it was confirmed. */
export async function decide(decision: Decision, given: RunFlags, io: Io): Promise<number> {
  const flags: RunFlags = { ...given, tags: [], skipTags: [], check: false };
  const world = await openWorld(flags);
  const text = playbookOf(decision);
  const { files } = world;
  const overlaid: World = {
    ...world,
    files: { ...files, read: (path) => (path === FILE ? text : files.read(path)) },
  };
  const passwords = await passwordsFor(flags);
  const project = await loadProject([FILE], flags, overlaid);
  const seen = { late: false };
  const listener: Reporting = {
    report: (event) => {
      seen.late ||=
        event.type === 'task-ended' && event.outcome.message?.startsWith(TOO_LATE) === true;
    },
    finish: () => Promise.resolve(),
  };
  const reporters = [...(await outputs(flags, io)), listener];
  const { past: _, words: __, ...alone } = io;
  const exit = await carryOut({ project, flags, io: alone, passwords, reporters });
  return seen.late ? 12 : exit;
}

const TOO_LATE = 'rolled back: it was not confirmed in time';

/** JSON is YAML. The script is no template, whatever braces it has. */
function playbookOf({ verdict, run, hosts }: Decision): string {
  const mark = 'ORCH-UNDO-ID';
  const make = verdict === 'confirm' ? confirmScript : rollbackScript;
  const script = make(PLACE, mark)
    .text.split(mark)
    .map((part) => `{% raw %}${part}{% endraw %}`)
    .join('{{ undos[inventory_hostname] }}');
  const users = [...new Set([...hosts.values()].map(({ user }) => user))];
  const plays = users.map((user) => {
    const mine = [...hosts].filter(([, waiting]) => waiting.user === user);
    return {
      name: `orch ${verdict} ${run}`,
      hosts: mine.map(([host]) => host),
      gather_facts: false,
      ...(user === undefined ? {} : { become: true, become_user: user }),
      vars: { undos: Object.fromEntries(mine.map(([host, { id }]) => [host, id])) },
      tasks: [
        {
          name: verdict === 'confirm' ? 'The change stays' : 'The change is taken back',
          shell: script,
          register: 'decided',
          failed_when: 'decided.rc not in [0, 79]',
          changed_when: 'decided.rc == 0',
        },
        {
          name: 'It was still there',
          when: 'decided.rc == 79',
          fail: { msg: `${TOO_LATE} ({{ decided.stdout_lines | join('; ') }})` },
        },
      ],
    };
  });
  return JSON.stringify(plays);
}
