import { redactor } from '../lib/redact.ts';
import type { RunEvent, Stamped } from '../model/event.ts';
import { isForJournal } from '../model/journal.ts';
import type { Reporting, Write } from '../report/reporting.ts';

/** The one place through which every event passes: secrets leave it, time and number are added. */
export interface Stream {
  emit(event: RunEvent): void;
  /** Lets every reporter write what it still holds. */
  finish(): Promise<void>;
}

/** Connects reporters to a run. One that throws is unplugged and told about; the run and the others go on. */
export function openStream(
  reporters: readonly Reporting[],
  secrets: ReadonlySet<string>,
  err: Write,
  now: () => Date = () => new Date(),
): Stream {
  const clean = redactor(secrets);
  const plugged = new Set(reporters);
  let seq = 0;
  const unplug = (reporter: Reporting, cause: unknown): void => {
    plugged.delete(reporter);
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    err(`warning: a report failed and is left out, the run goes on: ${clean(why)}\n`);
  };
  return {
    emit: (event) => {
      const stamped: Stamped = { v: 1, seq: ++seq, at: now().toISOString(), ...clean(event) };
      const kept = isForJournal(event);
      for (const reporter of plugged) {
        if (kept && !reporter.keeps) continue;
        try {
          reporter.report(stamped);
        } catch (cause) {
          unplug(reporter, cause);
        }
      }
    },
    finish: async () => {
      // Nothing began: an empty report would only overwrite an older, true one.
      if (seq === 0) return;
      for (const reporter of plugged) {
        try {
          await reporter.finish();
        } catch (cause) {
          unplug(reporter, cause);
        }
      }
    },
  };
}
