import type { Command } from 'commander';
import { inventoryFlags, vaultFlags, type ExplainFlags, type SecretFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Verbs } from './program.ts';

type Finish = (code: number) => void;

/** Adds `orch explain var NAME`. */
export function addExplain(program: Command, io: Io, does: Verbs, finish: Finish): void {
  const command = program.command('explain').description('tell where something comes from');
  inventoryFlags(command.command('var'))
    .description('every layer that gives a variable, strongest first, and what it comes to')
    .option('--json', 'as JSON')
    .argument('<name>', 'the variable')
    .argument('[playbook...]', 'playbooks whose variables count too')
    .action(async (name: string, books: string[], flags: ExplainFlags) =>
      finish(await does.explain(name, books, flags, io)),
    );
}

const FILES = 'files; - or none: standard input to standard output';

/** Adds `orch secret encrypt` and its like, spelt as ansible-vault spells them. */
export function addSecret(program: Command, io: Io, does: Verbs, finish: Finish): void {
  const command = program
    .command('secret')
    .description('encrypt and open files and values as ansible-vault does');
  const add = (
    verb: Parameters<Verbs['secret']>[0],
    says: string,
    argument: string,
    what: string,
  ): Command =>
    vaultFlags(command.command(verb))
      .description(says)
      .argument(argument, what)
      .action(async (files: string[], flags: SecretFlags) =>
        finish(await does.secret(verb, files, flags, io)),
      );
  const encrypting = (one: Command): Command =>
    one.option('--encrypt-vault-id <id>', 'the password to encrypt with, of several');
  encrypting(add('encrypt', 'encrypt files in their place', '[file...]', FILES)).option(
    '--output <file>',
    'write here instead; - is standard output',
  );
  add('decrypt', 'put files back in the clear', '[file...]', FILES).option(
    '--output <file>',
    'write here instead; - is standard output',
  );
  add('view', 'show what is encrypted', '<file...>', 'encrypted files');
  encrypting(add('edit', 'edit what is encrypted', '<file...>', 'encrypted files'));
  encrypting(add('create', 'write a new encrypted file', '<file...>', 'files to make'));
  add('rekey', 'encrypt with another password', '<file...>', 'encrypted files')
    .option('--new-vault-id <id@source>', 'the new password: ID@FILE, ID@prompt')
    .option('--new-vault-password-file <file>', 'the new password, from a file');
  encrypting(
    add('encrypt-string', 'print a value as `!vault`, to be pasted into YAML', '[file...]', FILES),
  ).option('--name <name>', 'name of the variable');
}
