import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { LineWork } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Reply } from '../model/transport.ts';
import { type Ready, isAboutLine } from './act.ts';
import * as outcome from './outcome.ts';
import type { Stage } from './stage.ts';
import type { Way } from './way.ts';

/** Milliseconds one question may take: a host that goes down may swallow it. */
const ANSWER = 30_000;

/** One question to a host that may be away: its answer, or why there is none. */
type Answer = Reply | OrchError;

/**
 * Takes the line away or waits for one: sends the script of the action, then asks the host over new connections until
 * it answers, and shows that it was started anew where that is what is wanted. What is seen of it before counts no more.
 */
export async function overLine(
  stage: Stage,
  task: Task,
  work: LineWork,
  { ready, way }: { readonly ready: Ready; readonly way: Way },
): Promise<Outcome> {
  const { input } = stage;
  const began = input.now();
  const elapsed = (): number => Math.floor((input.now() - began) / 1000);
  const failed = (message: string, data: NonNullable<Outcome['data']>): Outcome =>
    outcome.failed(new OrchError('TASK_FAILED', message, { source: task.source }), {
      data: { ...data, elapsed: elapsed(), msg: message },
    });
  const asked = new Asking(stage, way, work);
  if (work.proof && way.machine.target.connection === 'local')
    return failed(`${task.module} over a local connection would reboot the control node.`, NOT);
  const before = work.proof ? await asked.once(work.proof) : undefined;
  if (before instanceof OrchError) throw before;
  if (before && before.exit !== 0)
    return failed(`the host does not tell when it was started: ${said(before)}`, NOT);
  way.machine.version++;
  const begun = work.proof ? await asked.send(ready) : undefined;
  if (begun && !(begun instanceof OrchError) && begun.exit > 0)
    return failed(`Reboot command failed. Error was: '${said(begun)}'`, NOT);
  if (work.delay > 0) await input.sleep(work.delay * 1000);
  const done = work.proof ? { rebooted: true } : {};
  if (before && work.proof) {
    const old = before.stdout.toString('utf8').trim();
    const isNew = (reply: Reply): boolean => {
      const now = reply.stdout.toString('utf8').trim();
      return reply.exit === 0 && now !== '' && now !== old;
    };
    const late = await asked.until(work.proof, isNew);
    if (late !== undefined)
      return failed(
        `Timed out waiting for last boot time check (timeout=${work.timeout}): ${late}`,
        done,
      );
  }
  const late = await asked.until(work.test, ({ exit }) => exit === 0);
  if (late !== undefined)
    return failed(
      `${work.proof ? 'Timed out waiting for post-reboot test command' : 'timed out waiting for ping module test'} (timeout=${work.timeout}): ${late}`,
      done,
    );
  const data = { ...done, elapsed: elapsed() };
  return { ...outcome.ok({ data }), kind: work.proof ? 'changed' : 'ok' };
}

const NOT = { rebooted: false };

const said = ({ stdout, stderr }: Reply): string =>
  `${stdout.toString('utf8').trim()}, ${stderr.toString('utf8').trim()}`;

/** Questions to one host while its line comes and goes. */
class Asking {
  readonly #stage: Stage;
  readonly #way: Way;
  readonly #work: LineWork;

  constructor(stage: Stage, way: Way, work: LineWork) {
    this.#stage = stage;
    this.#way = way;
    this.#work = work;
  }

  /** One try over the line there is. */
  once(script: Ready['part']['script']): Promise<Answer> {
    return this.#trip({ script, deadline: ANSWER });
  }

  /** Sends what takes the line away: that it goes meanwhile is as it should be. */
  async send({ part }: Ready): Promise<Answer> {
    return this.#trip({ deadline: ANSWER, ...part }, true);
  }

  /** Asks over new connections until the answer is the right one; says what came last when the time is over. */
  async until(
    script: Ready['part']['script'],
    right: (reply: Reply) => boolean,
  ): Promise<string | undefined> {
    const { input } = this.#stage;
    const end = input.now() + this.#work.timeout * 1000;
    for (let tries = 0; ; tries++) {
      this.#way.machine.drop();
      const answer = await this.once(script);
      if (!(answer instanceof OrchError) && right(answer)) return undefined;
      if (input.now() >= end || input.stop?.aborted)
        return answer instanceof OrchError ? answer.message : said(answer);
      // As long again each time, but never long: a host that is back is not kept waiting.
      await input.sleep(Math.min(this.#work.sleep * 2 ** tries, 12) * 1000);
    }
  }

  async #trip(part: Ready['part'], changes = false): Promise<Answer> {
    const { machine, identity } = this.#way;
    const { connectTimeout: seconds } = this.#work;
    const connectTimeout = seconds === undefined ? undefined : seconds * 1000;
    try {
      const errand = { purpose: 'action', parts: [part], identity, connectTimeout } as const;
      const [reply] = await machine.trip({ ...errand, changes });
      return reply ?? new OrchError('LINE_BROKEN', 'no answer came');
    } catch (error) {
      machine.drop();
      if (!(error instanceof OrchError) || error.code === 'INTERRUPTED') throw error;
      // A wrong password does not get right by waiting, but sudo may not be there yet while a host starts.
      if (!isAboutLine(error) && error.code !== 'BECOME_FAILED') throw error;
      return error;
    }
  }
}
