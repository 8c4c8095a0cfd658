import { Option, type Command } from 'commander';
import { connectionFlags } from './connection-flags.ts';
import { atLeast, collect, collectReports, collectWords, more, timeOf } from './flag-values.ts';
import type { Disruption } from '../model/module.ts';

/** The flags of `run` and `check`, as commander hands them over. */
export interface RunFlags extends InventoryFlags, ConnectionFlags {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly verbose: number;
  readonly listHosts?: boolean;
  readonly listTasks?: boolean;
  readonly listTags?: boolean;
  readonly syntaxCheck?: boolean;
  readonly output: 'human' | 'ndjson' | 'json';
  readonly report: readonly ReportFile[];
  readonly detailedExitcode?: boolean;
  readonly strictCheck?: boolean;
  readonly forceHandlers?: boolean;
  readonly step?: boolean;
  readonly startAtTask?: string;
  readonly allowLockout?: boolean;
  readonly allowDisruption?: Disruption;
  readonly maxChanges?: number;
  readonly confirmTimeout?: number;
  /** Seconds to wait for a host that another run holds. */
  readonly lockTimeout: number;
}

/** Seconds a run waits for a host that another one holds: longer than what a dead run left lasts. */
export const LOCK_TIMEOUT = 90;

/** Flags of `run` that a single task has not. */
export const NO_FLAGS = {
  tags: [],
  skipTags: [],
  output: 'human',
  report: [],
  lockTimeout: LOCK_TIMEOUT,
} as const;

/** The flags that say how hosts are reached. */
export interface ConnectionFlags {
  readonly user?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod: string;
  readonly askBecomePass?: boolean;
  readonly becomePasswordFile?: string;
  readonly askPass?: boolean;
  readonly connectionPasswordFile?: string;
  readonly keyPassphraseFile?: string;
  readonly privateKey?: string;
  readonly connection?: string;
  readonly timeout?: number;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  readonly acceptNew?: boolean;
}

/** The flags of every verb that reads an inventory. */
export interface InventoryFlags extends VaultFlags {
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly extraVars: readonly string[];
  readonly allowEmpty?: boolean;
  /** false: without any. */
  readonly policy?: string | false;
}

/** The flags of every verb that may meet encrypted files or values. */
export interface VaultFlags {
  readonly vaultId?: readonly string[];
  readonly vaultPasswordFile?: readonly string[];
  readonly askVaultPassword?: boolean;
  readonly askVaultPass?: boolean;
}

/** The flags of `orch exec` and `orch console`. */
export interface ExecFlags
  extends InventoryFlags, ConnectionFlags, Pick<RunFlags, 'check' | 'diff' | 'forks' | 'verbose'> {
  readonly moduleName: string;
  readonly args?: string;
  readonly oneLine?: boolean;
  readonly listHosts?: boolean;
  /** Seconds a command may run in the background. */
  readonly background?: number;
  /** Seconds between looks at it. */
  readonly poll?: number;
  /** Seconds a command may take. */
  readonly taskTimeout?: number;
  /** A folder that stands for that of a playbook. */
  readonly playbookDir?: string;
}

/** The flags of `orch validate`. */
export interface ValidateFlags extends InventoryFlags {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Warnings fail too. */
  readonly strict?: boolean;
}

/** The flags of `orch explain`. */
export interface ExplainFlags extends InventoryFlags {
  readonly json?: boolean;
}

/** The flags of `orch secret`. */
export interface SecretFlags extends VaultFlags {
  readonly encryptVaultId?: string;
  readonly newVaultId?: string;
  readonly newVaultPasswordFile?: string;
  readonly output?: string;
  readonly name?: string;
}

/** A report to be written to a file: `--report md=review.md`. */
export interface ReportFile {
  readonly kind: 'html' | 'md' | 'junit' | 'json';
  readonly file: string;
}

/** Adds the flags that say which hosts and variables there are. */
export const inventoryFlags = (command: Command): Command =>
  vaultFlags(command)
    .addOption(
      new Option(
        '-i, --inventory <path>',
        'inventory file, directory, name below inventories/, or "a,b," (repeatable)',
      )
        .env('ORCH_INVENTORY')
        .argParser(collect)
        .default([], 'the only one in inventories/'),
    )
    .option('-l, --limit <pattern>', 'only these hosts of the plays')
    .option(
      '-e, --extra-vars <vars>',
      'variables: k=v, JSON, YAML or @file (repeatable)',
      collect,
      [],
    );

/** Adds the flags that say which policy holds. */
export const policyFlags = (command: Command): Command =>
  command
    .option(
      '--policy <file>',
      'rules on who reaches what (default: policy.yml beside the inventory)',
    )
    .option('--no-policy', 'without any policy');

/** Adds the flags that say where the passwords of Ansible Vault are. */
export const vaultFlags = (command: Command): Command =>
  command
    .option(
      '--vault-id <id@source>',
      'vault password: ID@FILE, ID@PROGRAM, ID@prompt (repeatable)',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--vault-pass-file, --vault-password-file <file>',
        'vault password from a file, or from what a program prints (repeatable)',
      )
        .env('ORCH_VAULT_PASSWORD_FILE')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('-J, --ask-vault-password', 'ask for the vault password')
    .addOption(new Option('--ask-vault-pass', 'the same').hideHelp());

/** Adds the flag that says how many hosts are worked on at the same time. */
export const forksFlag = (command: Command): Command =>
  command.addOption(
    new Option('-f, --forks <n>', 'hosts at the same time')
      .env('ORCH_FORKS')
      .argParser(atLeast(1, 'forks'))
      .default(50),
  );

/** Adds the flags that say on which hosts and in what way something is carried out. */
const howFlags = (command: Command): Command =>
  policyFlags(forksFlag(inventoryFlags(command)))
    .option('-C, --check', 'change nothing, tell what would change')
    .option('-D, --diff', 'show what changes in files and settings')
    .option(
      '-v, --verbose',
      'tell more (-v notes and output, -vv data and connections, -vvv trips)',
      more,
      0,
    );

/** Adds the flags of `exec` and `console`, spelt as ansible spells them. */
export const execFlags = (command: Command): Command =>
  connectionFlags(howFlags(command))
    .option('--playbook-dir <dir>', 'also read group_vars/ and host_vars/ of this directory')
    .option('--no-color', 'no colours (also: NO_COLOR=1)');

/** Adds the flags that choose tasks by their tags. */
export const tagFlags = (command: Command): Command =>
  command
    .option('-t, --tags <tags>', 'only tasks with these tags (repeatable)', collectWords, [])
    .option('--skip-tags <tags>', 'no tasks with these tags (repeatable)', collectWords, []);

/** Adds the flags of `run`, spelt as ansible-playbook spells them. */
export function runFlags(command: Command): Command {
  howFlags(tagFlags(command))
    .option('--list-hosts', 'list the hosts, run nothing')
    .option('--list-tasks', 'list the tasks, run nothing')
    .option('--list-tags', 'list the tags, run nothing')
    .option('--syntax-check', 'check the files, run nothing')
    .addOption(
      new Option('--output <form>', 'what standard output gets')
        .choices(['human', 'ndjson', 'json'])
        .default('human')
        .env('ORCH_OUTPUT'),
    )
    .option(
      '--report <kind=file>',
      'also write reports: md=FILE,html=FILE,junit=FILE,json=FILE (repeatable)',
      collectReports,
      [],
    )
    .option('--detailed-exitcode', 'with --check: exit 10 when changes are pending')
    .option('--strict-check', 'with --check: exit 13 when something cannot be foreseen')
    .option('--allow-lockout', 'make changes that cut the way in, with a warning')
    .addOption(
      new Option(
        '--allow-disruption <class>',
        'the most that changes may disturb; harm is done only where it is named',
      ).choices(['none', 'connection', 'reload', 'restart', 'reboot']),
    )
    .addOption(
      new Option('--max-changes <n>', 'refuse to make more changes (tasks times hosts)').argParser(
        atLeast(0, 'max-changes'),
      ),
    )
    .addOption(
      new Option(
        '--confirm-timeout <time>',
        'how long every safeguard waits, such as 120s or 5m',
      ).argParser(timeOf),
    )
    .addOption(
      new Option('--lock-timeout <seconds>', 'wait so long for a host that another run holds')
        .env('ORCH_LOCK_TIMEOUT')
        .argParser(atLeast(0, 'lock-timeout'))
        .default(LOCK_TIMEOUT),
    )
    .option('--allow-empty', 'a play without hosts is no error')
    .option('--no-color', 'no colours (also: NO_COLOR=1)')
    .addOption(new Option('--flush-cache', 'without effect: facts are never kept').hideHelp())
    .option('--force-handlers', 'run notified handlers although a later task failed')
    .option('--step', 'ask before each task')
    .option('--start-at-task <name>', 'start at the task of this name, or of this pattern');
  return connectionFlags(command);
}
