/** docs/compatibility.md: every keyword of Ansible's plays and tasks, from the tables the loader works with. */
import { loops, taskKeywords } from '../src/load/schema/keywords.ts';
import { playKeywords } from '../src/load/schema/play-keywords.ts';
import { unsupportedInPlay, unsupportedInTask } from '../src/load/schema/unsupported.ts';
import type { AnyModule } from '../src/model/module.ts';
import { flowCases } from '../test/helpers/flow-cases.ts';
import { EXCEPTIONS } from '../test/helpers/flow-exceptions.ts';
import { cell } from './generate-docs.ts';
import { moduleTable } from './generate-module-table.ts';

type Words = Readonly<Record<string, string>>;

/** Supported keywords about which there is something to say. "As in Ansible: ..." is no difference. */
const different: Words = {
  any_errors_fatal: 'As in Ansible: in a block with `rescue` the rescue runs first.',
  become_method:
    '`sudo`, `su`, `doas` and `run0`; others are refused. A password comes from the terminal, a file or the inventory.',
  become_user: 'As in Ansible.',
  check_mode:
    'As in Ansible: true only foresees, also in a real run; false changes the host, **also with --check**.',
  collections:
    'Roles with short names are looked for there first. Modules need none of it: they are found by their short names, and by their long ones where orch has them.',
  connection: 'As in Ansible: `ssh` and `local`; others are refused.',
  diff: 'false hides the differences of the task; they are shown with `--diff` or `orch check`, never by `diff: true` alone.',
  canary:
    'Only in orch: so many hosts go first, alone; when one of them fails the others are left as they are.',
  health:
    'Only in orch: tasks that must succeed on each host that was changed, before the next one begins: [rolling.md](rolling.md#health).',
  max_unavailable:
    'Only in orch: how many hosts may be at work or out of service at a time, a number, a percentage or `quorum`.',
  safeguard:
    'Only in orch: the time after which the host takes a change back by itself when nobody has confirmed it, and what has to be proved (`verify`): [safeguard.md](safeguard.md).',
  undo: 'Only in orch: tasks that take an action back, below a `safeguard`.',
  environment: 'For actions only; orch itself sets nothing on the host.',
  force_handlers: 'As in Ansible: a host that was lost runs none.',
  ignore_unreachable:
    'As in Ansible: the task is skipped on that host, the next one tries to connect anew.',
  notify:
    'As in Ansible: a handler that nobody has is an error, in an included file when it is notified. The run ends there.',
  loop: 'As in Ansible: a list, or a template that gives one. All items of a state task are one look and one write.',
  loop_control:
    'As in Ansible: `loop_var`, `index_var`, `label`, `pause`, `extended`, `extended_allitems`; `break_when` as in later versions.',
  module_defaults:
    'As in Ansible: short or long names of modules; groups (`group/...`) and modules that orch does not have are accepted and give nothing.',
  tags: 'As in Ansible: `always` and `never` too; a list or a text with commas.',
  timeout: 'Seconds, for actions only; the task fails with `DEADLINE_PASSED`.',
  when: 'As in Ansible; a condition over something unknown makes the task "unforeseen".',
};

/** As `different`, where the keyword does something else on a task than on a play, or only on one of them. */
const differentInPlay: Words = {
  fact_path: 'As in Ansible: folder of facts of the host itself.',
  force_handlers: 'As in Ansible: a host that was lost runs none.',
  max_fail_percentage:
    'As in Ansible. Hosts that cannot be reached count too. With `force_handlers` no failed task counts, as there: `orch validate` warns.',
  gather_facts:
    'Facts are asked for where something in the play reads them, in the trip that looks at everything else; elsewhere the host has only to answer. The task counts as in Ansible. `false`: never. `ansible_python` is not there: no Python is needed.',
  gather_subset: 'Accepted and without effect: facts are collected when something reads them.',
  gather_timeout: 'Accepted and without effect: facts are collected when something reads them.',
  hosts: 'As in Ansible, but a pattern or a limit that matches nothing is an error, not a warning.',
  remote_user: 'As in Ansible: `ansible_user` of the inventory wins over it.',
  serial: 'As in Ansible: a number, a share or a list.',
  strategy: 'As in Ansible: `linear`, `free` and `host_pinned`; `debug` is refused.',
  user: 'As in Ansible: the old name of `remote_user`.',
  vars_files:
    'As in Ansible: files without templates in their names are read, and errors in them found, before any host is contacted.',
};
const differentInTask: Words = {
  action: 'As in Ansible: `action: module key=value` and `action: {module: NAME, ...}`.',
  args: 'As in Ansible: what stands at the module itself wins.',
  async: 'For actions (`command`, `shell`, `script`, ...) only.',
  changed_when: 'Alters what is reported, notified and counted; never what is planned or proved.',
  failed_when: 'As in Ansible: a change that was made stays made.',
  listen: 'As in Ansible: on handlers.',
  local_action: 'As in Ansible: the same as `delegate_to: localhost`.',
  notify:
    'As in Ansible; a name that no handler can answer to is an error when the playbook is loaded.',
  register:
    'As in Ansible, but in check mode the result of what was not run is unknown: see [check-mode.md](check-mode.md).',
};

/** Parts of a play that are no values, and keywords that only orch has. */
const partsOfPlay: Words = {
  handlers: 'As in Ansible: run after pre_tasks, after roles and tasks, and after post_tasks.',
  post_tasks: 'As in Ansible.',
  pre_tasks: 'As in Ansible.',
  roles:
    'As in Ansible: names, or maps with keywords and params; tasks, handlers, defaults, vars, files, templates, meta (dependencies, argument specs).',
  tasks: 'As in Ansible.',
  vars_prompt:
    'Asked for on a terminal; without one, the default holds. No `encrypt`, `salt`, `salt_size`: use the filter `password_hash`. A private answer is a secret.',
  inputs:
    'Only in orch: variables the play needs, typed and described, checked before any host is contacted.',
};

/** What reads further tasks, and blocks. */
const partsOfTask: Words = {
  block: 'As in Ansible.',
  rescue: 'As in Ansible: a host that cannot be reached is rescued too.',
  always: 'As in Ansible.',
  import_tasks:
    'As in Ansible: names may use -e and variables of the play; a file that imports itself is an error with its place.',
  include_tasks: 'As in Ansible: keywords hold for the include, `apply` for what it includes.',
  include:
    'As in Ansible: an import where the name is known and there is no loop, else an include.',
  import_role: 'As in Ansible.',
  include_role: 'As in Ansible: `apply`, `public`, `tasks_from` and the like.',
};

/** Keywords that are read and do nothing. */
const WITHOUT_EFFECT = /^Accepted and without effect/;

const OURS = new Set(['canary', 'health', 'inputs', 'max_unavailable', 'safeguard', 'undo']);

function rows(supported: readonly string[], notes: Words, refused: Words): readonly string[] {
  const all = [...new Set([...supported, ...Object.keys(refused)])].sort();
  return all.map((name) => {
    const note = notes[name];
    if (supported.includes(name)) {
      if (note !== undefined && WITHOUT_EFFECT.test(note))
        return `| \`${name}\` | different | ${cell(note)} |`;
      const same = note === undefined || /^As in Ansible[.:]/.test(note);
      const state = OURS.has(name) ? 'only here' : same ? 'yes' : 'different';
      return `| \`${name}\` | ${state} | ${cell(note ?? 'As in Ansible.')} |`;
    }
    return `| \`${name}\` | no | ${cell(refused[name] ?? '')} |`;
  });
}

/** Throws when a note is about a keyword that does not exist: it would be left over from an older one. */
function demandKnown(notes: Words, known: readonly string[]): void {
  const stray = Object.keys(notes).filter((name) => !known.includes(name));
  if (stray.length > 0)
    throw new Error(
      `scripts/generate-compatibility.ts speaks of keywords that do not exist: ${stray.join(', ')}`,
    );
}

/** The loops of `with_...`. */
const loopRows = (): readonly string[] =>
  Object.entries(loops).map(([name, about]) => `| \`with_${name}\` | yes | ${cell(about)} |`);

/** The page, given all modules. */
export function compatibilityPage(modules: readonly AnyModule[]): string {
  const inPlay = [...Object.keys(playKeywords), ...Object.keys(partsOfPlay)];
  const inTask = [...Object.keys(taskKeywords), ...Object.keys(partsOfTask)];
  demandKnown(different, [...inPlay, ...inTask]);
  demandKnown(differentInPlay, inPlay);
  demandKnown(differentInTask, inTask);
  const head = ['| keyword | here | how, or what instead |', '|---|---|---|'];
  return `${[
    '<!-- Written by `npm run generate` from src/load/schema/ and scripts/generate-compatibility.ts. Do not edit. -->',
    '',
    '# Compatibility with Ansible playbooks',
    '',
    'What a playbook written for Ansible meets here. A keyword that orch does not have is an error with file:line:column',
    'before any host is contacted (`KEYWORD_UNSUPPORTED`); it is never skipped silently. A keyword that is accepted and',
    'does nothing says so in its row.',
    '',
    'Templates: [variables.md](variables.md). Inventories: [inventories.md](inventories.md).',
    '',
    '## Plays',
    '',
    ...head,
    ...rows(inPlay, { ...different, ...partsOfPlay, ...differentInPlay }, tidy(unsupportedInPlay)),
    '',
    '## Tasks, blocks, handlers',
    '',
    ...head,
    ...rows(inTask, { ...different, ...partsOfTask, ...differentInTask }, tidy(unsupportedInTask)),
    ...loopRows(),
    '| other `with_...` | no | Use `loop` with a list; filters, `query` and `lookup` make one of anything. |',
    '',
    ...moduleTable(modules),
    '## Files',
    '',
    '| what | here | how, or what instead |',
    '|---|---|---|',
    '| `import_playbook` | yes | With `vars`, `tags` and `when`; the name may use -e and those `vars`. Its plays see `group_vars/` and `host_vars/` beside it, not those beside the playbook that imports it. |',
    '| roles | yes | Looked for in `roles/` beside the playbook, in the folders of `ORCH_ROLES_PATH`, in `~/.ansible/roles`, `/usr/share/ansible/roles` and `/etc/ansible/roles`, then beside the playbook itself, last in `../roles`. |',
    '| `meta/argument_specs.yml` | different | An option with `no_log` or `secret` is a secret in all output. Also checked when the playbook is loaded, where the values stand in the playbook: an error with its place, before any host is contacted. |',
    '| collections | different | Roles (`namespace.collection.role`, or short names of the collections a play names) are looked for in `collections/ansible_collections` beside the playbook and beside the folders of roles, such as `~/.ansible/collections`; there are no plugins. |',
    '| `key=value` arguments | yes | `module: a=1 b="x y"` and `args`, split as Ansible splits them. |',
    '| YAML | yes | Read as PyYAML reads it (YAML 1.1): `yes` is true, `0644` is octal, `1:30` is 90. Two equal keys in a map are an error. |',
    '| `!vault`, encrypted files | yes | With `--vault-password-file`, `--vault-id` or `-J`: [secrets.md](secrets.md). |',
    '| `!unsafe` | yes | The text is never a template. |',
    '| `ansible.cfg` | no | Flags and `ORCH_*` variables: [cli.md](cli.md#environment). |',
    '| dynamic inventories | yes | Programs that answer `--list`, and `constructed`: [inventories.md](inventories.md). |',
    '| inventory plugins | no | Save what they print as a file. |',
    '',
    '## Results',
    '',
    '| what | here | how, and why |',
    '|---|---|---|',
    '| recap | yes | The same line and counts, for scripts that read it. |',
    '| editing large files | different | `lineinfile`, `blockinfile`, `replace` and `ini_file` read the file from the host, edit it here and send it back: up to 64 MB, `REFUSED` beyond. Above 1 MB the difference is shown as checksums, and nothing takes the edit back: not `orch rollback`, and under a safeguard it is refused. A file of 60 MB takes 1.1 GB of memory here. |',
    '| a change that a later task takes back | different | Both count as `ok`: tasks over one thing are one change, and there was none. Nothing flaps on the host. Where a run writes in between (a command, another play, `ignore_errors`), they are two changes. |',
    '| `failed_when` on `include_vars`, `group_by`, `add_host` and on an item of a `set_fact` loop | different | The task fails, but what it gave is kept; in Ansible it is not. |',
    '| `async_status` | different | Does not tell the command of the job as `cmd`. |',
    '| registered results | yes | The keys that playbooks read, with the values that Ansible gives them; some modules tell more. `status` of `systemd` and `service` is what systemd says behind the change (of Ansible: before it), and `daemon_reexec` counts as a change. `file` that changes a path does not tell the new `uid`, `gid` and `size`: use `stat`. |',
    '| a template that cannot be made for an item of a loop | different | That item fails and the others run, as in later versions of Ansible; in 2.14 the whole task fails at once and registers no `results`. |',
    '| `argument_errors` of argument specifications | different | As many, about the same options, in words of orch: they name the value and what it must be, and no classes of Python. |',
    '| exit code 4 | different | Some hosts could not be reached and none failed. Where both happened it is 2, as a failure is what to look at first; Ansible says 4, its code for a playbook that does not parse as well. All codes: [cli.md](cli.md). |',
    '',
    ...comparedPlaybooks(),
    ...publicPlaybooks(),
  ].join('\n')}\n`;
}

/** The recorded runs of Ansible, and those of them that orch ends otherwise on purpose. */
function comparedPlaybooks(): readonly string[] {
  const count = flowCases().reduce((sum, { cases }) => sum + cases.length, 0);
  const rows = Object.entries(EXCEPTIONS).map(
    ([name, exception]) => `| ${cell(name)} | ${cell(exception?.why ?? '')} |`,
  );
  return [
    '## Compared playbooks',
    '',
    `${count} playbooks were run by ansible-playbook 2.14, and the tests hold orch to what was recorded: exit code, recap, what debug says on each host, files`,
    `that tasks write. ${rows.length} end otherwise on purpose:`,
    '',
    '| playbook | why |',
    '|---|---|',
    ...rows,
  ];
}

/** Repository and commit, playbook, whether the listings are equal, what a run would refuse. */
const LISTED: readonly (readonly [string, string, string, string])[] = [
  ['k3s-io/k3s-ansible 281554e', '`site.yml`', 'the same 115 tasks', 'nothing'],
  ['k3s-io/k3s-ansible 281554e', '`reset.yml`', 'the same 7 tasks', 'nothing'],
  ['k3s-io/k3s-ansible 281554e', '`reboot.yml`', 'the same 2 tasks', 'nothing'],
  ['k3s-io/k3s-ansible 281554e', '`upgrade.yml`', 'the same 40 tasks', 'nothing'],
  ['techno-tim/k3s-ansible 422621c', '`site.yml`', 'the same 76 tasks', 'nothing'],
  ['techno-tim/k3s-ansible 422621c', '`reset.yml`', 'the same 28 tasks', 'nothing'],
  ['techno-tim/k3s-ansible 422621c', '`reboot.yml`', 'the same 1 tasks', 'nothing'],
  [
    'geerlingguy/ansible-role-docker 68d6a6d',
    'a play with the role',
    'the same 19 tasks',
    'nothing',
  ],
  [
    'geerlingguy/ansible-role-security 36640d3',
    'a play with the role',
    'the same 5 tasks',
    'nothing',
  ],
  ['PyratLabs/ansible-role-k3s 9fb0cd4', 'a play with the role', 'the same 48 tasks', 'nothing'],
  [
    'ansible/ansible-examples b505865',
    '49 playbooks',
    'the same 396 tasks',
    '21 of them nothing; else modules `apt_key`, `apt_repository`, `git`, `haproxy`, `jboss`, `mongodb_user`, `mysql_db`, `mysql_user`, `nagios`, `pip`, `postgresql_db`, `postgresql_privs`, `postgresql_user`, `rabbitmq_plugin`, `rabbitmq_user`, `rabbitmq_vhost`, `seboolean`, `win_feature`, `win_get_url`, `win_package`, `win_ping`, `win_stat`, `win_user`, `yum`, `zfs`, and a module that a template names',
  ],
  [
    'ansible/ansible-examples b505865',
    '`language_features/prompts.yml`',
    'not listed',
    '`encrypt`, `salt_size`, `salt` in vars_prompt: prompts.yml:41:7, 43:7, 44:7',
  ],
  [
    'ansible/ansible-examples b505865',
    '8 more',
    'Ansible refuses them',
    'modules that Ansible does not have either, `include` as a play, `first_available_file`',
  ],
];

/**
 * What the playbooks of some public repositories came to: `--list-tasks` of each was compared with that of
 * ansible-playbook 2.14, line by line.
 */
const publicPlaybooks = (): readonly string[] => [
  '',
  '## Public playbooks',
  '',
  '`orch run PLAYBOOK --list-tasks` was compared with what ansible-playbook 2.14 lists, line by line. Of a task whose module orch does not',
  'have, the place and the name are told as a warning and the task is listed all the same; a run refuses it with the same place.',
  '',
  '| repository, commit | playbook | tasks listed | what a run would refuse |',
  '|---|---|---|---|',
  ...LISTED.map(
    ([repository, playbook, listed, refused]) =>
      `| ${repository} | ${playbook} | ${listed} | ${refused} |`,
  ),
];

/** The loader's hint sends people to this very page where it knows nothing better. */
const tidy = (words: Words): Words =>
  Object.fromEntries(
    Object.entries(words).map(([name, text]) => [
      name,
      text.includes('docs/compatibility.md') ? 'Not in this version.' : text,
    ]),
  );
