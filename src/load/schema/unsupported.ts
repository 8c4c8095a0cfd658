const FLAGS =
  'Configure sudo on the host instead: rights and environment belong into /etc/sudoers.d.';
const DEBUGGER = 'Use -vvv to see what is sent and what comes back.';

/** Keywords of Ansible that orch does not have, and what to write instead. */
export const unsupportedInTask: Readonly<Record<string, string>> = {
  import_playbook: '`import_playbook` stands beside plays, at the top of a file, not in a task.',
  become_exe: FLAGS,
  become_flags: FLAGS,
  debugger: DEBUGGER,
};

/** As above, for plays. */
export const unsupportedInPlay: Readonly<Record<string, string>> = {
  become_exe: FLAGS,
  become_flags: FLAGS,
  debugger: DEBUGGER,
};

/** Keys of vars_prompt that orch does not have. */
export const unsupportedInPrompt: Readonly<Record<string, string>> = {
  encrypt:
    "Ask for the text and encrypt it where it is used: {{ secret | password_hash('sha512') }}.",
  salt: "Give the salt to the filter: {{ secret | password_hash('sha512', salt) }}.",
  salt_size: "Leave it out: {{ secret | password_hash('sha512') }} makes a salt.",
};
