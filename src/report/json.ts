import { exposureRows } from './exposure.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { failures, unforeseen } from './recap.ts';
import type { Reporting, Write } from './reporting.ts';

/** One JSON document at the end of the run: plays, their tasks, outcomes by host, totals, exit code. */
export function json(write: Write): Reporting {
  const { ledger, report } = openLedger();
  return {
    report,
    finish: () => {
      write(`${JSON.stringify(documentOf(ledger), null, 2)}\n`);
      return Promise.resolve();
    },
  };
}

const NOT_STARTED = {
  run: null,
  orch: null,
  check: false,
  diff: false,
  playbooks: [],
  inventory: [],
};
const NOT_ENDED = { exit: null, interrupted: null, ms: null, coverage: null, totals: {} };

function documentOf(ledger: Ledger): unknown {
  const { run, orch, check, diff, playbooks, inventory } = ledger.started ?? NOT_STARTED;
  const { exit, interrupted, ms, coverage, totals } = ledger.ended ?? NOT_ENDED;
  return {
    format: 'orch-run',
    version: 1,
    ...{ run, orch, check, diff, playbooks, inventory },
    ...{ exit, interrupted, ms, coverage, totals },
    stats: ledger.ended?.stats ?? null,
    costs: Object.fromEntries(ledger.costs),
    exposure: exposureRows(ledger).map(({ change, hosts }) => ({ ...change, hosts })),
    failures: failures(ledger),
    unforeseen: unforeseen(ledger),
    warnings: ledger.warnings.map(({ message, host, source }) => ({ message, host, source })),
    plays: ledger.plays.map(({ name, source, hosts, tasks, lost }) => ({
      name,
      source,
      hosts,
      tasks: tasks.map(({ task, outcomes }) => ({ task, hosts: Object.fromEntries(outcomes) })),
      lost: Object.fromEntries(lost),
    })),
  };
}
