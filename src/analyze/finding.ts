import type { ErrorCode } from '../lib/error-table.ts';
import type { Source } from '../lib/source.ts';

/** What the analysis looks for. Stable: scripts may test it. */
export type Rule =
  | 'bare-text-condition'
  | 'braces-in-condition'
  | 'decimal-mode'
  | 'duplicate-loop-variable'
  | 'empty-loop'
  | 'loop-over-no-list'
  | 'no-such-host'
  | 'no-such-lookup'
  | 'no-such-tag'
  | 'reserved-name'
  | 'run-once-per-batch'
  | 'template-syntax'
  | 'undefined-variable'
  | 'unnotified-handler'
  | 'forced-handlers-hide-failures'
  | 'unreachable-task'
  | 'unused-variable'
  | 'yaml-1.1-boolean'
  | 'yaml-1.1-number';

/** Something that is not as it should be, with its cure. */
export interface Finding {
  /** An error fails for certain when the playbook is run as it stands; a warning is a suspicion. */
  readonly level: 'error' | 'warning';
  readonly rule: Rule;
  /** How a run that meets it would name it. */
  readonly code: ErrorCode;
  readonly message: string;
  /** Left out for what is wrong with the command line. */
  readonly source: Source | undefined;
  /** What to do about it, one sentence. */
  readonly hint: string;
}

type Told = Omit<Finding, 'level' | 'code'>;

const CODES: Partial<Record<Rule, ErrorCode>> = {
  'loop-over-no-list': 'TEMPLATE_FAILED',
  'no-such-host': 'PATTERN_NO_MATCH',
  'no-such-lookup': 'TEMPLATE_FAILED',
  'no-such-tag': 'USAGE',
  'template-syntax': 'TEMPLATE_SYNTAX',
  'undefined-variable': 'VARIABLE_UNDEFINED',
};

/** What fails for certain. */
export const error = (told: Told): Finding => ({
  level: 'error',
  code: CODES[told.rule] ?? 'PLAYBOOK_INVALID',
  ...told,
});

/** What may be meant otherwise. */
export const warning = (told: Told): Finding => ({
  level: 'warning',
  code: CODES[told.rule] ?? 'PLAYBOOK_INVALID',
  ...told,
});
