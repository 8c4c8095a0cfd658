import type { FlowResult } from './flow-cases.ts';

/** Where orch does something else than Ansible on purpose. */
export interface Exception {
  /** Why a user is better off. */
  readonly why: string;
  /** What orch does instead. */
  readonly instead: Partial<FlowResult>;
}

/** By the name of the case. */
export const EXCEPTIONS: Readonly<Record<string, Exception | undefined>> = {
  'a file that is not there fails the host and can be rescued': {
    why: 'A rescued host counts as rescued, whatever failed; Ansible counts an include that was rescued as failed and ends with 0 all the same.',
    instead: {
      recap: {
        a: 'ok=1 changed=0 unreachable=0 failed=1 skipped=0 rescued=1 ignored=0',
        b: 'ok=2 changed=0 unreachable=0 failed=0 skipped=1 rescued=1 ignored=0',
      },
    },
  },
  'run_once in a handler': {
    why: 'A handler of run_once runs once, as in later versions of Ansible; in 2.14 it runs again in the next flush, on another host.',
    instead: {
      recap: {
        a: 'ok=2 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
        b: 'ok=1 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
      },
      wrote: { order: 'a\n' },
    },
  },
  'run_once in handlers of three hosts': {
    why: 'The same: once is once.',
    instead: {
      recap: {
        a: 'ok=4 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
        b: 'ok=1 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
        c: 'ok=1 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
      },
      said: { a: ['a', 'included on a'] },
    },
  },
  'any_errors_fatal runs handlers that are forced on every host': {
    why: 'What force_handlers promises holds, as in later versions of Ansible; in 2.14 any_errors_fatal took it back.',
    instead: {
      recap: {
        a: 'ok=2 changed=1 unreachable=0 failed=0 skipped=1 rescued=0 ignored=0',
        b: 'ok=2 changed=1 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0',
        c: 'ok=2 changed=1 unreachable=0 failed=0 skipped=1 rescued=0 ignored=0',
      },
      said: { a: ['handled'], b: ['handled'], c: ['handled'] },
    },
  },
  'a handler nobody has ends the run in an included file': {
    why: 'The run ends there too, but what was done is told as always, and the exit code is that of a failure: 1 is a bug in orch.',
    instead: {
      exit: 2,
      recap: {
        a: 'ok=2 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
        b: 'ok=1 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
      },
    },
  },
  'a handler nobody has ends the run in an included role': {
    why: 'The same.',
    instead: {
      exit: 2,
      recap: { a: 'ok=2 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0' },
    },
  },
  'end_host in a rescue': {
    why: 'A failure that was rescued is none, as in later versions of Ansible (2.18); in 2.14 the exit code was 2.',
    instead: { exit: 0 },
  },
  'end_play in a rescue': {
    why: 'The same, and the hosts take part in the next play.',
    instead: {
      exit: 0,
      recap: {
        a: 'ok=2 changed=0 unreachable=0 failed=0 skipped=0 rescued=1 ignored=0',
        b: 'ok=2 changed=0 unreachable=0 failed=0 skipped=0 rescued=1 ignored=0',
      },
      said: { a: ['rescued', 'next play'], b: ['rescued', 'next play'] },
    },
  },
  'rescue takes a host that cannot be reached': {
    why: 'A host that cannot be reached is a failure like any other: rescue and always run for it, so that a play can go on or tidy up. Ansible gives the host up.',
    instead: {
      exit: 0,
      recap: {
        a: 'ok=3 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
        gone: 'ok=3 changed=0 unreachable=0 failed=0 skipped=0 rescued=1 ignored=0',
      },
      said: { a: ['always', 'behind'], gone: ['rescued True', 'always', 'behind'] },
    },
  },
};
