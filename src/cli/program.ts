import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';
import { addExec } from './program-exec.ts';
import { addExplain, addSecret } from './program-more.ts';
import {
  inventoryFlags,
  policyFlags,
  NO_FLAGS,
  runFlags,
  tagFlags,
  type ExplainFlags,
  type ExecFlags,
  type InventoryFlags,
  type RunFlags,
  type SecretFlags,
  type ValidateFlags,
} from './flags.ts';
import type { EvalFlags } from './eval.ts';
import { addRunVerbs } from './program-runs.ts';
import type { FactsFlags } from './facts.ts';
import type { ExportFlags } from './firewall-export.ts';
import type { ExposureFlags } from './firewall-exposure.ts';
import { addHosts } from './program-hosts.ts';
import type { HostsFlags } from './hosts.ts';
import type { UnlockFlags } from './unlock.ts';
import type { Io } from './io.ts';
import { userErrors } from './failure.ts';
import { usageError } from './usage-error.ts';
import type { SecretVerb } from './secret.ts';

/** What `orch inventory` is to show. */
export interface ListFlags extends InventoryFlags {
  readonly list?: boolean;
  readonly graph?: boolean;
  readonly host?: string;
  readonly vars?: boolean;
  readonly yaml?: boolean;
  readonly export?: boolean;
  readonly playbookDir?: string;
  readonly output?: string;
  /** With --graph: the group to start at. */
  readonly group?: string;
}

/** What `orch runs` is to show. */
export interface RunsFlags {
  readonly json?: boolean;
  readonly last?: number;
}

/** How `orch log` tells a run. */
export type LogFlags = Pick<RunFlags, 'output' | 'diff' | 'verbose'>;

/** The verbs; each loads what it needs when it is called. */
export interface Verbs {
  run(playbooks: readonly string[], flags: RunFlags, io: Io): Promise<number>;
  validate(playbooks: readonly string[], flags: ValidateFlags, io: Io): Promise<number>;
  exec(pattern: string, command: readonly string[], flags: ExecFlags, io: Io): Promise<number>;
  console(pattern: string, flags: ExecFlags, io: Io): Promise<number>;
  inventory(flags: ListFlags, io: Io): Promise<number>;
  trust(pattern: string, flags: HostsFlags, io: Io): Promise<number>;
  ping(pattern: string, flags: HostsFlags, io: Io): Promise<number>;
  unlock(pattern: string, flags: UnlockFlags, io: Io): Promise<number>;
  facts(pattern: string, filters: readonly string[], flags: FactsFlags, io: Io): Promise<number>;
  firewallExport(host: string, flags: ExportFlags, io: Io): Promise<number>;
  firewallExposure(pattern: string, flags: ExposureFlags, io: Io): Promise<number>;
  doc(topic: string | undefined, io: Io): Promise<number>;
  evaluate(expression: string | undefined, flags: EvalFlags, io: Io): Promise<number>;
  schema(words: readonly string[], io: Io): Promise<number>;
  explain(name: string, playbooks: readonly string[], flags: ExplainFlags, io: Io): Promise<number>;
  runs(flags: RunsFlags, io: Io): Promise<number>;
  log(run: string, flags: LogFlags, io: Io): Promise<number>;
  resume(run: string, more: readonly string[], io: Io): Promise<number>;
  decide(
    verdict: 'confirm' | 'rollback',
    run: string,
    more: readonly string[],
    io: Io,
  ): Promise<number>;
  secret(verb: SecretVerb, files: readonly string[], flags: SecretFlags, io: Io): Promise<number>;
}

/** The verbs as they are shipped. */
export const verbs: Verbs = {
  run: async (...args) => (await import('./run.ts')).run(...args),
  validate: async (...args) => (await import('./validate.ts')).validate(...args),
  exec: async (...args) => (await import('./exec.ts')).exec(...args),
  console: async (...args) => (await import('./console.ts')).console(...args),
  inventory: async (...args) => (await import('./inventory.ts')).inventory(...args),
  trust: async (...args) => (await import('./hosts.ts')).trust(...args),
  ping: async (...args) => (await import('./hosts.ts')).ping(...args),
  unlock: async (...args) => (await import('./unlock.ts')).unlock(...args),
  facts: async (...args) => (await import('./facts.ts')).facts(...args),
  firewallExport: async (...args) => (await import('./firewall-export.ts')).firewallExport(...args),
  firewallExposure: async (...args) =>
    (await import('./firewall-exposure.ts')).firewallExposure(...args),
  doc: async (...args) => (await import('./doc.ts')).doc(...args),
  evaluate: async (...args) => (await import('./eval.ts')).evaluate(...args),
  schema: async (...args) => (await import('./schema.ts')).schema(...args),
  explain: async (...args) => (await import('./explain.ts')).explain(...args),
  runs: async (...args) => (await import('./runs.ts')).runs(...args),
  log: async (...args) => (await import('./runs.ts')).log(...args),
  resume: async (word, more, io) => {
    const { words, io: on } = (await import('./runs.ts')).resumption(word, more, io);
    return runProgram(words, on);
  },
  decide: async (verdict, word, more, io) => {
    const { decide, decisionOf, isWaiting } = await import('./decide.ts');
    if (verdict === 'rollback' && !isWaiting(word, io)) {
      const { rollback } = await import('./rollback.ts');
      return rollback(word, more, io, (words, take) => {
        const taken = (flags: RunFlags): Promise<number> => Promise.resolve((take(flags), 0));
        const exec: Verbs['exec'] = (_, __, flags) => taken({ ...NO_FLAGS, ...flags });
        return runProgram(words, io, { ...verbs, exec, run: (_, flags) => taken(flags) });
      });
    }
    const decision = decisionOf(verdict, word, more, io);
    return runProgram(decision.words, io, {
      ...verbs,
      run: (_, flags, on) => decide(decision, flags, on),
    });
  },
  secret: async (...args) => (await import('./secret.ts')).secret(...args),
};

const EXAMPLES = `
Examples:
  orch check site.yml -i prod              what would change, change by change
  orch run site.yml -i prod -l web         make it so, on the hosts of group web
  orch check site.yml -i prod --report md=review.md --detailed-exitcode
  orch exec web -i prod -a uptime          one task, without a playbook
  orch doc firewalld_zone                  arguments of a module

Exit codes: 0 done, 2 a host failed, 4 a host was unreachable, 5 usage or files,
10 changes pending (--detailed-exitcode), 13 not foreseen (--strict-check), 130 interrupted, 1 a bug in orch.`;

/** Reads a command line, runs its verb, resolves to the exit code. Throws OrchError and OrchErrors. */
export async function runProgram(
  argv: readonly string[],
  world: Io,
  does: Verbs = verbs,
): Promise<number> {
  const io: Io = { ...world, words: argv };
  let exit = 0;
  const program = new Command('orch')
    .description('Agentless orchestration over SSH: YAML playbooks, honest check and diff.')
    .version(`orch ${version()}`, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(userErrors(usageError(text, argv), io)),
    });
  const finish = (code: number): void => {
    exit = code;
  };
  addRuns(program, io, does, finish);
  addExec(program, io, does, finish);
  addHosts(program, io, does, finish);
  addOthers(program, io, does, finish);
  addExplain(program, io, does, finish);
  addSecret(program, io, does, finish);
  addRunVerbs(program, io, does, finish);
  if (argv.length === 0) {
    io.err(program.helpInformation() + EXAMPLES + '\n');
    return 5;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 5;
  }
  return exit;
}

function addRuns(program: Command, io: Io, does: Verbs, finish: (code: number) => void): void {
  runFlags(program.command('run'))
    .description('run playbooks')
    .argument('<playbook...>', 'playbook files')
    .action(async (books: string[], flags: RunFlags) => finish(await does.run(books, flags, io)));
  runFlags(program.command('check'))
    .description('tell what a run would change: run --check --diff')
    .argument('<playbook...>', 'playbook files')
    .action(async (books: string[], flags: RunFlags) =>
      finish(await does.run(books, { ...flags, check: true, diff: true }, io)),
    );
}

function addOthers(program: Command, io: Io, does: Verbs, finish: (code: number) => void): void {
  tagFlags(policyFlags(inventoryFlags(program.command('validate'))))
    .description('find what is wrong with playbooks and inventories, contact no host')
    .option('--strict', 'warnings fail too')
    .argument('<playbook...>', 'playbook files')
    .action(async (books: string[], flags: ValidateFlags) =>
      finish(await does.validate(books, flags, io)),
    );
  inventoryFlags(program.command('inventory'))
    .description('show hosts, groups and their variables')
    .addOption(
      new Option('--list', 'all of it as JSON, in the shape of ansible-inventory').conflicts([
        'graph',
        'host',
      ]),
    )
    .addOption(new Option('--graph', 'groups and hosts as a tree').conflicts('host'))
    .option('--host <name>', 'the variables of one host as JSON')
    .option('--vars', 'with --graph: variables too')
    .option('-y, --yaml', 'YAML instead of JSON')
    .option('--export', 'with --list: variables of groups stay with the groups')
    .option('--playbook-dir <dir>', 'also read group_vars/ and host_vars/ of this directory')
    .option('--output <file>', 'write into this file')
    .argument('[group]', 'with --graph: start here')
    .action(async (group: string | undefined, flags: ListFlags) =>
      finish(await does.inventory(group === undefined ? flags : { ...flags, group }, io)),
    );
  inventoryFlags(program.command('eval'))
    .description('try an expression or a template as a host (-l) would see it')
    .option(
      '--json',
      'read [{"expr": ..., "vars": {...}}] from standard input, print [{"value"} or {"error"}]',
    )
    .argument('[expression]', 'an expression, or a template when it has braces')
    .action(async (expression: string | undefined, flags: EvalFlags) =>
      finish(await does.evaluate(expression, flags, io)),
    );
  program
    .command('doc')
    .description(
      'list modules, or explain a module, the playbook language, or the inputs of a playbook',
    )
    .argument('[topic]', 'a module, "playbook", or a playbook file')
    .action(async (topic: string | undefined) => finish(await does.doc(topic, io)));
  program
    .command('schema')
    .description('print a JSON Schema: playbook, inventory, vars, event, or "module NAME"')
    .argument('<what...>', 'which schema')
    .action(async (words: string[]) => finish(await does.schema(words, io)));
}
