import type { Stage } from './stage.ts';

/**
 * Forgets the failures of all hosts of a play: they take part in later plays again, and those that were lost go on
 * where they were.
 */
export function revive(stage: Stage): void {
  for (const run of stage.hosts) {
    if (!run.out) continue;
    const { lost } = run;
    run.out = false;
    run.lost = false;
    run.gone = false;
    run.again = undefined;
    run.faults = [];
    if (lost) stage.comeBack(run.host.name);
  }
  stage.fatal = false;
}
