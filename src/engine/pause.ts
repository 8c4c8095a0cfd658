import type { Effect } from '../model/effect.ts';
import type { Outcome } from '../model/event.ts';
import type { Step } from './cursor.ts';
import type { RunInput } from './input.ts';

/** Waits, or asks the person at the terminal. */
export async function pause(
  input: RunInput,
  { task }: Step,
  { seconds, prompt, echo, unit }: Extract<Effect, { kind: 'pause' }>,
): Promise<Pick<Outcome, 'data'>> {
  const begun = input.today?.();
  const start = input.now();
  const text = prompt ?? (seconds === undefined ? 'Press enter to continue' : undefined);
  const timeout = seconds === undefined ? {} : { timeout: Math.max(seconds, 1) * 1000 };
  let answer: string | undefined;
  if (text !== undefined && input.ask) answer = await input.ask({ text, echo, ...timeout });
  else if (seconds === undefined)
    input.emit({
      type: 'warned',
      message: 'the pause was not waited for: there is no terminal to answer at',
      source: task.source,
    });
  if (seconds !== undefined && answer === undefined)
    await input.sleep(Math.max(Math.max(seconds, 1) * 1000 - (input.now() - start), 0));
  const spent = (input.now() - start) / 1000;
  const ended = input.today?.();
  const data = {
    user_input: answer ?? '',
    ...{ echo, rc: 0, stderr: '', delta: Math.trunc(spent + ROUNDING) },
    stdout: `Paused for ${asFloat(unit === 'minutes' ? spent / 60 : spent)} ${unit}`,
    ...(begun && ended ? { start: stamp(begun), stop: stamp(ended) } : {}),
  };
  return { data };
}

/** A timer may ring a little early: what was waited for is told whole. */
const ROUNDING = 0.01;

/** As Python prints a number with two decimals at most. */
const asFloat = (value: number): string => {
  const rounded = Math.round(value * 100) / 100;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
};

/** The local time as Python prints it. */
function stamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}000`;
}
