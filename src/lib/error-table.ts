interface Entry {
  /** Exit code of a run in which this is the worst that happened (docs/errors.md). */
  readonly exit: 1 | 2 | 4 | 5 | 11 | 12 | 14 | 15 | 130;
  /** What it means, one sentence; shown in docs/errors.md. */
  readonly about: string;
  /** What to do next, when the place that raises the error knows nothing better. */
  readonly hint: string;
}

/**
 * Every error a user can meet, in one table: what happened is said where it happens,
 * what to do about it is said here (or better, at the place itself).
 */
export const ERRORS = {
  USAGE: { exit: 5, about: 'The command line makes no sense.', hint: 'See `orch VERB --help`.' },
  FILE_NOT_FOUND: {
    exit: 5,
    about: 'A file that was named does not exist.',
    hint: 'Check the path; relative paths start at the current directory.',
  },
  FILE_UNREADABLE: {
    exit: 5,
    about: 'A file exists but cannot be read.',
    hint: 'Check its permissions and that it is a regular UTF-8 text file.',
  },
  YAML_SYNTAX: {
    exit: 5,
    about: 'A file is not well-formed YAML.',
    hint: 'Check the indentation of this line and the one above it.',
  },
  FILE_EMPTY: { exit: 5, about: 'A file holds nothing.', hint: 'See playbooks/ for examples.' },
  PLAYBOOK_INVALID: {
    exit: 5,
    about: 'A playbook does not have the shape of one.',
    hint: 'See `orch doc playbook` for the keys a play and a task may have.',
  },
  ROLE_NOT_FOUND: {
    exit: 5,
    about: 'A role that was named does not exist.',
    hint: 'Roles are looked for in roles/ beside the playbook, then in the folders of ORCH_ROLES_PATH.',
  },
  KEYWORD_UNKNOWN: {
    exit: 5,
    about: 'A play or task has a key that is no keyword.',
    hint: 'See `orch doc playbook` for the keywords.',
  },
  KEYWORD_UNSUPPORTED: {
    exit: 5,
    about: 'A keyword of Ansible that orch does not have (yet).',
    hint: 'See docs/compatibility.md for what to write instead.',
  },
  MODULE_UNKNOWN: {
    exit: 5,
    about: 'A task names a module that does not exist.',
    hint: 'See `orch doc` for the modules of this version.',
  },
  MODULE_MISSING: {
    exit: 5,
    about: 'A task names no module, or more than one.',
    hint: 'A task has exactly one module key.',
  },
  ARGUMENT_UNKNOWN: {
    exit: 5,
    about: 'A module was given an argument it does not have.',
    hint: 'See `orch doc MODULE` for its arguments.',
  },
  ARGUMENT_MISSING: {
    exit: 5,
    about: 'A module was not given an argument it needs.',
    hint: 'See `orch doc MODULE` for its arguments.',
  },
  ARGUMENT_INVALID: {
    exit: 5,
    about: 'An argument of a module has a wrong type or value.',
    hint: 'See `orch doc MODULE` for what it accepts.',
  },
  INVENTORY_NOT_FOUND: {
    exit: 5,
    about: 'No inventory was found under the name given.',
    hint: '`-i prod` looks for ./prod, inventories/prod.yml and inventories/prod/.',
  },
  INVENTORY_INVALID: {
    exit: 5,
    about: 'An inventory does not have the shape of one.',
    hint: 'See inventories/prod.yml for an example.',
  },
  VAULT_PASSWORD: {
    exit: 5,
    about: 'Something is encrypted with Ansible Vault, and no password that was given opens it.',
    hint: 'Give the password: --vault-password-file FILE, --vault-id ID@FILE or -J.',
  },
  VAULT_INVALID: {
    exit: 5,
    about: 'An encrypted text is not one that Ansible Vault made, or it was cut or changed.',
    hint: 'Take it from a copy, or encrypt it again: orch secret encrypt.',
  },
  PATTERN_NO_MATCH: {
    exit: 5,
    about: 'A host pattern matches no host of the inventory.',
    hint: 'See `orch inventory --graph` for hosts and groups.',
  },
  RUN_NOT_FOUND: {
    exit: 5,
    about: 'No earlier run of that name left a journal here.',
    hint: 'See `orch runs`; journals are in .orch/runs of the folder a run was started in, or below $ORCH_STATE_DIR.',
  },
  INPUT_MISSING: {
    exit: 5,
    about: 'A play declares an input that nothing sets.',
    hint: 'Set it in the inventory, or with -e NAME=VALUE.',
  },
  INPUT_INVALID: {
    exit: 5,
    about: 'An input of a play has a value of the wrong type.',
    hint: 'See `orch doc PLAYBOOK` for the inputs of a playbook.',
  },
  TEMPLATE_SYNTAX: {
    exit: 5,
    about: 'A template or condition cannot be parsed.',
    hint: 'Templates are Jinja2: {{ expression }}, {% if %}.',
  },
  VARIABLE_UNDEFINED: {
    exit: 2,
    about: 'A template reads a variable that nothing defines.',
    hint: "Define it, or give a fallback: {{ name | default('value') }}.",
  },
  TEMPLATE_FAILED: {
    exit: 2,
    about: 'A template could not be evaluated.',
    hint: 'Check the types of the values it uses.',
  },
  HOST_UNREACHABLE: {
    exit: 4,
    about: 'No connection to the host could be made.',
    hint: 'Try `ssh HOST true` with the same user, port and key.',
  },
  HOST_KEY_UNKNOWN: {
    exit: 4,
    about: 'The host is not in known_hosts; nothing was sent to it.',
    hint: 'Check the fingerprint, then add it: ssh-keyscan HOST >> ~/.ssh/known_hosts.',
  },
  HOST_KEY_CHANGED: {
    exit: 4,
    about: 'The host shows another key than known_hosts has; nothing was sent to it.',
    hint: 'If the host was reinstalled, remove the old key: ssh-keygen -R HOST. Else somebody may be listening.',
  },
  LOGIN_REFUSED: {
    exit: 4,
    about: 'The host refused the login.',
    hint: 'Check the user and the key: ansible_user, ansible_ssh_private_key_file, -u, --private-key.',
  },
  LINE_BROKEN: {
    exit: 4,
    about: 'The connection broke in the middle of work.',
    hint: 'The work in hand may or may not have been done; run again: orch looks first.',
  },
  BECOME_FAILED: {
    exit: 2,
    about: 'Another identity could not be taken on the host.',
    hint: 'Check sudo on the host: `sudo -n true` as the login user.',
  },
  DEADLINE_PASSED: {
    exit: 2,
    about: 'Something on the host took too long and was ended.',
    hint: 'Look on the host what hangs; see -vvv.',
  },
  REPLY_UNREADABLE: {
    exit: 2,
    about: 'The host answered in a form orch does not understand.',
    hint: 'Run again with -vvv and report what the host printed.',
  },
  TRANSFER_FAILED: {
    exit: 2,
    about: 'A file could not be brought to a host, or from it.',
    hint: 'Look on the host: is there room, is the path right, may the user read or write it?',
  },
  STEP_FAILED: {
    exit: 2,
    about: 'A step of a change failed on the host.',
    hint: 'See what the host printed; run `orch check` to see what is left to do.',
  },
  NOT_CONVERGED: {
    exit: 2,
    about: 'Every step succeeded, yet the host does not show the change.',
    hint: 'Something else may be managing this; run again with -vvv.',
  },
  CHANGED_SINCE: {
    exit: 2,
    about: 'A host is not as the run left it that is to be rolled back.',
    hint: 'Set right by hand what differs, then roll back again; or leave the host out with -l.',
  },
  CHANGED_UNDERNEATH: {
    exit: 2,
    about: 'Somebody else changed the same thing during the run, twice.',
    hint: 'Find out who changes it (another tool, another operator), then run again.',
  },
  TASK_FAILED: { exit: 2, about: 'A task failed.', hint: 'See the message of the task.' },
  UNHEALTHY: {
    exit: 2,
    about: 'A host that was changed was not well again in its time; no other host was begun.',
    hint: 'See what is wrong on the host; `orch resume last` goes on from this check.',
  },
  NOT_ON_HOST: {
    exit: 2,
    about: 'Something that a task needs is not on the host; nothing of the task was written.',
    hint: 'Make it first, with a task before this one.',
  },
  REFUSED: {
    exit: 2,
    about: 'A module refused to plan the change; nothing of the task was written.',
    hint: 'See the message of the task.',
  },
  LOCKOUT: {
    exit: 14,
    about:
      'A change would make firewalld refuse the next SSH connection; nothing of the task was written.',
    hint: 'Let SSH into that zone first, or set allow_lockout: true on the task when there is another way in.',
  },
  POLICY_INVALID: { exit: 5, about: 'A policy has a fault.', hint: 'See docs/policy.md.' },
  POLICY_VIOLATED: {
    exit: 14,
    about: 'A change would break a rule of the policy; nothing of it was sent.',
    hint: 'Change what the playbook opens or shuts there, or the rule where it is wrong.',
  },
  SAFEGUARD_FAILED: {
    exit: 2,
    about: 'A safeguard could not be armed on the host; nothing was changed.',
    hint: 'See what the host said; without `safeguard` the change is made unguarded.',
  },
  LEASE_HELD: {
    exit: 15,
    about: 'Another run holds the host; this one changed nothing there.',
    hint: 'Let that run end, or wait longer with --lock-timeout; orch unlock tells who holds what.',
  },
  SAFEGUARD_PENDING: {
    exit: 15,
    about: 'Another change on the host waits for its confirmation; nothing was changed.',
    hint: 'Wait until the host has undone it, or until the other run is done; then run again.',
  },
  ROLLED_BACK: {
    exit: 12,
    about: 'A change under a safeguard was made and then taken back by the host.',
    hint: 'See why in the message; the host is as it was before.',
  },
  FINDINGS: {
    exit: 2,
    about: 'A check found something that is not as it should be.',
    hint: 'See the findings; each names its cure.',
  },
  TOOL_MISSING: {
    exit: 2,
    about: 'The host lacks a program that the module needs.',
    hint: 'Install it on the host.',
  },
  FIREWALLD_NOT_INSTALLED: {
    exit: 2,
    about: 'The host has no firewalld.',
    hint: 'Install it: dnf install firewalld, apt install firewalld or zypper install firewalld.',
  },
  FIREWALLD_NOT_RUNNING: {
    exit: 2,
    about: 'firewalld is installed but does not run.',
    hint: 'Start it: systemctl enable --now firewalld. Or allow permanent-only changes: offline: auto.',
  },
  FIREWALLD_DENIED: {
    exit: 2,
    about: 'firewalld talks to root only, and the task runs as somebody else.',
    hint: 'Set `become: true` on the play or the task.',
  },
  FIREWALLD_PANIC: {
    exit: 2,
    about: 'firewalld is in panic mode and refuses changes; nothing was written.',
    hint: 'Find out who turned it on and why, then: firewall-cmd --panic-off.',
  },
  FIREWALLD_FAILED: {
    exit: 2,
    about: 'firewalld answered a question with an error, or not at all.',
    hint: 'Look at `firewall-cmd --state` and `journalctl -u firewalld` on the host.',
  },
  DBUS_DOWN: {
    exit: 2,
    about: 'The D-Bus system bus of the host does not answer, so firewalld cannot be asked.',
    hint: 'Look at `systemctl status dbus` on the host; firewalld needs it.',
  },
  INTERRUPTED: {
    exit: 130,
    about: 'The run was interrupted; the journal is kept.',
    hint: 'Run again: orch looks first and does what is left.',
  },
  INTERNAL: {
    exit: 1,
    about: 'orch itself failed: a bug.',
    hint: 'Please report it with the text above.',
  },
} as const satisfies Record<string, Entry>;

/** The code of an error, as shown in brackets and in reports. Stable: scripts may test it. */
export type ErrorCode = keyof typeof ERRORS;
